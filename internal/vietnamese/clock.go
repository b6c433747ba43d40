package vietnamese

import (
	"strings"
	"time"
)

// A clockFound is a time of day as it was written.
type clockFound struct {
	start, end                 int
	hour, minute, second, nano int
	zone                       *time.Location // nil where none is written
	bad                        bool           // no clock shows it
	taken                      bool           // it belongs to a day
}

// clockAt reads a time of day that begins with the digit at i: 07:30, 8:36:21, 7h30, 7 giờ 30 phút.
func (f *dateFinder) clockAt(i int) (c clockFound, ok bool) {
	c.start = i
	hour, end := f.number(i, 2)
	if hour < 0 {
		return c, false
	}
	c.hour = hour
	if f.byteAt(end) == ':' {
		c.end, ok = f.colonClock(&c, end)
	} else {
		c.end, ok = f.hourClock(&c, end)
	}
	if !ok {
		return c, false
	}
	if c.second == 60 { // a leap second
		c.second = 59
	}
	c.bad = c.hour > 23 || c.minute > 59 || c.second > 59
	f.half(&c)
	if zone, end := f.zoneAt(c.end); zone != nil {
		c.zone, c.end = zone, end
	}
	return c, true
}

// colonClock reads ":30", ":36:21" and fractions of a second.
func (f *dateFinder) colonClock(c *clockFound, i int) (end int, ok bool) {
	if c.minute, end = f.number(i+1, 2); c.minute < 0 {
		return end, false
	}
	if f.byteAt(end) != ':' {
		return end, true
	}
	second, end2 := f.number(end+1, 2)
	if second < 0 {
		return end, true
	}
	c.second, end = second, end2
	if dot := f.byteAt(end); (dot == '.' || dot == ',') && asciiDigit(f.byteAt(end+1)) {
		scale := int(time.Second) / 10
		for end++; asciiDigit(f.byteAt(end)); end++ {
			c.nano += int(f.s[end]-'0') * scale
			scale /= 10
		}
	}
	return end, true
}

// hourClock reads "h30", "h", " giờ 30 phút", "g30": grams and hectares are no hours.
func (f *dateFinder) hourClock(c *clockFound, i int) (end int, ok bool) {
	j := f.spaces(i)
	word := f.word(j)
	switch word {
	case "giờ", "h", "gio":
	case "g":
		if j != i || !asciiDigit(f.byteAt(j+1)) {
			return i, false
		}
	default:
		return i, false
	}
	end = j + len(word)
	k := f.spaces(end)
	minute, minuteEnd := f.number(k, 2)
	unit := f.spaces(minuteEnd)
	switch {
	case minute < 0 || strings.IndexByte("/-.:", f.byteAt(minuteEnd)) >= 0 && asciiDigit(f.byteAt(minuteEnd+1)):
		return end, true // "7h 12/6"
	case strings.HasPrefix(f.s[unit:], "phút"):
		minuteEnd = unit + len("phút")
	case f.byteAt(minuteEnd) == '\'':
		minuteEnd++
	case f.byteAt(minuteEnd) == 'p' && !f.letterAt(minuteEnd+1):
		minuteEnd++
	case isMonthWord(f.word(unit)): // "7h 12 tháng 6"
		return end, true
	}
	c.minute = minute
	return minuteEnd, true
}

// half moves an hour into the half of the day that the word behind it names.
func (f *dateFinder) half(c *clockFound) {
	i := f.spaces(c.end)
	word := f.word(i)
	end := i + len(word)
	if (word == "a" || word == "p") && strings.HasPrefix(f.s[end:], ".m") && !f.letterAt(end+2) {
		word, end = word+"m", end+2
		if f.byteAt(end) == '.' {
			end++
		}
	}
	switch word {
	case "sa", "am", "sáng":
		if c.hour == 12 {
			c.hour = 0
		}
	case "ch", "pm", "chiều", "tối":
		if c.hour < 12 {
			c.hour += 12
		}
	case "trưa":
		if c.hour < 4 {
			c.hour += 12
		}
	case "đêm":
		switch {
		case c.hour == 12:
			c.hour = 0
		case c.hour > 6 && c.hour < 12:
			c.hour += 12
		}
	default:
		return
	}
	if next := f.word(f.spaces(end)); next == "nay" || next == "qua" || next == "mai" { // "7h tối qua": the words name the day
		end = c.end
	}
	c.end = end
}

// zoneAt reads the zone behind a time: Z, +07:00, +0700, -03, (GMT+7), EST. A sign that stands
// apart counts only with four figures: "17:30 - 2 bình luận" has no zone. The zone is nil where
// none is written.
func (f *dateFinder) zoneAt(i int) (zone *time.Location, end int) {
	j := f.over(i, " |(,")
	word := f.word(j)
	end = j + len(word)
	offset, named := zoneHours[word]
	switch {
	case word != "" && !named:
		return nil, i
	case word != "" && word != "gmt" && word != "utc":
		return time.FixedZone(strings.ToUpper(word), offset*3600), f.closing(j, i, end)
	case word != "":
		k := f.spaces(end)
		if sign := f.byteAt(k); sign != '+' && sign != '-' || !asciiDigit(f.byteAt(f.spaces(k+1))) {
			return time.FixedZone(strings.ToUpper(word), 0), f.closing(j, i, end)
		}
		end = k
	}
	sign := f.byteAt(end)
	if sign != '+' && sign != '-' {
		return nil, i
	}
	k := end + 1
	if word != "" {
		k = f.spaces(k)
	}
	hours, minutes, end := f.offset(k)
	if apart := j > i && word == ""; hours < 0 || hours > 14 || minutes > 59 || word == "" && end-k < 2 || apart && end-k < 4 {
		return nil, i
	}
	seconds := hours*3600 + minutes*60
	if sign == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), f.closing(j, i, end)
}

// offset reads 7, 07, 0700, 07:00; hours is -1 where it is none of these.
func (f *dateFinder) offset(i int) (hours, minutes, end int) {
	n, end := f.number(i, 4)
	switch {
	case n < 0 || end-i == 3:
		return -1, 0, i
	case end-i == 4:
		return n / 100, n % 100, end
	}
	if f.byteAt(end) == ':' {
		if m, e := f.number(end+1, 2); e == end+3 {
			return n, m, e
		}
	}
	return n, 0, end
}

// closing includes the bracket that closes what was opened before the zone.
func (f *dateFinder) closing(from, before, end int) int {
	if strings.Contains(f.s[before:from], "(") && f.byteAt(end) == ')' {
		return end + 1
	}
	return end
}

// zoneHours are the names of zones that RFC 822 and news feeds use.
var zoneHours = map[string]int{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0, "ict": 7, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
	"cet": 1, "cest": 2, "bst": 1, "jst": 9,
}
