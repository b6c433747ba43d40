package vietnamese

import "strings"

// unit reads the unit at i: a measure in one spelling, or what is counted; "" where it is none.
func (f *numberFinder) unit(i int) (unit string, end int) {
	word := f.word(i)
	end = i + len(word)
	switch word {
	case "m", "km", "cm", "dm", "mm":
		return f.powered(word, end)
	case "mét":
		return f.powered("m", end)
	case "kilômét", "kilomet":
		return f.powered("km", end)
	case "đồng", "đ", "vnđ", "vnd":
		return "đồng", end
	case "usd", "đô":
		return "USD", end
	case "héc", "hecta":
		return "ha", end + len(f.after(end, "-ta", " ta"))
	case "kilogam":
		return "kg", end
	}
	if f.byteAt(end) == ' ' {
		second := f.word(end + 1)
		if _, ok := pairs[word+" "+second]; ok {
			return word + " " + second, end + 1 + len(second)
		}
	}
	if _, ok := units[word]; ok {
		return word, end
	}
	if f.byteAt(i) == 0xc2 && strings.HasPrefix(f.s[i:], "°c") {
		return "°C", i + len("°c")
	}
	return "", i
}

// powered is a unit of length, of area or of volume: "km", "km2", "mét vuông", "m³".
func (f *numberFinder) powered(unit string, end int) (string, int) {
	for _, power := range []struct{ written, unit string }{{"²", "²"}, {"2", "²"}, {"³", "³"}, {"3", "³"}} {
		if strings.HasPrefix(f.s[end:], power.written) && !asciiDigit(f.byteAt(end+len(power.written))) {
			return unit + power.unit, end + len(power.written)
		}
	}
	if s := f.after(end, " vuông"); s != "" {
		return unit + "²", end + len(s)
	}
	if s := f.after(end, " khối"); s != "" {
		return unit + "³", end + len(s)
	}
	return unit, end
}

// after is the first of the words that stands at i.
func (f *numberFinder) after(i int, words ...string) string {
	for _, w := range words {
		if strings.HasPrefix(f.s[i:], w) && !f.letterAt(i+len(w)) {
			return w
		}
	}
	return ""
}

// units are the other measures and what local news counts, in their one spelling; pairs what it
// counts in two syllables.
var (
	units = wordSet("ha kg g tấn tạ yến lít ml mw kwh kw kv giây phút giờ ngày tuần tháng năm quý lần điểm " +
		"người hộ em cháu chị anh xã phường thôn bản xóm tổ huyện tỉnh nước căn nhà ngôi phòng lớp trường chuyến xe chiếc con cây cầu " +
		"ca vụ trận đợt cuộc loại gói đơn đoàn đội nhóm bánh viên khẩu quả bộ tờ cuốn bài mẫu sào thửa khu cụm")
	pairs = map[string]struct{}{
		"doanh nghiệp": {}, "cơ sở": {}, "học sinh": {}, "sinh viên": {}, "giáo viên": {}, "cán bộ": {}, "chiến sĩ": {}, "công nhân": {}, "dự án": {},
		"mô hình": {}, "sản phẩm": {}, "bệnh nhân": {}, "đại biểu": {}, "nạn nhân": {}, "đơn vị": {}, "hộ dân": {}, "trường hợp": {}, "công trình": {},
		"lao động": {}, "thành phố": {}, "đảng viên": {}, "du khách": {}, "cây số": {},
	}
)

func wordSet(words string) map[string]struct{} {
	m := map[string]struct{}{}
	for w := range strings.FieldsSeq(words) {
		m[w] = struct{}{}
	}
	return m
}

var digitWords = map[string]float64{
	"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}

// words reads a number that the word at i begins.
func (f *numberFinder) words(i int) (n numberFound, ok bool) {
	first := f.word(i)
	n = numberFound{start: i, end: i + len(first)}
	_, digit := digitWords[first]
	if !digit && first != "mười" || f.letterBefore(i) || asciiDigit(f.byteAt(i-1)) || f.isName(i) {
		return n, false
	}
	if s := f.after(n.end, " nửa"); first == "một" && s != "" {
		n.value, n.end = 0.5, n.end+len(s)
		return n, true
	}
	value, end, plain := f.below1000(i, false)
	n.value = value
	for scaled := 0.0; ; {
		scale, scaleEnd := f.scale(end)
		if scale < 1e3 || scale == 1e4 || scaled > 0 && scale >= scaled {
			break
		}
		plain, scaled = false, scale
		n.value += value*scale - value
		n.end, end = scaleEnd, scaleEnd
		if s := f.after(end, " rưỡi"); s != "" {
			n.value, n.end = n.value+scale/2, end+len(s)
			return f.measured(n)
		}
		if more, e := f.scale(end); more > scale && more >= 1e6 { // "hai nghìn tỷ"
			n.value *= more
			n.end = e
			return f.measured(n)
		}
		j := f.spaces(end)
		part, partEnd, single := f.below1000(j, true)
		smaller, _ := f.scale(partEnd)
		if part == 0 || single && smaller == 0 { // "hai nghìn năm" are years
			w := f.word(j)
			if _, digit := digitWords[w]; digit && w != "năm" && smaller == 0 {
				n.end = partEnd
				return n, false // "hai triệu ba" are 2.3 million
			}
			return f.measured(n)
		}
		value, end = part, partEnd
		n.value, n.end = n.value+part, partEnd
	}
	n.end = max(n.end, end)
	if plain {
		return f.single(n, first)
	}
	return f.measured(n)
}

// single is a number of one word, which may be another word: "năm" is a year, "ba" a father, and
// "hai ba người" are two or three.
func (f *numberFinder) single(n numberFound, word string) (numberFound, bool) {
	j := f.spaces(n.end)
	next := f.word(j)
	if _, digit := digitWords[next]; digit { // "hai ba người"
		n.end = j + len(next)
		return n, false
	}
	if next == "" || f.byteAt(n.end) != ' ' {
		return n, false
	}
	counted, end := f.unit(j)
	switch word {
	case "một", "ba", "năm", "chín":
		if counted == "" {
			return n, false
		}
	}
	if counted != "" {
		n.unit, n.end = counted, end
	}
	return n, true
}

// below1000 reads up to three figures in words: "một trăm linh năm", "hai mươi mốt", "mười lăm".
// inside allows a "không trăm", and a "linh" before the last figure. single says that it was one
// word below ten.
func (f *numberFinder) below1000(i int, inside bool) (value float64, end int, single bool) {
	end = i
	next := func() string { return f.word(f.spaces(end)) }
	take := func(w string) { end = f.spaces(end) + len(w) }
	w := next()
	d, ok := digitWords[w]
	if w == "không" && inside && f.after(f.spaces(end)+len(w), " trăm") != "" {
		ok = true
	}
	if ok {
		if s := f.after(f.spaces(end)+len(w), " trăm"); s != "" {
			take(w)
			end += len(s)
			value = d * 100
			w = next()
			if w == "rưỡi" {
				take(w)
				return value + 50, end, false
			}
			inside = true
			d, ok = digitWords[w]
			if ok && f.after(f.spaces(end)+len(w), " mươi", " chục") == "" {
				return value, end, false // "hai trăm năm" are years
			}
		}
	}
	switch {
	case inside && (w == "linh" || w == "lẻ"):
		j := f.spaces(f.spaces(end) + len(w))
		last := f.word(j)
		d, ok = digitWords[last]
		if last == "tư" {
			d, ok = 4, true
		}
		if ok {
			return value + d, j + len(last), false
		}
	case w == "mười":
		take(w)
		return value + 10 + f.lastFigure(&end), end, false
	case ok:
		take(w)
		if s := f.after(end, " mươi", " chục"); s != "" {
			end += len(s)
			return value + d*10 + f.lastFigure(&end), end, false
		}
		return value + d, end, value == 0
	}
	return value, end, false
}

// lastFigure reads the figure behind the tens; "năm" there is a year, the figure is "lăm".
func (f *numberFinder) lastFigure(end *int) float64 {
	j := f.spaces(*end)
	w := f.word(j)
	d, ok := digitWords[w]
	switch w {
	case "năm":
		ok = false
	case "mốt":
		d, ok = 1, true
	case "tư":
		d, ok = 4, true
	case "lăm", "nhăm":
		d, ok = 5, true
	}
	if !ok {
		return 0
	}
	*end = j + len(w)
	return d
}

// isName says whether the word at i begins a name ("Hai Bà Trưng", "Ba Bể"): it and the next word
// have a capital. In a text all in capitals nothing is known.
func (f *numberFinder) isName(i int) bool {
	j := f.spaces(i + len(f.word(i)))
	return j < len(f.s) && f.capitalAt(i) && f.capitalAt(j)
}

// ordinal says whether the number at i is the name of something: "thứ hai", "năm 2020", "Điều 5".
func (f *numberFinder) ordinal(i int) bool {
	switch f.wordBefore(i) {
	case "thứ", "năm", "tháng", "ngày", "quý", "khóa", "khoá", "số", "điều", "khoản", "mục", "chương", "lớp", "tập", "bài", "cấp", "hạng", "tổ", "khu", "đường", "ql", "tl", "trang", "kỳ", "kì", "phần", "quận", "niên":
		return true
	}
	return false
}

// hedge is what the words before the number say of it.
func (f *numberFinder) hedge(i int) Approx {
	word := f.wordBefore(i)
	before := f.wordBefore(len(strings.TrimRight(f.s[:i], " \u00a0")) - len(word))
	switch word {
	case "hơn", "trên", "quá", "ngoài":
		return MoreThan
	case "gần", "dưới", "ngót", "suýt":
		return LessThan
	case "khoảng", "chừng", "cỡ", "tầm", "ước", "độ":
		return About
	case "xỉ":
		if before == "xấp" {
			return About
		}
	case "đến", "tới", "đầy":
		if before == "chưa" || before == "không" {
			return LessThan
		}
	case "nhất", "thiểu":
		if before == "ít" || before == "tối" {
			return MoreThan
		}
	case "đa":
		if before == "tối" {
			return LessThan
		}
	}
	return Exactly
}
