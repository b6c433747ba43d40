package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lamro/internal/news"
)

//go:embed templates/*.html
var templateFiles embed.FS

// shared lists the templates that every page may use; each other file is one page.
var shared = []string{"templates/layout.html", "templates/parts.html"}

// A renderer holds every page in one language, parsed at the start.
type renderer struct {
	*locale
	pages map[string]*template.Template
}

func newRenderer(l *locale, static *staticFiles) (*renderer, error) {
	base, err := template.New("base").Funcs(funcs(l, static)).ParseFS(templateFiles, shared...)
	if err != nil {
		return nil, fmt.Errorf("parse shared templates: %w", err)
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	r := &renderer{locale: l, pages: map[string]*template.Template{}}
	for _, f := range files {
		if slices.Contains(shared, f) {
			continue
		}
		t, err := base.Clone()
		if err == nil {
			t, err = t.ParseFS(templateFiles, f)
		}
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", f, err)
		}
		r.pages[strings.TrimSuffix(path.Base(f), ".html")] = t
	}
	return r, nil
}

// render executes one template of a page into a buffer, so that an error never leaves half a
// page behind.
func (r *renderer) render(page, name string, data any) (*bytes.Buffer, error) {
	t, ok := r.pages[page]
	if !ok {
		return nil, fmt.Errorf("render: no page %q", page)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", page, err)
	}
	return &b, nil
}

func funcs(l *locale, static *staticFiles) template.FuncMap {
	return template.FuncMap{
		"T":       l.T,
		"N":       l.N,
		"num":     l.Num,
		"reason":  l.Reason,
		"steps":   l.Lines,
		"known":   l.known,
		"lang":    func() string { return l.lang },
		"weekday": l.Weekday,
		"span":    l.Span,
		"sprite":  func() template.HTML { return static.sprite },
		"asset":   static.url,
		"icon":    icon,
		"date":    func(t time.Time) template.HTML { return l.timeElement(t, "", l.Date) },
		"at":      func(t time.Time) template.HTML { return l.timeElement(t, "", l.At) },
		"ago":     func(t time.Time) template.HTML { return l.timeElement(t, "rel", l.Ago) },
		"marked":  func(text string, marks []Mark) template.HTML { return marked(text, marks) },
		"terms":   func(terms []string) template.HTML { return l.terms(terms) },
		"join":    func(s []string) string { return strings.Join(s, ", ") },
		"dict":    dict,
		"paras":   paragraphs,
		"add":     func(a, b int) int { return a + b },
		"size":    l.Size,
		"today":   func() string { return dayText(l.now()) },
		"short":   func(s string) string { return s[:min(len(s), 12)] },
	}
}

// icon draws a symbol of the sprite in the colour of the text beside it. Names are ours.
func icon(name string, class ...string) template.HTML {
	return template.HTML(`<svg class="i ` + strings.Join(class, " ") + `" aria-hidden="true"><use href="#i-` + name + `"/></svg>`) // #nosec G203 -- constants of templates
}

// timeElement writes t for people, with the exact time for machines, hover and print.
func (l *locale) timeElement(t time.Time, class string, words func(time.Time) string) template.HTML {
	if t.IsZero() {
		return template.HTML(template.HTMLEscapeString(l.T("time.never"))) // #nosec G203 -- escaped
	}
	if class != "" {
		class = ` class="` + class + `"`
	}
	return template.HTML(`<time` + class + ` datetime="` + t.In(news.Zone()).Format("2006-01-02T15:04:05-07:00") + // #nosec G203 -- escaped
		`" title="` + template.HTMLEscapeString(l.Exact(t)) + `">` + template.HTMLEscapeString(words(t)) + `</time>`)
}

// marked is a text from the web with its marks as <mark>; everything else of it is escaped.
// Marks that overlap an earlier one, or do not fall on letters of the text, are left out.
func marked(text string, marks []Mark) template.HTML {
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b Mark) int { return a.Start - b.Start })
	var b strings.Builder
	at := 0
	for _, m := range marks {
		if m.Start < at || m.End <= m.Start || m.End > len(text) || !onLetter(text, m.Start) || !onLetter(text, m.End) {
			continue
		}
		b.WriteString(template.HTMLEscapeString(text[at:m.Start]))
		b.WriteString(openMark(m.Term))
		b.WriteString(template.HTMLEscapeString(text[m.Start:m.End]))
		b.WriteString("</mark>")
		at = m.End
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(b.String()) // #nosec G203 -- every part was escaped
}

func onLetter(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// openMark has two looks: a colour and a kind of line each.
func openMark(term int) string {
	if term%2 == 1 {
		return `<mark class="t2">`
	}
	return `<mark>`
}

// terms lists what matched, each in its look.
func (l *locale) terms(terms []string) template.HTML {
	var b strings.Builder
	for i, t := range terms {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(openMark(i) + template.HTMLEscapeString(t) + "</mark>")
	}
	return template.HTML(b.String()) // #nosec G203 -- every part was escaped
}

// dict passes several values to a template by name.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: %d values, want name and value in turn", len(pairs))
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: name %v is no string", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// A paragraph is a part of a text with the marks that fall into it.
type paragraph struct {
	Text  string
	Marks []Mark
}

// paragraphs parts a text at its blank lines and moves its marks along.
func paragraphs(text string, marks []Mark) []paragraph {
	var all []paragraph
	at := 0
	for part := range strings.SplitSeq(text, "\n\n") {
		p := paragraph{Text: part}
		for _, m := range marks {
			if m.Start >= at && m.End <= at+len(part) {
				p.Marks = append(p.Marks, Mark{m.Start - at, m.End - at, m.Term})
			}
		}
		if strings.TrimSpace(part) != "" {
			all = append(all, p)
		}
		at += len(part) + 2
	}
	return all
}
