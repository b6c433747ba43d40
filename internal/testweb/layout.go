package testweb

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

//go:embed layouts/*.html
var layoutFiles embed.FS

var layouts = template.Must(template.ParseFS(layoutFiles, "layouts/*.html"))

// A view is what a layout may show. Dates come in every form that Vietnamese newsrooms use;
// each layout takes one.
type view struct {
	Site, Section, URL, Disclaimer string
	Title, Lead                    string
	Paras                          []string
	Menu, Provinces                []string
	Related                        []listItem
	Neutral                        string // a related title that names no place of the area

	ISO, Modified, NoZone    string
	Long, LongTitle          string // Thứ ba, 24/11/2026, 08:15
	Dashed, DashedShort      string // Thứ ba, 24/11/2026 - 08:15
	Short, Hyphened          string // 24/11/2026 08:15, 24-11-2026 | 08:15
	HourFirst, WeekdayNumber string // 08:15, 24/11/2026; Thứ 3, 24/11/2026 08:15
	InWords, DayInWords      string // 24 Tháng Mười Một, 2026; ngày 24 tháng 11 năm 2026
	Clock                    string // the time of the visit, in the page's head
}

func menu() []string {
	return []string{"Thời sự", "Kinh tế", "Xã hội", "Văn hóa", "Pháp luật", "Thể thao", "Đời sống", "Du lịch"}
}

func sectionName(sector string) string {
	switch sector {
	case "thien-tai":
		return "Thời sự"
	case "kinh-te", "nong-nghiep":
		return "Kinh tế"
	case "van-hoa":
		return "Văn hóa"
	case "phap-luat":
		return "Pháp luật"
	}
	return "Xã hội"
}

// renderPage writes an article in the outlet's layout and form, as of an instant.
func (s *site) renderPage(p *page, now time.Time) (string, error) {
	t, changed := p.at(now)
	v := view{
		Site: s.name, Section: sectionName(p.sector), URL: p.url(), Disclaimer: Disclaimer,
		Title: t.title, Lead: t.lead, Paras: t.paras, Menu: menu(), Provinces: provinces(),
		Clock: weekday(now.In(zone)) + now.In(zone).Format(", 02/01/2006 15:04:05"),
	}
	if !s.noDates && !p.published.IsZero() {
		v.dates(p.published.In(zone), changed.In(zone))
	}
	if s.layout != plainLayout {
		v.Related, v.Neutral = s.related(p, now)
	}
	out, err := execute(s.layout, v)
	if err != nil {
		return "", err
	}
	if missing := p.padding - len(out); missing > 0 {
		out = s.pad(out, missing)
	}
	if s.form == formNFD {
		out = decomposed(out)
	}
	return out, nil
}

func execute(layout string, v view) (string, error) {
	var out bytes.Buffer
	if err := layouts.ExecuteTemplate(&out, layout+".html", v); err != nil {
		return "", fmt.Errorf("write page in layout %s: %w", layout, err)
	}
	return out.String(), nil
}

// dates fills every form of the date.
func (v *view) dates(at, changed time.Time) {
	day, number := weekday(at), int(at.Weekday())+1
	v.ISO, v.Modified, v.NoZone = at.Format(time.RFC3339), changed.Format(time.RFC3339), at.Format("2006-01-02T15:04:05")
	v.Long = day + at.Format(", 02/01/2006, 15:04")
	v.LongTitle = day + at.Format(", 02/01/2006 15:04")
	v.Dashed, v.DashedShort = day+at.Format(", 02/01/2006 - 15:04"), day+at.Format(" - 02/01/2006 15:04")
	v.Short, v.Hyphened = at.Format("02/01/2006 15:04"), at.Format("02-01-2006 | 15:04")
	v.HourFirst = at.Format("15:04, 02/01/2006")
	v.WeekdayNumber = fmt.Sprintf("Thứ %d%s", number, at.Format(", 02/01/2006 15:04"))
	if at.Weekday() == time.Sunday {
		v.WeekdayNumber = v.Long
	}
	months := []string{"Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai"}
	v.InWords = fmt.Sprintf("%d Tháng %s, %d", at.Day(), months[at.Month()-1], at.Year())
	v.DayInWords = fmt.Sprintf("ngày %d tháng %d năm %d", at.Day(), at.Month(), at.Year())
}

func weekday(t time.Time) string {
	return []string{"Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"}[t.Weekday()]
}

// related picks what stands in the box beside an article: newer and older pages of the outlet,
// also such as name the province while the article does not.
func (s *site) related(p *page, now time.Time) (box []listItem, neutral string) {
	all := s.newest(now, func(q *page) bool { return q != p && q.raw == nil && !q.blocked })
	for i := range min(4, len(all)) {
		q := all[(i*5+p.number)%len(all)]
		t, _ := q.at(now)
		item := listItem{Title: t.title, Link: q.path}
		if !slices.Contains(box, item) {
			box = append(box, item)
		}
	}
	for _, q := range all {
		if q.kind == "" && q.decoy == "" && q.edit == nil {
			return box, q.title
		}
	}
	return box, ""
}

// pad puts page chrome before the footer: about half of the missing bytes in boxes of links, as
// far as real pages have them, the rest in a script.
func (s *site) pad(out string, missing int) string {
	const most = 600 // boxes
	var b strings.Builder
	b.Grow(len(out) + missing)
	body, footer, _ := strings.Cut(out, "<footer>")
	b.WriteString(body)
	for i := 0; i < most && b.Len() < len(body)+missing/2; i++ {
		fmt.Fprintf(&b, "<div class=\"widget\"><a class=\"w-link\" href=\"/#muc-%d\"><span>Mục %d</span></a></div>\n", i, i)
	}
	b.WriteString("<script>var tienIch = \"")
	b.WriteString(strings.Repeat("tien ich cua trang, ", max(len(body)+missing-b.Len(), 0)/20))
	b.WriteString("\";</script>\n<footer>")
	b.WriteString(footer)
	return b.String()
}
