package main

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
)

// face is a small picture that differs from person to person.
func face(name string) []byte {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	seed := h.Sum32()
	const size = 96
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	back := color.RGBA{uint8(60 + seed%140), uint8(60 + seed>>8%140), uint8(60 + seed>>16%140), 255}
	for y := range size {
		for x := range size {
			c := back
			// Five by five cells, the right half a mirror of the left.
			col, row := x*5/size, y*5/size
			if seed>>(uint(min(col, 4-col)*5+row))&1 == 1 {
				c = color.RGBA{255 - back.R/3, 255 - back.G/3, 255 - back.B/3, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return encoded(img)
}

const ridgeWidth, ridgeHeight = 640, 360

// ridge is a picture of hills.
func ridge() []byte {
	img := image.NewRGBA(image.Rect(0, 0, ridgeWidth, ridgeHeight))
	for x := range ridgeWidth {
		far := 170 + 40*math.Sin(float64(x)/70) + 18*math.Sin(float64(x)/23)
		near := 250 + 30*math.Sin(float64(x)/110+2) + 8*math.Sin(float64(x)/17)
		for y := range ridgeHeight {
			c := color.RGBA{uint8(150 + y/5), uint8(190 + y/8), 235, 255}
			if float64(y) > far {
				c = color.RGBA{110, 140, 150, 255}
			}
			if float64(y) > near {
				c = color.RGBA{60, 100, 70, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return encoded(img)
}

func encoded(img image.Image) []byte {
	var out bytes.Buffer
	_ = png.Encode(&out, img) // a buffer takes all
	return out.Bytes()
}
