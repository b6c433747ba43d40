package places

import "strings"

// A menu of places, such as a weather drop-down that survived extraction, is a line that names at
// least so many provinces and says nothing else, or so many lines in a row with one each. Real
// news lists provinces too, with a verb: "Mưa lớn ở Cao Bằng, Bắc Kạn, Lạng Sơn …" is none.
const (
	menuProvinces = 6
	menuLines     = 5
	menuOther     = 6 // bytes of letters between two names: "°C", "và", a long dash
	menuDigits    = 4 // digits between two names: "23 - 25"
)

// markMenus marks the candidates that stand in menus.
func markMenus(original string, found []candidate) {
	type line struct{ from, to int } // candidates
	var run []line
	flush := func() {
		if len(run) >= menuLines {
			for i := run[0].from; i < run[len(run)-1].to; i++ {
				found[i].menu = true
			}
		}
		run = run[:0]
	}
	lastEnd := -1
	for i := 0; i < len(found); {
		start := strings.LastIndexByte(original[:found[i].start], '\n') + 1
		end := len(original)
		if at := strings.IndexByte(original[found[i].start:], '\n'); at >= 0 {
			end = found[i].start + at
		}
		from := i
		for i < len(found) && found[i].start < end {
			i++
		}
		if !listsOnly(original[start:end], start, found[from:i]) {
			flush()
			lastEnd = -1
			continue
		}
		if i-from >= menuProvinces {
			for k := from; k < i; k++ {
				found[k].menu = true
			}
		}
		if lastEnd < 0 || strings.TrimSpace(original[lastEnd:start]) != "" {
			flush()
		}
		run = append(run, line{from, i})
		lastEnd = end
	}
	flush()
}

// listsOnly says whether a line holds the names of provinces and next to nothing else. A row of a
// table of figures is no menu.
func listsOnly(line string, at int, found []candidate) bool {
	if strings.ContainsAny(line, "|\t") {
		return false
	}
	end := at
	for i := range found {
		c := &found[i]
		if !c.isProvince() || c.end > at+len(line) {
			return false // a menu breaks no name
		}
		from := c.start
		if c.lead.role == admin && c.lead.text != "" && from-len(c.lead.text)-2 >= end {
			from -= len(c.lead.text) + 1
		}
		if from > end && !signsOnly(line[end-at:from-at]) {
			return false
		}
		end = c.end
	}
	return !strings.HasSuffix(strings.TrimSpace(line), ".") && signsOnly(line[end-at:])
}

// signsOnly says whether a gap holds no words and no more figures than a temperature has.
func signsOnly(gap string) bool {
	letters, digits := 0, 0
	for i := range len(gap) {
		switch b := gap[i]; {
		case b >= '0' && b <= '9':
			digits++
		case b >= 0x80 || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z':
			letters++
		}
		if letters > menuOther || digits > menuDigits {
			return false
		}
	}
	return true
}

func (c *candidate) isProvince() bool {
	if c.names == nil {
		return c.foreign.province && !c.foreign.isAbroad()
	}
	for _, n := range c.names {
		if n.kind == "province" {
			return true
		}
	}
	return false
}
