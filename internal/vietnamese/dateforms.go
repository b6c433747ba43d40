package vietnamese

import (
	"slices"
	"strings"
	"time"
)

// isoDay reads 2025-07-05, also with strokes or points.
func (f *dateFinder) isoDay(i int) (d dayFound, ok bool) {
	y, end := f.number(i, 4)
	if end-i != 4 || y < 1000 {
		return d, false
	}
	sep := f.byteAt(end)
	m, end2 := f.number(end+1, 2)
	if strings.IndexByte("-/.", sep) < 0 || sep == 0 || m < 0 || f.byteAt(end2) != sep {
		return d, false
	}
	day, end3 := f.number(end2+1, 2)
	if day < 0 {
		return d, false
	}
	return dayFound{start: i, end: end3, year: y, month: m, day: day, precision: ToDay}, true
}

// numericDay reads 12/06/2023, 12-6-2023, 12.6.2023, and 12/6 where it is a date by what stands
// beside it: "1/3 diện tích" is a share.
func (f *dateFinder) numericDay(i int) (d dayFound, ok bool) {
	day, end := f.number(i, 2)
	sep, j := f.separator(end)
	m, end2 := f.number(j, 2)
	if day < 0 || sep == 0 || m < 0 {
		return d, false
	}
	d = dayFound{start: i, end: end2, month: m, day: day, precision: ToDay}
	if sep2, j := f.separator(end2); sep2 == sep {
		y, end3 := f.number(j, 4)
		if end3-j == 4 {
			d.end, d.year = end3, y
			return d, y >= 1000 && (f.byteAt(end3) != sep || !asciiDigit(f.byteAt(end3+1)))
		}
		if y >= 0 {
			return d, false
		}
	}
	if asciiDigit(f.byteAt(end2+1)) && strings.IndexByte("/-.,", f.byteAt(end2)) >= 0 || f.byteAt(end2) == '%' || j > end+1 {
		return d, false
	}
	d.yearless = true
	return d, f.saysDay(i, end2, sep)
}

// separator is the sign between two figures of a date at i, and where the next begins.
func (f *dateFinder) separator(i int) (sep byte, next int) {
	j := i
	if f.byteAt(j) == ' ' {
		j++
	}
	sep = f.byteAt(j)
	if sep == 0 || strings.IndexByte("/-.", sep) < 0 {
		return 0, i
	}
	j++
	if f.byteAt(j) == ' ' && sep != '.' {
		j++
	}
	return sep, j
}

// saysDay says whether day and month without a year, written from start to end, are a date.
func (f *dateFinder) saysDay(start, end int, sep byte) bool {
	switch f.wordBefore(start) {
	case "ngày", "ngay", "hôm", "sáng", "trưa", "chiều", "tối", "đêm", "mùng", "nhật":
		return true
	case "từ", "đến", "tới", "trước", "sau", "và", "hai", "ba", "tư", "năm", "sáu", "bảy":
		if sep == '/' {
			return !f.letterAt(f.spaces(end)) || f.byteAt(start-1) == ','
		}
	}
	if sep == '.' {
		return false
	}
	if f.stamp && sep == '/' || f.stamp && start == 0 && end == len(f.s) || sep == '/' && f.byteAt(start-1) == '(' && f.byteAt(end) == ')' {
		return true
	}
	for _, c := range f.clocks { // "7h30, 12/6"
		if c.end <= start && f.joins(c.end, start) {
			return true
		}
	}
	return false
}

// longDay reads "6 tháng 11 năm 1996", "16 tháng 8, 2019", "22 Tháng Mười Một, 2025", "6 tháng 11".
func (f *dateFinder) longDay(i int) (d dayFound, ok bool) {
	day, end := f.number(i, 2)
	j := f.spaces(end)
	if day < 0 || !isMonthWord(f.word(j)) {
		return d, false
	}
	j += len(f.word(j))
	if f.byteAt(j) == '.' {
		j++
	}
	m, end := f.month(f.spaces(j))
	if m < 0 {
		return d, false
	}
	d = dayFound{start: i, end: end, month: m, day: day, precision: ToDay}
	if y, end := f.yearBehind(end); y > 0 {
		d.year, d.end = y, end
		return d, true
	}
	d.yearless = true
	unit := f.word(f.spaces(end)) // "6 tháng 10 ngày" is how long something took
	before := f.wordBefore(i)
	return d, unit != "ngày" && unit != "tuần" && (before == "ngày" || before == "ngay" || before == "mùng" || f.stamp)
}

func isMonthWord(w string) bool {
	return w == "tháng" || w == "thang" || w == "thg" || w == "th"
}

var monthNames = []string{"một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai"}

// month reads the number or the name of a month at i; m is -1 where there is none.
func (f *dateFinder) month(i int) (m, end int) {
	if m, end = f.number(i, 2); m >= 0 {
		return m, end
	}
	for n, name := range slices.Backward(monthNames) { // "mười một" before "mười"
		if strings.HasPrefix(f.s[i:], name) && !f.letterAt(i+len(name)) {
			return n + 1, i + len(name)
		}
	}
	switch w := f.word(i); w {
	case "giêng":
		return 1, i + len(w)
	case "bốn":
		return 4, i + len(w)
	case "chạp":
		return 12, i + len(w)
	}
	return -1, i
}

// yearBehind reads the year that follows a month: "năm 2023", ", 2023", "/2023", " 2023".
func (f *dateFinder) yearBehind(i int) (y, end int) {
	j := f.spaces(i)
	if c := f.byteAt(j); c == ',' || c == '/' || c == '-' {
		j = f.spaces(j + 1)
	}
	if w := f.word(j); w == "năm" || w == "nam" {
		j = f.spaces(j + len(w))
	}
	y, end = f.number(j, 4)
	if end-j != 4 || y < 1000 || j == i || f.byteAt(end) == ':' || strings.IndexByte(".,/", f.byteAt(end)) >= 0 && asciiDigit(f.byteAt(end+1)) {
		return 0, i
	}
	return y, end
}

// monthFirst reads "tháng 6/2023", "tháng 6 năm 2023" and "Tháng Mười 22, 2025".
func (f *dateFinder) monthFirst(i int, word string) (d dayFound, ok bool) {
	if !isMonthWord(word) {
		return d, false
	}
	m, end := f.month(f.spaces(i + len(word)))
	if m < 0 {
		return d, false
	}
	d = dayFound{start: i, end: end, month: m, precision: ToMonth}
	if day, dayEnd := f.number(f.spaces(end), 2); day > 0 && f.byteAt(f.spaces(dayEnd)) == ',' {
		if y, yearEnd := f.yearBehind(dayEnd); y > 0 {
			d.day, d.year, d.end, d.precision = day, y, yearEnd, ToDay
			return d, true
		}
	}
	y, end := f.yearBehind(end)
	d.year, d.end = y, end
	return d, y > 0
}

// yearAlone reads "năm 2020".
func (f *dateFinder) yearAlone(i int, word string) (d dayFound, ok bool) {
	if word != "năm" {
		return d, false
	}
	j := f.spaces(i + len(word))
	y, end := f.number(j, 4)
	if end-j != 4 || y < 1000 || y > 2199 || f.letterAt(end) || strings.IndexByte(".,", f.byteAt(end)) >= 0 && asciiDigit(f.byteAt(end+1)) {
		return d, false
	}
	return dayFound{start: i, end: end, year: y, precision: ToYear}, true
}

// ago reads "2 giờ trước", "3 ngày trước"; not "2 giờ trước đó", which counts from another event.
func (f *dateFinder) ago(i int) (d dayFound, ok bool) {
	n, end := f.number(i, 3)
	j := f.spaces(end)
	unit := f.word(j)
	k := f.spaces(j + len(unit))
	if n < 0 || f.word(k) != "trước" {
		return d, false
	}
	d = dayFound{start: i, end: k + len("trước"), relative: true, precision: ToDay}
	switch next := f.word(f.spaces(d.end)); next {
	case "đó", "khi", "lúc", "ngày", "khoảng", "công", "tết", "thời", "mắt", "sự":
		return d, false
	}
	at := f.at
	switch unit {
	case "phút":
		at = at.Add(-time.Duration(n) * time.Minute)
		d.precision = ToMinute
	case "giờ", "tiếng":
		at = at.Add(-time.Duration(n) * time.Hour)
		d.precision = ToMinute
	case "ngày":
		at = at.AddDate(0, 0, -n)
	case "tuần":
		at = at.AddDate(0, 0, -7*n)
	default:
		return d, false
	}
	d.on(at)
	return d, true
}

// on sets a day, and its time of day where that is meant.
func (d *dayFound) on(at time.Time) {
	if at.Year() < 1 { // without a reference nothing is resolved
		at = time.Date(2000, 1, 1, 0, 0, 0, 0, vietnamTime)
	}
	d.year, d.month, d.day = at.Year(), int(at.Month()), at.Day()
	if d.precision == ToMinute {
		d.clock = clockFound{hour: at.Hour(), minute: at.Minute(), second: at.Second(), nano: at.Nanosecond(), taken: true}
	}
}

// dayWord reads "hôm qua", "sáng nay".
func (f *dateFinder) dayWord(i int, word string) (d dayFound, ok bool) {
	j := f.spaces(i + len(word))
	second := f.word(j)
	days := 0
	switch word {
	case "hôm":
		switch second {
		case "nay":
		case "qua":
			days = 1
		case "kia":
			days = 2
		default:
			return d, false
		}
	case "sáng", "trưa", "chiều", "tối", "đêm":
		switch second {
		case "nay":
		case "qua":
			days = 1
		default:
			return d, false
		}
	default:
		return d, false
	}
	d = dayFound{start: i, end: j + len(second), relative: true, precision: ToDay}
	d.on(f.at.AddDate(0, 0, -days))
	return d, true
}

const englishMonthNames = "jan feb mar apr may jun jul aug sep oct nov dec"

var englishMonthRest = []string{"uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember"}

// englishMonth is the number of a month by its English name, whole or short, else 0.
func englishMonth(w string) int {
	if len(w) < 3 {
		return 0
	}
	n := strings.Index(englishMonthNames, w[:3])
	if n < 0 || n%4 != 0 {
		return 0
	}
	if rest := w[3:]; rest != "" && rest != englishMonthRest[n/4] && w != "sept" {
		return 0
	}
	return n/4 + 1
}

// englishDay reads "14 Nov 2017" as feeds write it, also with a year of two figures (RFC 822).
func (f *dateFinder) englishDay(i int) (d dayFound, ok bool) {
	day, end := f.number(i, 2)
	j := f.ordinal(end)
	j = f.over(j, " -,")
	word := f.word(j)
	m := englishMonth(word)
	if day < 0 || m == 0 || j == end {
		return d, false
	}
	k := f.over(j+len(word), " -,.")
	y, end := f.number(k, 4)
	switch end - k {
	case 4:
	case 2:
		y += 2000
		if y >= 2070 {
			y -= 100
		}
	default:
		return d, false
	}
	if f.byteAt(end) == ':' {
		return d, false
	}
	return dayFound{start: i, end: end, year: y, month: m, day: day, precision: ToDay}, true
}

// englishMonthFirst reads "January 5, 2004", "Oct 01 2017" and "Jan 4 16:29:06 PST 2004".
func (f *dateFinder) englishMonthFirst(i int, word string) (d dayFound, ok bool) {
	m := englishMonth(word)
	if m == 0 {
		return d, false
	}
	j := f.over(i+len(word), " .")
	day, end := f.number(j, 2)
	if day < 0 {
		return d, false
	}
	d = dayFound{start: i, month: m, day: day, precision: ToDay}
	end = f.over(f.ordinal(end), " ,")
	if c, ok := f.clockAt(end); ok {
		d.take(&c)
		end = f.over(c.end, " ")
	}
	y, yearEnd := f.number(end, 4)
	d.year, d.end = y, yearEnd
	return d, yearEnd-end == 4
}

func (f *dateFinder) ordinal(i int) int {
	switch w := f.word(i); w {
	case "st", "nd", "rd", "th":
		return i + len(w)
	}
	return i
}

// over is the first byte from i on that is not in set.
func (f *dateFinder) over(i int, set string) int {
	for i < len(f.s) && strings.IndexByte(set, f.s[i]) >= 0 {
		i++
	}
	return i
}
