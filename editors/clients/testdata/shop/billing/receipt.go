package billing

import "fmt"

// PrintReceipt is given to whoever has paid.
func PrintReceipt(paid Invoice) string {
	out := "Receipt for " + paid.Customer + "\n"
	total := 0
	for _, entry := range paid.Items {
		amount := entry.Quantity * entry.Price
		out += fmt.Sprintf("%d x %s: %d\n", entry.Quantity, entry.Name, amount)
		total += amount
	}
	out += fmt.Sprintf("Paid: %d\n", total)
	return out
}
