package web

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
)

// A Spark is a line of stories a day, drawn 112 by 28, with the usual range behind it.
type Spark struct {
	Path         string
	BandY, BandH string
	DotX, DotY   string
	Now          int
	Low, High    int  // the middle half of the days before
	Usual        bool // there are days enough to speak of a usual range
	Above        bool // today is above the usual range
}

// usualDays is how many days before today a usual range needs.
const usualDays = 7

// sparkOf draws days, oldest first, the last being today.
func sparkOf(days []int) Spark {
	if len(days) == 0 {
		return Spark{}
	}
	if len(days) == 1 {
		return Spark{Now: days[0]} // a point tells nothing that the number does not
	}
	const left, right, top, foot = 3.0, 107.0, 4.0, 25.0
	last := len(days) - 1
	s := Spark{Now: days[last]}
	highest := float64(max(1, slices.Max(days)))
	y := func(n int) float64 { return foot - (foot-top)*float64(n)/highest }
	if last >= usualDays {
		before := slices.Clone(days[:last])
		slices.Sort(before)
		s.Usual, s.Low, s.High = true, before[last/4], before[last*3/4]
		s.Above = s.Now > s.High
		s.BandY, s.BandH = fmt.Sprintf("%.1f", y(s.High)), fmt.Sprintf("%.1f", max(2, y(s.Low)-y(s.High)))
	}
	var b strings.Builder
	for i, n := range days {
		x := right
		if last > 0 {
			x = left + (right-left)*float64(i)/float64(last)
		}
		fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], x, y(n))
		s.DotX, s.DotY = fmt.Sprintf("%.1f", x), fmt.Sprintf("%.1f", y(n))
	}
	s.Path = b.String()
	return s
}

// A Bar is one day of a histogram, in percent across and pixels down.
type Bar struct {
	X, W, Y, H string
	Label      string
	Now        bool // the day is today
}

const histogramHeight = 72.0

// barsOf draws counts side by side.
func barsOf(days []DayCount, label func(DayCount) string, today func(DayCount) bool) []Bar {
	highest := 1
	for _, d := range days {
		highest = max(highest, d.Articles)
	}
	bars := make([]Bar, len(days))
	width := 100 / float64(max(1, len(days)))
	for i, d := range days {
		h := histogramHeight * float64(d.Articles) / float64(highest)
		bars[i] = Bar{
			X: fmt.Sprintf("%.2f%%", float64(i)*width+width*.15), W: fmt.Sprintf("%.2f%%", width*.7),
			Y: fmt.Sprintf("%.1f", 80-h), H: fmt.Sprintf("%.1f", h), Label: label(d), Now: today(d),
		}
	}
	return bars
}

func isMail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}
