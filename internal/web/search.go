package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lamro/internal/account"
)

type searchPage struct {
	Frame
	Query    url.Values // what the address says, without the cursor
	Text     string
	Mode     string
	Sort     string
	From, To string // as typed
	FromErr  string
	ToErr    string
	QueryErr *QueryProblem
	Found    SearchPage
	Bars     []Bar
	Peak     string // what the bars say, in words
	Facets   []FacetView
	Active   []Chip
	First    bool // the first page
	MakeURL  string
	Phrase   string // the text as one phrase, when it is several words that may stand apart
	today    time.Time
}

// A Chip is a filter that is on, with the address without it.
type Chip struct{ Label, Off string }

// A FacetView is a facet with the addresses of its values.
type FacetView struct {
	Title  string
	Values []FacetLink // those that are on, and the first
	More   []FacetLink
}

// facetShown is how many values of a facet stand open.
const facetShown = 8

// A FacetLink turns one value on, or off again.
type FacetLink struct {
	Label string
	Count int
	On    bool
	URL   string
}

// A QueryProblem shows where a query went wrong.
type QueryProblem struct {
	Before, At, After string
	Text              string // what is wrong, with the number of the letter
	Suggestion        string // the query put right, "" where only its writer can
	Use               string // address of a page that has it, "" where a button of the form takes it over
}

const hitsPerPage = 20

// filters are the names in the address that narrow a search, besides the dates.
var filters = []string{FacetPlace, FacetWatch, FacetTier, FacetClass, FacetSource}

func (s *Server) search(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	p := searchPage{
		Frame: s.frame(r, v, "/search", v.T("nav.search")), Query: url.Values{}, Text: strings.TrimSpace(q.Get("q")),
		Mode: q.Get("mode"), Sort: q.Get("sort"), From: q.Get("from"), To: q.Get("to"), First: q.Get("after") == "", today: s.cfg.Now(),
	}
	for _, name := range append([]string{"q", "mode", "sort", "from", "to", "view"}, filters...) {
		if value := strings.TrimSpace(q.Get(name)); value != "" {
			p.Query.Set(name, value)
		}
	}
	if p.Mode != ModeExact && p.Mode != ModeFold {
		p.Mode = ModeAuto
	}
	if p.Sort != SortRelevance || p.Text == "" {
		p.Sort = SortNewest
	}
	req := SearchRequest{
		Text: p.Text, Mode: p.Mode, Sort: p.Sort, Source: q.Get(FacetSource), Class: q.Get(FacetClass), Place: q.Get(FacetPlace), Watch: q.Get(FacetWatch),
		Articles: q.Get("view") == "articles", After: q.Get("after"), Limit: hitsPerPage,
	}
	req.Tier, _ = strconv.Atoi(q.Get(FacetTier)) // anything else is every tier
	status := http.StatusOK
	if !p.dates(v, &req) {
		status = http.StatusUnprocessableEntity
	} else {
		var bad *QueryError
		var err error
		p.Found, err = s.cfg.Data.Search.Search(r.Context(), req)
		if errors.As(err, &bad) {
			status, p.QueryErr = http.StatusUnprocessableEntity, v.queryProblem(p.Text, bad)
			if p.QueryErr.Suggestion != "" {
				p.QueryErr.Use = p.With("q", p.QueryErr.Suggestion)
			}
		} else if err != nil {
			return err
		}
	}
	p.draw(v)
	p.Phrase = phrase(p.Text)
	if v.may(account.EditWatches) && p.Text != "" && p.QueryErr == nil {
		p.MakeURL = "/watches/new?" + url.Values{"query": {p.Text}, "mode": {p.Mode}}.Encode()
	}
	return s.show(w, v, status, "search", p)
}

// phrase is the phrase that somebody may have meant who typed words and nothing else.
func phrase(text string) string {
	words := strings.Fields(text)
	if len(words) < 2 {
		return ""
	}
	for _, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) ||
			slices.Contains([]string{"AND", "OR", "NOT"}, w) {
			return ""
		}
	}
	return `"` + strings.Join(words, " ") + `"`
}

// dates reads from and to, both days included, and says whether they are dates.
func (p *searchPage) dates(v *visit, req *SearchRequest) bool {
	if p.From != "" {
		t, ok := parseDate(p.From)
		if !ok {
			p.FromErr = v.T("search.bad-date")
		}
		req.From = t
	}
	if p.To != "" {
		t, ok := parseDate(p.To)
		if !ok {
			p.ToErr = v.T("search.bad-date")
		} else {
			req.To = t.AddDate(0, 0, 1)
		}
	}
	if p.FromErr == "" && p.ToErr == "" && !req.To.IsZero() && !req.From.Before(req.To) {
		p.ToErr = v.T("search.dates-order")
	}
	return p.FromErr == "" && p.ToErr == ""
}

// draw prepares what the template shows of what was found.
func (p *searchPage) draw(v *visit) {
	today := day(p.today)
	p.Bars = barsOf(p.Found.Histogram,
		func(d DayCount) string { return v.N("search.day", d.Articles, v.Date(d.Day)) },
		func(d DayCount) bool { return day(d.Day).Equal(today) })
	var most DayCount
	for _, d := range p.Found.Histogram {
		if d.Articles > most.Articles {
			most = d
		}
	}
	p.Peak = v.T("search.by-day") + ": " + v.N("search.peak", most.Articles, v.Date(most.Day))
	labels := map[string]string{}
	for _, f := range p.Found.Facets {
		view := FacetView{Title: v.known("facet.", f.Field, "")}
		if view.Title == "" || len(f.Values) == 0 {
			continue
		}
		for _, value := range f.Values {
			label := v.facetLabel(f.Field, value)
			on := p.Query.Get(f.Field) == value.Value
			to := value.Value
			if on {
				labels[f.Field] = label
				to = ""
			}
			link := FacetLink{Label: label, Count: value.Articles, On: on, URL: p.With(f.Field, to)}
			if on || len(view.Values) < facetShown {
				view.Values = append(view.Values, link)
			} else {
				view.More = append(view.More, link)
			}
		}
		p.Facets = append(p.Facets, view)
	}
	for _, name := range filters {
		if value := p.Query.Get(name); value != "" {
			label := labels[name]
			if label == "" {
				label = value
			}
			p.Active = append(p.Active, Chip{Label: label, Off: p.With(name, "")})
		}
	}
}

func (v *visit) facetLabel(field string, value FacetValue) string {
	switch field {
	case FacetTier:
		return v.T("tier", value.Value)
	case FacetClass:
		return v.known("class.", value.Value, "class.other")
	}
	return value.Label
}

// With is the address of this search with some things changed, from its first page. An empty
// value takes a thing out.
func (p searchPage) With(pairs ...string) string {
	q := url.Values{}
	for name, values := range p.Query {
		q[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return "/search"
	}
	return "/search?" + q.Encode()
}

// Day is the address of this search on one day.
func (p searchPage) Day(t time.Time) string { return p.With("from", dayText(t), "to", dayText(t)) }

// Preset is the address of the last days, today included.
func (p searchPage) Preset(days int) string {
	today := day(p.today)
	return p.With("from", dayText(today.AddDate(0, 0, 1-days)), "to", dayText(today))
}

// IsPreset says whether the dates are those of Preset.
func (p searchPage) IsPreset(days int) bool {
	today := day(p.today)
	return p.From == dayText(today.AddDate(0, 0, 1-days)) && p.To == dayText(today)
}

// View says how the results are listed: "articles", or "" for stories.
func (p searchPage) View() string { return p.Query.Get("view") }

// Keep lists what the query form has to carry along besides its own fields.
func (p searchPage) Keep(own ...string) []FormValue {
	var keep []FormValue
	for _, name := range append([]string{"q", "mode", "sort", "from", "to", "view"}, filters...) {
		value := p.Query.Get(name)
		for _, o := range own {
			if o == name {
				value = ""
			}
		}
		if value != "" {
			keep = append(keep, FormValue{name, value})
		}
	}
	return keep
}

// A FormValue is a hidden field.
type FormValue struct{ Name, Value string }

func dayText(t time.Time) string { return day(t).Format("02/01/2006") }

// queryProblem marks the letter of a query where it went wrong, counted as people count.
func (v *visit) queryProblem(query string, e *QueryError) *QueryProblem {
	pos := max(0, min(e.Pos, len(query)))
	for pos > 0 && pos < len(query) && !utf8.RuneStart(query[pos]) {
		pos--
	}
	_, size := utf8.DecodeRuneInString(query[pos:])
	p := &QueryProblem{Before: query[:pos], At: query[pos : pos+size], After: query[pos+size:], Suggestion: e.Suggestion}
	if p.At == "" {
		p.At = "␣"
	}
	what := v.known("query.", e.Code, "")
	switch {
	case what != "":
	case e.Expected != "":
		what = v.T("query.expected", e.Expected)
	default:
		what = v.T("query.unclear")
	}
	p.Text = v.T("query.at", utf8.RuneCountInString(query[:pos])+1, what)
	return p
}
