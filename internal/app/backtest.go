package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lamro/analyzer"
	"lamro/analyzer/match"
	"lamro/internal/control"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records/articles"
	"lamro/internal/records/watches"
)

// Backtest is `lamro watch backtest`: what a query would have matched in the texts of the last
// days, matched or not at the time.
type Backtest struct {
	ID    string `json:"id,omitempty"`    // of a watch, or
	Query string `json:"query,omitempty"` // a query
	Mode  string `json:"mode,omitempty"`
	IY    bool   `json:"iy,omitempty"`
	Days  int    `json:"days"`
	Run   string `json:"run,omitempty"` // names this run, for its progress
}

// BacktestResult counts by day and shows some of what was found.
type BacktestResult struct {
	Query    string          `json:"query"`
	Articles int             `json:"articles"` // that were read
	Matched  int             `json:"matched"`
	Certain  int             `json:"certain"`
	Days     []BacktestDay   `json:"days"`
	Samples  []BacktestMatch `json:"samples"`
}

// BacktestDay is one day in the office's zone.
type BacktestDay struct {
	Day     string `json:"day"`
	Matched int    `json:"matched"`
}

// BacktestMatch is one article that was found.
type BacktestMatch struct {
	Article string `json:"article"`
	Title   string `json:"title"`
	URL     string `json:"url"`
	Certain bool   `json:"certain"`
	Why     string `json:"why"`
}

// BacktestProgress is how far a running back-test came: it goes from the oldest day to today.
type BacktestProgress struct {
	Articles int    `json:"articles"` // read so far
	Day      string `json:"day"`      // of the last of them, "" before the first
}

const backtestSamples = 10

// backtests knows how far those that run came. The zero value is ready.
type backtests struct {
	mu      sync.Mutex
	running map[string]BacktestProgress
}

func (b *backtests) set(run string, p BacktestProgress) {
	if run == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running == nil {
		b.running = map[string]BacktestProgress{}
	}
	b.running[run] = p
}

func (b *backtests) end(run string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.running, run)
}

// progress answers with the zero progress for a run that nobody knows, or knows any more.
func (b *backtests) progress(_ context.Context, in ID) (BacktestProgress, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.running[in.ID], nil
}

// backtest reads the stored texts of the last days and matches one query. It writes nothing.
func (a *App) backtest(ctx context.Context, in Backtest) (BacktestResult, error) {
	q, severity, err := a.backtestQuery(ctx, in)
	if err != nil {
		return BacktestResult{}, err
	}
	if in.Days < 1 {
		return BacktestResult{}, control.Invalid("--days must be 1 or more")
	}
	defer a.backtests.end(in.Run)
	now := time.Now()
	r := BacktestResult{Query: q.String(), Days: []BacktestDay{}, Samples: []BacktestMatch{}}
	find := a.finder(q, severity)
	err = articles.Each(ctx, a.db.Read(), now.AddDate(0, 0, -in.Days), now.Add(time.Minute), func(art news.Article) error {
		r.Articles++
		if r.Articles%100 == 1 {
			a.backtests.set(in.Run, BacktestProgress{r.Articles, day(art.FirstSeen)})
		}
		for _, m := range find(art) {
			r.add(art, m)
		}
		return nil
	})
	return r, err
}

// finder matches articles with a set of one watch, as the analyzer would. It is for one goroutine.
func (a *App) finder(q *query.Query, severity news.Severity) func(news.Article) []news.Mention {
	set := match.Compile(0, []match.Watch{{ID: "backtest", Query: q, Severity: severity}})
	var reader analyzer.Reader
	return func(art news.Article) []news.Mention {
		about := analyzer.AboutArticle(art, a.outlets.of(art.Source))
		return set.Match(analyzer.Document(a.gazetteer, reader.Fields(art), about))
	}
}

func day(t time.Time) string { return t.In(news.Zone()).Format(time.DateOnly) }

func (r *BacktestResult) add(art news.Article, m news.Mention) {
	r.Matched++
	if m.Certain {
		r.Certain++
	}
	day := day(art.FirstSeen)
	if n := len(r.Days); n == 0 || r.Days[n-1].Day != day {
		r.Days = append(r.Days, BacktestDay{Day: day})
	}
	r.Days[len(r.Days)-1].Matched++
	if len(r.Samples) < backtestSamples {
		r.Samples = append(r.Samples, BacktestMatch{Article: art.ID, Title: art.Title, URL: art.URL, Certain: m.Certain, Why: m.Why})
	}
}

func (a *App) backtestQuery(ctx context.Context, in Backtest) (*query.Query, news.Severity, error) {
	if in.ID == "" {
		q, err := parseQuery(in.Query, query.Options{Mode: query.Mode(in.Mode), IY: in.IY})
		return q, news.Normal, err
	}
	w, err := watches.Get(ctx, a.db.Read(), in.ID)
	if err != nil {
		return nil, "", refuse(err, "watch "+in.ID)
	}
	q, err := w.Parsed()
	if err != nil {
		return nil, "", fmt.Errorf("watch %s: %w", in.ID, err)
	}
	return q, w.Severity, nil
}
