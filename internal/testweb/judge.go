package testweb

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// An Alert is one message that reached a sink.
type Alert struct {
	URL     string // of the article it is about
	Person  string // whom it reached
	Channel string
	At      time.Time // when it arrived
}

// A Report is the ledger's judgement, in the shape that the demo prints.
type Report struct {
	Demo Judgement `json:"demo"`
}

// A Judgement compares what was found and sent with what there was.
type Judgement struct {
	Pages          int         `json:"pages"` // articles published where reading is allowed
	Mentions       Mentions    `json:"mentions"`
	Alerts         Alerts      `json:"alerts"`
	PublishToAlert Percentiles `json:"publish_to_alert_ms"`
	Violations     []string    `json:"violations"` // one sentence each; never null
}

// Mentions counts pages. A missed one was to be found and was not; a false one was found and
// is no mention.
type Mentions struct {
	Expected int      `json:"expected"`
	Found    int      `json:"found"`
	Missed   []string `json:"missed"`
	False    []string `json:"false"`
}

// Alerts counts distinct texts: of copies, the first that is read alerts. Repeated counts each
// message beyond the first about one text to one person by one channel.
type Alerts struct {
	Expected int `json:"expected"`
	Sent     int `json:"sent"`
	Repeated int `json:"repeated"`
}

// Percentiles are in milliseconds, 0 where nothing was measured.
type Percentiles struct {
	P50 int64 `json:"p50"`
	P95 int64 `json:"p95"`
}

// OK reports whether nothing was off.
func (r Report) OK() bool {
	d := r.Demo
	return len(d.Mentions.Missed) == 0 && len(d.Mentions.False) == 0 && d.Alerts.Sent == d.Alerts.Expected &&
		d.Alerts.Repeated == 0 && len(d.Violations) == 0
}

// Judge compares the addresses that a search for every mention shows, and the messages that
// arrived, with the truth of this instant. It changes nothing and may be called again.
func (l *Ledger) Judge(found []string, alerts []Alert) Report {
	j := judging{ledger: l, now: l.web.cfg.Now(), pages: make(map[string]*page)}
	for _, s := range l.web.sites {
		for _, p := range s.pages {
			if p.visible(j.now) {
				j.pages[s.host()+key(p.path)] = p
				if !s.refuses && !p.blocked {
					j.out.Pages++
				}
			}
		}
	}
	j.mentions(found)
	j.alerts(alerts)
	j.out.Violations = append(j.out.Violations, l.manners()...)
	if j.out.Violations == nil {
		j.out.Violations = []string{}
	}
	return Report{Demo: j.out}
}

type judging struct {
	ledger *Ledger
	now    time.Time
	pages  map[string]*page // by address without what only tracks
	out    Judgement
}

func (j *judging) page(address string) *page { return j.pages[addressKey(address)] }

func (j *judging) mentions(found []string) {
	m := Mentions{Missed: []string{}, False: []string{}}
	seen := make(map[*page]bool)
	for _, address := range found {
		p := j.page(address)
		if p == nil || j.ledger.truth(p, j.now).Find == MustNot {
			m.False = append(m.False, address)
			continue
		}
		seen[p] = true
	}
	for _, p := range j.sorted() {
		if j.ledger.truth(p, j.now).Find != Must {
			continue
		}
		m.Expected++
		if seen[p] {
			m.Found++
		} else {
			m.Missed = append(m.Missed, p.url())
		}
	}
	slices.Sort(m.False)
	j.out.Mentions = m
}

func (j *judging) sorted() []*page {
	return slices.SortedFunc(maps.Values(j.pages), func(a, b *page) int { return cmp.Compare(a.number, b.number) })
}

// alerts settles each distinct text: expected, sent, how late, how often.
func (j *judging) alerts(alerts []Alert) {
	type receiver struct{ text, person, channel string }
	first := make(map[string]Alert) // text: the first message about it
	times := make(map[receiver]int)
	for _, a := range slices.SortedStableFunc(slices.Values(alerts), func(a, b Alert) int { return a.At.Compare(b.At) }) {
		p := j.page(a.URL)
		if p == nil {
			j.violate("alert: %s is no page of this web", a.URL)
			continue
		}
		if t := j.ledger.truth(p, j.now); t.Alert == MustNot {
			j.violate("alert: %s must not alert, %s", p.url(), t.Why)
			continue
		}
		r := receiver{textOf(p), a.Person, a.Channel}
		if times[r]++; times[r] > 1 {
			j.out.Alerts.Repeated++
			j.violate("alert: %s reached %s by %s %d times", p.url(), a.Person, a.Channel, times[r])
		}
		if _, ok := first[r.text]; !ok {
			first[r.text] = a
		}
	}
	var late []time.Duration
	for _, name := range j.expected() {
		j.out.Alerts.Expected++
		a, ok := first[name]
		if !ok {
			j.violate("alert: none about %s", name)
			continue
		}
		j.out.Alerts.Sent++
		late = append(late, max(a.At.Sub(j.appeared(j.page(a.URL))), 0))
	}
	slices.Sort(late)
	j.out.PublishToAlert = Percentiles{P50: percentile(late, 50), P95: percentile(late, 95)}
}

// expected names each text that has to alert, by the address of its earliest page.
func (j *judging) expected() []string {
	var names []string
	for _, p := range j.sorted() {
		if j.ledger.truth(p, j.now).Alert == Must && !slices.Contains(names, textOf(p)) {
			names = append(names, textOf(p))
		}
	}
	return names
}

// textOf names a page's text: copies share it.
func textOf(p *page) string {
	if p.group != "" {
		return "copies " + p.group
	}
	return p.url()
}

// appeared is the instant from which a page's mention could be read.
func (j *judging) appeared(p *page) time.Time {
	if p.edit != nil && p.edit.adds {
		_, changed := p.at(j.now)
		return changed
	}
	return p.listed()
}

func (j *judging) violate(format string, args ...any) {
	j.out.Violations = append(j.out.Violations, fmt.Sprintf(format, args...))
}

// percentile is the nearest rank in sorted durations, in milliseconds.
func percentile(sorted []time.Duration, p int) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max((len(sorted)*p+99)/100-1, 0)].Milliseconds()
}
