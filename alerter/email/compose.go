package email

import (
	"embed"
	"fmt"
	"html/template"
	"net/mail"
	"strings"
	texttemplate "text/template"
	"time"

	gomail "github.com/wneessen/go-mail"

	"lamro/alerter"
	"lamro/internal/news"
)

//go:embed alert.html alert.txt
var files embed.FS

var (
	htmlBody = template.Must(template.New("alert.html").ParseFS(files, "alert.html"))
	textBody = texttemplate.Must(texttemplate.New("alert.txt").ParseFS(files, "alert.txt"))
)

// Headers that only machines read.
const (
	headerDelivery = gomail.Header("X-Lamro-Delivery")
	headerRepeat   = gomail.Header("X-Lamro-Maybe-Repeat")
)

// compose writes the mail. Its Message-ID and its headers are the same for every try.
func (n *Notifier) compose(m alerter.Message, to *mail.Address) (*gomail.Msg, error) {
	v := n.view(m)
	var text, html strings.Builder
	if err := textBody.Execute(&text, v); err != nil {
		return nil, fmt.Errorf("compose text: %w", err)
	}
	if err := htmlBody.Execute(&html, v); err != nil {
		return nil, fmt.Errorf("compose html: %w", err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(n.from)
	if to.Name == "" {
		to.Name = m.To.Name
	}
	msg.ToMailAddress(to)
	msg.Subject(v.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(m.Key + "@" + n.domain())
	msg.SetGenHeader("References", "<article-"+m.Article.ID+"@"+n.domain()+">")
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeader("List-Id", "<alerts.lamro."+n.domain()+">")
	msg.SetGenHeader(headerDelivery, m.Key)
	if m.MaybeRepeat {
		msg.SetGenHeader(headerRepeat, "yes")
	}
	if m.Severity == news.Critical {
		msg.SetImportance(gomail.ImportanceHigh)
	}
	msg.SetBodyString(gomail.TypeTextPlain, text.String())
	msg.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return msg, nil
}

// view is what both templates show, in the recipient's language.
type view struct {
	Lang, Subject, Preview       string
	Severity, Color              string
	RouteName, Office            string
	Title, Snippet               []piece
	PlainTitle, PlainSnippet     string
	Rows                         []row
	ArticleURL, PageURL, ListURL string
	MaybeRepeat                  bool
	Words                        words
}

type piece struct {
	Text   string
	Marked bool
}

type row struct{ Label, Value string }

// words are the fixed texts of the mail in one language.
type words struct {
	Watch, Why, First, Published, Seen, Alerted, Places           string
	Tier, InTitle, Matched, Unknown                               string
	Open, Original, List, Foot, Auto, Repeat, Critical, High, Low string
	Normal                                                        string
}

var vietnamese = words{
	Watch: "Chủ đề", Why: "Vì sao gửi", First: "Đầu tiên", Published: "Đăng", Seen: "Thấy", Alerted: "Cảnh báo", Places: "Địa bàn",
	Tier: "bậc", InTitle: "có trong tiêu đề", Matched: "khớp", Unknown: "trang không ghi",
	Open: "Xem bài", Original: "Bài gốc", List: "Mọi cảnh báo",
	Foot: "Gửi theo tuyến", Auto: "Thư tự động của Lamro.",
	Repeat:   "Thư này có thể đã đến một lần: máy chủ thư không trả lời lần gửi trước.",
	Critical: "Khẩn cấp", High: "Cao", Normal: "Thường", Low: "Thấp",
}

var english = words{
	Watch: "Watch", Why: "Why", First: "First at", Published: "Published", Seen: "Seen", Alerted: "Alerted", Places: "Places",
	Tier: "tier", InTitle: "in the title", Matched: "matched", Unknown: "not given by the page",
	Open: "Open the article", Original: "Original page", List: "All alerts",
	Foot: "Sent by the route", Auto: "Automatic mail of Lamro.",
	Repeat:   "You may have had this mail before: the mail server did not answer the last try.",
	Critical: "Critical", High: "High", Normal: "Normal", Low: "Low",
}

func (n *Notifier) view(m alerter.Message) view {
	w := vietnamese
	lang := "vi"
	if m.To.Language == "en" {
		w, lang = english, "en"
	}
	severity, color := w.severity(m.Severity)
	title := oneLine(m.Article.Title)
	if title == "" {
		title = m.Article.URL
	}
	v := view{
		Lang: lang, Severity: severity, Color: color, RouteName: m.RouteName, Office: n.cfg.Office,
		Subject:    "[" + severity + "] " + shorten(title, 150),
		Preview:    m.Article.SourceName + " · " + clock(m.Article.FirstSeen),
		Title:      pieces(title, m.Article.TitleMarks),
		Snippet:    pieces(m.Article.Snippet, m.Article.SnippetMarks),
		PlainTitle: title, PlainSnippet: m.Article.Snippet,
		ArticleURL: m.Article.URL, PageURL: n.cfg.BaseURL + "/articles/" + m.Article.ID, ListURL: n.cfg.BaseURL + "/alerts",
		MaybeRepeat: m.MaybeRepeat, Words: w,
	}
	v.Rows = w.rows(m)
	return v
}

func (w words) severity(s news.Severity) (name, color string) {
	switch s {
	case news.Critical:
		return w.Critical, "#a1141d"
	case news.High:
		return w.High, "#8a4b00"
	case news.Low:
		return w.Low, "#46525a"
	}
	return w.Normal, "#0a5873"
}

// rows answers why, where first and when, in the order in which an officer asks.
func (w words) rows(m alerter.Message) []row {
	var rows []row
	for _, match := range m.Matches {
		name := match.Name
		if match.Severity != m.Severity {
			s, _ := w.severity(match.Severity)
			name += " (" + strings.ToLower(s) + ")"
		}
		rows = append(rows, row{w.Watch, name})
		if why := w.why(match); why != "" {
			rows = append(rows, row{w.Why, why})
		}
	}
	first := m.Article.SourceName
	if m.Article.Tier > 0 {
		first += fmt.Sprintf(", %s %d", w.Tier, m.Article.Tier)
	}
	published := w.Unknown
	if !m.Article.PublishedAt.IsZero() {
		published = clock(m.Article.PublishedAt)
	}
	rows = append(rows, row{w.First, first}, row{w.Published, published},
		row{w.Seen, clock(m.Article.FirstSeen)}, row{w.Alerted, clock(m.AlertedAt)})
	if len(m.Article.Places) > 0 {
		rows = append(rows, row{w.Places, strings.Join(m.Article.Places, ", ")})
	}
	return rows
}

// why names the words that matched.
func (w words) why(m alerter.Match) string {
	if len(m.Words) == 0 {
		return ""
	}
	quoted := make([]string, len(m.Words))
	for i, word := range m.Words {
		quoted[i] = "“" + oneLine(word) + "”"
	}
	s := w.Matched + " " + strings.Join(quoted, ", ")
	if m.InTitle {
		s += " (" + w.InTitle + ")"
	}
	return s
}

// pieces cuts a text at its marks. Marks that are not of the text are ignored.
func pieces(text string, marks []alerter.Mark) []piece {
	var out []piece
	at := 0
	for _, m := range marks {
		if m.Start < at || m.End > len(text) || m.Start >= m.End {
			continue
		}
		if m.Start > at {
			out = append(out, piece{Text: text[at:m.Start]})
		}
		out = append(out, piece{Text: text[m.Start:m.End], Marked: true})
		at = m.End
	}
	if at < len(text) {
		out = append(out, piece{Text: text[at:]})
	}
	return out
}

func clock(t time.Time) string { return t.In(news.Zone()).Format("15:04 02/01/2006") }

// oneLine keeps line ends out of headers and of one-line texts, byte for byte.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, s)
}

// shorten cuts at a space after at most n letters.
func shorten(s string, n int) string {
	letters := []rune(s)
	if len(letters) <= n {
		return s
	}
	cut := string(letters[:n])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return cut + "…"
}
