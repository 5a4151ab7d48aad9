package shape

// DrawCircle plots the outline of a round figure with one pixel per degree.
func DrawCircle(canvas *Canvas, radius int) {
	for degree := 0; degree < 360; degree++ {
		x := radius * cosine(degree)
		y := radius * sine(degree)
		if canvas.Holds(x, y) {
			canvas.Plot(x, y)
		}
	}
	canvas.Flush()
}
