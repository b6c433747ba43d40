package vietnamese

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Number is an amount that a text states.
type Number struct {
	Start, End int     // bytes of the text, scale and unit included
	Value      float64 // "29.531 tỷ" is 2.9531e13, "20%" is 0.2
	Unit       string  // what is measured or counted, in one spelling: "đồng", "ha", "km²", "%", "người"; often empty
	Approx     Approx
}

// Approx says how an amount is hedged.
type Approx uint8

// The hedges, by the words before the number.
const (
	Exactly  Approx = iota
	About           // khoảng, chừng, xấp xỉ
	MoreThan        // hơn, trên, ít nhất
	LessThan        // gần, dưới, chưa đến, tối đa
)

// FindNumbers finds the amounts in s, in order and without overlap: a point parts thousands, a
// comma decimals; scales and words are read ("2 nghìn 500", "hai mươi mốt"). Dates, times, codes,
// ranges, ordinals, marks of references and what can be meant two ways ("3 lít", "hai ba người", a
// bare 2019) are none.
func FindNumbers(s string) []Number {
	f := &numberFinder{lowered: newLowered(s), source: s}
	var found []Number
	for i := 0; i < len(f.s); {
		var n numberFound
		var ok bool
		switch {
		case asciiDigit(f.s[i]):
			n, ok = f.figures(i)
		case f.letterAt(i):
			n, ok = f.words(i)
		default:
			i++
			continue
		}
		if ok && !f.ordinal(i) {
			found = append(found, Number{
				Start: f.original(n.start), End: f.original(n.end), Value: n.value, Unit: n.unit, Approx: f.hedge(n.start),
			})
		}
		i = max(n.end, i+1)
	}
	return found
}

type numberFinder struct {
	lowered
	source string
}

// A numberFound is a number while it is read; end is where to go on, also where there is none.
type numberFound struct {
	start, end int
	value      float64
	unit       string
}

// figures reads a number that begins with the digit at i.
func (f *numberFinder) figures(i int) (n numberFound, ok bool) {
	n = numberFound{start: i}
	value, end, ok := f.figure(i)
	if !ok || f.letterBefore(i) || f.byteAt(i-1) == '/' || f.byteAt(i-1) == '-' && !unicode.IsSpace(rune(f.byteAt(i-2))) && i > 1 {
		n.end = f.skipCode(end)
		return n, false
	}
	if f.byteAt(i-1) == '[' && f.byteAt(end) == ']' || f.byteAt(i-1) == '=' { // a reference, a part of an address
		n.end = end
		return n, false
	}
	n.value, n.end = value, end
	n, ok = f.scaled(n)
	if ok && n.end == end && end-i == 4 && value >= 1800 && value < 2100 && value == math.Trunc(value) && strings.IndexByte(f.s[i:end], ',') < 0 {
		return n, false // a year, or it says of nothing how many
	}
	return n, ok
}

// times is value times a power of ten as if written so: 47.61 hundredths are 0.4761.
func times(value, power float64) float64 {
	exact, err := strconv.ParseFloat(strconv.FormatFloat(value, 'f', -1, 64)+"e"+strconv.Itoa(int(math.Round(math.Log10(power)))), 64)
	if err != nil {
		return value * power
	}
	return exact
}

// figure reads figures with their points and commas; ok is false where they are no amount.
func (f *numberFinder) figure(i int) (value float64, end int, ok bool) {
	end = i
	for asciiDigit(f.byteAt(end)) || (f.byteAt(end) == '.' || f.byteAt(end) == ',') && asciiDigit(f.byteAt(end+1)) {
		end++
	}
	s := f.s[i:end]
	const longest = 21 // figures and signs
	if len(s) > longest {
		return 0, end, false
	}
	whole, fraction, ok := figures(s)
	if !ok || len(whole) > 1 && whole[0] == '0' { // 0209 is the beginning of a telephone number
		return 0, end, false
	}
	value, err := strconv.ParseFloat(whole+"."+fraction, 64)
	return value, end, err == nil
}

// figures are the digits before and behind the decimal sign.
func figures(s string) (whole, fraction string, ok bool) {
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	thousands, decimal := ".", ","
	if commas > 1 || points == 1 && commas == 1 && strings.IndexByte(s, ',') < strings.IndexByte(s, '.') {
		thousands, decimal = ",", "." // as in English: nothing else can be meant
	}
	whole, fraction, _ = strings.Cut(s, decimal)
	if strings.ContainsAny(fraction, ".,") {
		return "", "", false
	}
	groups := strings.Split(whole, thousands)
	if len(groups) == 1 {
		return whole, fraction, true
	}
	if len(groups) == 2 && fraction == "" && (len(groups[1]) != 3 || groups[0] == "0") && !strings.Contains(s, ",") {
		return groups[0], groups[1], true // "1.5": no thousands, so decimals
	}
	for n, g := range groups {
		if n > 0 && len(g) != 3 || len(g) > 3 || n == 0 && g == "0" {
			return "", "", false
		}
	}
	return strings.Join(groups, ""), fraction, true
}

// skipCode goes behind what is written in one with figures: letters, strokes and more figures.
func (f *numberFinder) skipCode(i int) int {
	for i < len(f.s) {
		switch {
		case asciiDigit(f.s[i]):
			i++
		case f.letterAt(i):
			i += len(f.word(i))
		case strings.IndexByte("./-:_", f.s[i]) >= 0 && (asciiDigit(f.byteAt(i+1)) || f.letterAt(i+1)):
			i++
		default:
			return i
		}
	}
	return i
}

// scaled reads what follows the figures or words of n: scale, smaller parts, unit.
func (f *numberFinder) scaled(n numberFound) (numberFound, bool) {
	glued := n.end
	switch c := f.byteAt(glued); {
	case c == '-' || c == ':' || c == '/' && asciiDigit(f.byteAt(glued+1)) || strings.HasPrefix(f.s[glued:], "–"):
		if asciiDigit(f.byteAt(glued+len("-"))) || asciiDigit(f.byteAt(glued+len("–"))) { // a range, a score, a time
			n.end = f.skipCode(glued + 1)
			return n, false
		}
	case c == '/' && f.capitalAt(glued+1), c == '_':
		n.end = f.skipCode(glued)
		return n, false
	}
	if !f.scales(&n) {
		n.end = f.skipCode(n.end)
		return n, false
	}
	if n.end == glued && f.letterAt(glued) { // no scale: a unit, or some code
		unit, end := f.unit(glued)
		if unit == "" || unit == "g" && f.capitalAt(glued) || asciiDigit(f.byteAt(end)) { // "7h30", "3G"
			n.end = f.skipCode(glued)
			return n, false
		}
		n.unit, n.end = unit, end
		return n, true
	}
	return f.measured(n)
}

// scales multiplies n by the scales behind it and adds its smaller parts: "5 nghìn tỷ", "2 nghìn
// 500", "1 tỷ 200 triệu", "2 triệu rưỡi". It is false for "3 triệu 5" and "20tr5", which people
// mean as 3.5 and 20.5 million.
func (f *numberFinder) scales(n *numberFound) bool {
	value := n.value
	scale, end := f.scale(n.end)
	if scale == 0 {
		return true
	}
	value = times(value, scale)
	if more, e := f.scale(end); more >= 1e6 && more > scale {
		value, scale, end = times(value, more), scale*more, e
	}
	if j := f.spaces(end); f.word(j) == "rưỡi" {
		n.value, n.end = value+scale/2, j+len("rưỡi")
		return true
	}
	n.value, n.end = value, end
	j := f.spaces(end)
	if !asciiDigit(f.byteAt(j)) {
		return true
	}
	part, partEnd, ok := f.figure(j)
	if !ok {
		return true
	}
	smaller, e := f.scale(partEnd)
	switch {
	case smaller > 0 && smaller < scale && part*smaller < scale:
		tail := numberFound{value: part, end: partEnd}
		if !f.scales(&tail) {
			return false
		}
		n.value, n.end = value+tail.value, max(tail.end, e)
	case smaller == 0 && scale == 1e3 && partEnd-j == 3 && part < scale:
		n.value, n.end = value+part, partEnd
	case part < 10 && smaller == 0 && (j == end || !f.letterAt(f.spaces(partEnd))):
		n.end = partEnd
		return false
	}
	return true
}

// scale reads the name of a power of ten at i, 0 where there is none.
func (f *numberFinder) scale(i int) (scale float64, end int) {
	j := f.spaces(i)
	word := f.word(j)
	end = j + len(word)
	switch word {
	case "chục":
		scale = 10
	case "trăm":
		scale = 100
	case "nghìn", "ngàn":
		scale = 1e3
	case "vạn":
		scale = 1e4
	case "triệu", "tr":
		scale = 1e6
	case "tỷ", "tỉ":
		switch f.word(f.spaces(end)) {
		case "lệ", "số", "giá", "trọng", "suất", "mỉ": // words that begin with tỷ
			return 0, i
		}
		scale = 1e9
	case "k":
		if j == i {
			scale = 1e3
		}
	case "củ":
		switch f.word(f.spaces(end)) {
		case "khoai", "sắn", "cà", "hành", "tỏi", "gừng", "su", "nghệ", "cải", "lạc", "sâm", "mì", "đậu", "giống":
			return 0, i
		}
		scale = 1e6 // slang for a million
	}
	if scale == 0 {
		return 0, i
	}
	return scale, end
}

// measured reads the per cent or the unit behind a number. Three of "lít" are litres or three
// hundred thousand, unless it says of what.
func (f *numberFinder) measured(n numberFound) (numberFound, bool) {
	j := f.spaces(n.end)
	switch {
	case f.byteAt(j) == '%':
		n.value, n.unit, n.end = times(n.value, 1e-2), "%", j+1
	case strings.HasPrefix(f.s[j:], "‰"):
		n.value, n.unit, n.end = times(n.value, 1e-3), "‰", j+len("‰")
	case strings.HasPrefix(f.s[j:], "phần trăm"):
		n.value, n.unit, n.end = times(n.value, 1e-2), "%", j+len("phần trăm")
	default:
		unit, end := f.unit(j)
		if unit == "lít" && n.value < 10 && n.value == math.Trunc(n.value) && !f.letterAt(f.spaces(end)) {
			n.end = end
			return n, false
		}
		if (unit == "giờ" || unit == "tháng") && asciiDigit(f.byteAt(f.spaces(end))) { // "7 giờ 30", "21 tháng 8"
			n.end = f.skipCode(f.spaces(end))
			return n, false
		}
		if unit != "" {
			n.unit, n.end = unit, end
		}
	}
	return n, true
}

// capitalAt says whether a capital stands at i of the original.
func (f *numberFinder) capitalAt(i int) bool {
	r, _ := utf8.DecodeRuneInString(f.source[f.original(min(i, len(f.s))):])
	return unicode.IsUpper(r)
}
