package vietnamese

import (
	"slices"
	"strings"
	"time"
)

// A Date is a day, or a moment of it, that a text speaks of.
type Date struct {
	Start, End int       // bytes of the text
	Time       time.Time // in the zone written, +07:00 where none is; the beginning of a day, month or year
	Precision  Precision
	Zoned      bool // the zone was written
	Relative   bool // it needed the time that the text is of: "hôm qua", "12/6"
}

// A Precision says how much of a date was written.
type Precision uint8

// The precisions. ToMinute is a time of day, with or without seconds.
const (
	ToYear Precision = iota + 1
	ToMonth
	ToDay
	ToMinute
)

// vietnamTime is the zone of a time that says none.
var vietnamTime = time.FixedZone("+07", 7*3600)

// FindDates finds the dates in s, in order and without overlap: the day always before the month,
// a time of day with the day it stands beside. What has no year, or is said in relation to now, is
// found only where at is given, the time of the text; a day without a year is then the last one
// not more than a week after it. Days that no calendar has are none.
func FindDates(s string, at time.Time) []Date {
	f := &dateFinder{lowered: newLowered(s), at: at.In(vietnamTime), relative: !at.IsZero()}
	f.read()
	var found []Date
	for i := range f.days {
		d := &f.days[i]
		if c := f.clockOf(d); c >= 0 {
			d.take(&f.clocks[c])
			f.clocks[c].taken = true
		}
		if date, ok := f.date(d); ok {
			found = append(found, date)
		}
	}
	return found
}

// ParseDate reads the first date of s to the day at least, a stamp such as "Thứ Hai, 12/06/2023 |
// 07:30 (GMT+7)": all of s is about it, so that its time of day may stand anywhere, and an
// impossible part spoils it.
func ParseDate(s string, at time.Time) (Date, bool) {
	f := &dateFinder{lowered: newLowered(s), at: at.In(vietnamTime), relative: !at.IsZero(), stamp: true}
	f.read()
	i := slices.IndexFunc(f.days, func(d dayFound) bool { return d.precision >= ToDay })
	if i < 0 || f.impossible && f.days[i].yearless {
		return Date{}, false
	}
	d := &f.days[i]
	c := f.clockOf(d)
	for j := range f.clocks {
		if c < 0 && (f.clocks[j].start >= d.end || f.clocks[j].end <= d.start) {
			c = j
		}
	}
	if c >= 0 {
		d.take(&f.clocks[c])
	}
	return f.date(d)
}

// A dateFinder reads days and times of day first, and puts them together then.
type dateFinder struct {
	lowered
	at         time.Time
	relative   bool // at is given
	stamp      bool // the text is nothing but a date
	impossible bool // a date was seen that cannot be
	days       []dayFound
	clocks     []clockFound
}

// A dayFound is a day as written, or less or more than one.
type dayFound struct {
	start, end       int
	year, month, day int
	clock            clockFound // known where taken
	precision        Precision
	yearless         bool
	relative         bool
	bad              bool // a time stands beside it that no clock shows
}

func (d *dayFound) take(c *clockFound) {
	d.start, d.end = min(d.start, c.start), max(d.end, c.end)
	d.clock, d.bad = *c, c.bad
	d.clock.taken = true
}

func (f *dateFinder) read() {
	for i := 0; i < len(f.s); {
		next := i + 1
		switch c := f.s[i]; {
		case asciiDigit(c):
			next = f.atDigit(i)
		case c >= 'a' && c <= 'z' || c >= 0xc0: // the words that begin a date
			if f.letterBefore(i) {
				break
			}
			next = f.atWord(i)
		}
		i = next
	}
}

// atDigit reads what a digit begins and returns where to go on.
func (f *dateFinder) atDigit(i int) int {
	if f.byteAt(i-1) == '.' && asciiDigit(f.byteAt(i-2)) || f.letterBefore(i) && f.byteAt(i-1) != 't' {
		return f.skipNumber(i)
	}
	if d, ok := f.ago(i); ok { // "2 giờ trước" is no two o'clock
		return f.found(d)
	}
	if c, ok := f.clockAt(i); ok {
		f.clocks = append(f.clocks, c)
		return c.end
	}
	for _, form := range []func(*dateFinder, int) (dayFound, bool){
		(*dateFinder).isoDay, (*dateFinder).numericDay, (*dateFinder).longDay, (*dateFinder).englishDay,
	} {
		if d, ok := form(f, i); ok {
			return f.found(d)
		}
	}
	return f.skipNumber(i)
}

// atWord reads a date that a word begins: "tháng 6/2023", "năm 2020", "hôm qua", "Jan 4, 2004".
func (f *dateFinder) atWord(i int) int {
	word := f.word(i)
	for _, form := range []func(*dateFinder, int, string) (dayFound, bool){
		(*dateFinder).monthFirst, (*dateFinder).yearAlone, (*dateFinder).dayWord, (*dateFinder).englishMonthFirst,
	} {
		if d, ok := form(f, i, word); ok {
			return f.found(d)
		}
	}
	return i + max(len(word), 1)
}

// found keeps a day that can be and returns its end.
func (f *dateFinder) found(d dayFound) int {
	switch {
	case d.precision < ToDay && (d.precision == ToYear || d.month >= 1 && d.month <= 12):
	case d.precision >= ToDay && !d.yearless && realDay(d.year, d.month, d.day):
	case d.precision >= ToDay && d.yearless && realDay(2000, d.month, d.day): // 29/2 is a day of some year
	default:
		f.impossible = true
		return d.end
	}
	f.days = append(f.days, d)
	return d.end
}

// realDay says whether there is such a day, of a year that a text of our time may speak of.
func realDay(y, m, d int) bool {
	if y < 1000 || m < 1 || m > 12 || d < 1 || d > 31 {
		return false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t.Day() == d
}

// skipNumber goes behind the figures, points and strokes at i: no date begins inside.
func (f *dateFinder) skipNumber(i int) int {
	for i < len(f.s) && (asciiDigit(f.s[i]) || strings.IndexByte("./-", f.s[i]) >= 0 && asciiDigit(f.byteAt(i+1))) {
		i++
	}
	return i
}

// clockOf is the time of day that stands beside a day and belongs to no other: the one before it
// if any, as in "7h30 ngày 12/6", else the one behind. It is -1 where there is none.
func (f *dateFinder) clockOf(d *dayFound) int {
	if d.clock.taken {
		return -1
	}
	behind, _ := slices.BinarySearchFunc(f.clocks, d.start, func(c clockFound, start int) int { return c.start - start })
	if before := behind - 1; before >= 0 && f.free(before) && f.clocks[before].end <= d.start && f.joins(f.clocks[before].end, d.start) {
		return before
	}
	if behind < len(f.clocks) && f.free(behind) && f.clocks[behind].start >= d.end && f.joins(d.end, f.clocks[behind].start) {
		return behind
	}
	return -1
}

func (f *dateFinder) free(clock int) bool { return !f.clocks[clock].taken }

// joins says whether nothing stands between two parts of a date but what people put there.
func (f *dateFinder) joins(from, to int) bool {
	const far = 48
	if to-from > far {
		return false
	}
	for i := from; i < to; {
		if f.letterAt(i) {
			w := f.word(i)
			switch w {
			case "ngày", "ngay", "lúc", "luc", "vào", "hồi", "khoảng", "cập", "nhật", "thứ", "chủ", "hai", "ba", "tư", "năm", "sáu", "bảy",
				"sáng", "trưa", "chiều", "tối", "đêm", "cùng", "t", "at", "on", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
				"gmt", "ict", "utc", "z":
			default:
				return false
			}
			i += len(w)
			continue
		}
		c := f.s[i]
		switch {
		case c >= 0x80: // dashes, dots in the middle, no-break spaces
		case strings.IndexByte(" \t\n\r,|-()+:/", c) >= 0:
		case asciiDigit(c) && i > from && (f.byteAt(i-1) == '+' || f.wordBefore(i) == "thứ"): // "Thứ 6", "GMT+7"
		default:
			return false
		}
		i++
	}
	return true
}

// date resolves what was found.
func (f *dateFinder) date(d *dayFound) (Date, bool) {
	if d.bad || d.relative && !f.relative || d.yearless && !f.relative {
		return Date{}, false
	}
	zone, zoned := d.clock.zone, d.clock.zone != nil
	if d.precision == ToDay && d.clock.taken {
		d.precision = ToMinute
		if !zoned { // "08:15, 05/07/2025 (GMT+7)"
			if z, end := f.zoneAt(d.end); z != nil {
				zone, zoned, d.end = z, true, end
			}
		}
	}
	if zone == nil {
		zone = vietnamTime
	}
	out := Date{Start: f.original(d.start), End: f.original(d.end), Precision: d.precision, Zoned: zoned, Relative: d.relative || d.yearless}
	if d.yearless {
		if d.year = f.nearestYear(d.month, d.day); d.year == 0 {
			return Date{}, false
		}
	}
	out.Time = time.Date(d.year, time.Month(max(d.month, 1)), max(d.day, 1), d.clock.hour, d.clock.minute, d.clock.second, d.clock.nano, zone)
	return out, true
}

// nearestYear is the year of the last such day that is not more than a week after the text, 0 where
// none of the last years had it.
func (f *dateFinder) nearestYear(month, day int) int {
	limit := f.at.AddDate(0, 0, 7)
	for y := f.at.Year() + 1; y > f.at.Year()-9; y-- { // back over the longest gap of 29 February
		if realDay(y, month, day) && time.Date(y, time.Month(month), day, 0, 0, 0, 0, vietnamTime).Before(limit) {
			return y
		}
	}
	return 0
}
