package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lamro/internal/account"
	"lamro/internal/news"
)

type articlePage struct {
	Frame
	Article Article
	Shown   Version // the version whose text is shown
	Latest  bool    // Shown is the newest
	Title   []Mark
	Lead    []Mark
	Body    []Mark
	Terms   []string // words that matched, numbered as the marks
	Compare *Comparison
	Link    string // the article's own page, "" when its address is no web address
	Watches bool   // the person may open watches
}

// A Comparison shows what one version changed of another.
type Comparison struct {
	Old, New          int
	Title, Lead, Body []Change
}

func (s *Server) article(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := s.cfg.Data.Articles.Article(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := articlePage{Article: a, Link: webAddress(a.URL), Watches: v.may(account.SeeWatches)}
	title := v.T("article.deleted")
	if n := len(a.Versions); n > 0 {
		p.Shown, p.Latest = a.Versions[n-1], true
		if want, ok := versionOf(a, r.URL.Query().Get("version")); ok {
			p.Shown, p.Latest = want, want.N == a.Versions[n-1].N
		}
		title = p.Shown.Title
		if old, ok := versionOf(a, r.URL.Query().Get("against")); ok && old.N != p.Shown.N {
			p.Compare = compare(old, p.Shown)
		}
	}
	if p.Latest {
		p.mark()
	}
	p.Frame = s.frame(r, v, "/search", title)
	return s.show(w, v, http.StatusOK, "article", p)
}

// mark lays what the mentions matched over the text, which is the version that was matched. Words
// are numbered, not terms: several watches often meet the same words.
func (p *articlePage) mark() {
	number := map[string]int{}
	for _, m := range p.Article.Mentions {
		for _, span := range m.Spans {
			text, marks := p.field(span.Field)
			if marks == nil || span.Start < 0 || span.End > len(text) || span.Start >= span.End {
				continue
			}
			words := text[span.Start:span.End]
			n, ok := number[strings.ToLower(words)]
			if !ok {
				n = len(number)
				number[strings.ToLower(words)] = n
				p.Terms = append(p.Terms, words)
			}
			*marks = append(*marks, Mark{Start: span.Start, End: span.End, Term: n})
		}
	}
}

// field is a text of the version shown with its marks.
func (p *articlePage) field(name string) (text string, marks *[]Mark) {
	switch name {
	case news.FieldTitle:
		return p.Shown.Title, &p.Title
	case news.FieldLead:
		return p.Shown.Lead, &p.Lead
	case news.FieldBody:
		return p.Shown.Body, &p.Body
	}
	return "", nil
}

func versionOf(a Article, n string) (Version, bool) {
	want, err := strconv.Atoi(n)
	if err != nil {
		return Version{}, false
	}
	for _, v := range a.Versions {
		if v.N == want {
			return v, true
		}
	}
	return Version{}, false
}

func compare(old, new Version) *Comparison {
	return &Comparison{
		Old: old.N, New: new.N, Title: changes(old.Title, new.Title), Lead: changes(old.Lead, new.Lead), Body: changes(old.Body, new.Body),
	}
}

// webAddress is u when a browser should open it, else "".
func webAddress(u string) string {
	parsed, err := url.Parse(u)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	return u
}

func hostOf(u string) string {
	parsed, err := url.Parse(u)
	if err != nil || parsed.Host == "" {
		return u
	}
	return strings.TrimPrefix(parsed.Hostname(), "www.")
}
