package shape

func traceRing(paper *Canvas, size int) {
	for step := 0; step < 720; step++ {
		a := size * cosine(step)
		b := size * sine(step)
		if paper.Holds(a, b) {
			paper.Plot(a, b)
		}
	}
	paper.Flush()
}
