package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The plot's measures, in pixels, and the ratios at its ends.
const (
	lineHeight = 20
	labels     = 480
	breadth    = 480
	least      = 0.01
	greatest   = 10.0
)

// plot draws each ratio as a dot between its least and most, on a logarithmic
// scale: left of the line at 1, Alcove needs less.
func (r *report) plot() string {
	var b strings.Builder
	height := lineHeight * (len(r.Table) + 3)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="system-ui, sans-serif" font-size="12">`+"\n", labels+breadth+20, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/><text x="10" y="14" font-weight="bold">Alcove / matrix-js-sdk: less is better; red is over its limit, the tick</text>`+"\n")
	for _, at := range []float64{0.01, 0.1, 0.5, 1, 2, 10} {
		fmt.Fprintf(&b, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="%s"/>`, across(at), across(at), 2*lineHeight, height, gridColour(at))
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle" fill="#666">%g</text>`+"\n", across(at), 2*lineHeight-6, at)
	}
	for i, c := range r.Table {
		c.draw(&b, lineHeight*(i+2)+lineHeight/2)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func gridColour(at float64) string {
	if at == 1 {
		return "#333"
	}
	return "#ddd"
}

// across is where a ratio lies.
func across(ratio float64) float64 {
	share := math.Log(ratio/least) / math.Log(greatest/least)
	return labels + breadth*min(1, max(0, share))
}

func (c *cell) draw(b *strings.Builder, y int) {
	fmt.Fprintf(b, `<text x="10" y="%d">%s, %d rooms</text>`, y+4, html.EscapeString(c.What), c.Rooms)
	if len(c.Ratio.Runs) > 0 {
		colour := "#2a7"
		switch {
		case c.Missed:
			colour = "#c22"
		case c.Limit == nil:
			colour = "#57a"
		}
		fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="%s" stroke-width="2"/>`, across(c.Ratio.Min), across(c.Ratio.Max), y, y, colour)
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%d" r="4" fill="%s"><title>%s</title></circle>`, across(c.Ratio.Median), y, colour, c.ratio())
	}
	if c.Limit != nil && c.Limit.Of == "ratio" {
		fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#c22"/>`, across(c.Limit.Most), across(c.Limit.Most), y-7, y+7)
	}
	b.WriteString("\n")
}
