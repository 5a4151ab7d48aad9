package billing

import "fmt"

// Invoice is what a customer owes.
type Invoice struct {
	Customer string
	Items    []Item
}

// Item is a line of an invoice; prices are in cents.
type Item struct {
	Name     string
	Quantity int
	Price    int
}

// RenderInvoice prints an invoice, a line for each item and the sum at the end.
func RenderInvoice(invoice Invoice) string {
	text := "Invoice for " + invoice.Customer + "\n"
	sum := 0
	for _, item := range invoice.Items {
		cost := item.Quantity * item.Price
		text += fmt.Sprintf("%d x %s: %d\n", item.Quantity, item.Name, cost)
		sum += cost
	}
	text += fmt.Sprintf("Sum: %d\n", sum)
	return text
}
