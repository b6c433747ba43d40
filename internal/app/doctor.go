package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lamro/internal/app/roles"
	"lamro/internal/news"
	"lamro/internal/records/audit"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/frontier"
	"lamro/internal/records/outbox"
	"lamro/internal/records/people"
)

// Diagnosis is the state of each part in words: what `lamro doctor` prints.
type Diagnosis struct {
	Healthy bool    `json:"healthy"`
	Running bool    `json:"running"` // roles run in the process that answered
	Parts   []Check `json:"parts"`
}

// Check is one part. A part that is Well may still have something to say.
type Check struct {
	Part  string `json:"part"`
	Well  bool   `json:"ok"`
	Words string `json:"words"`
	Do    string `json:"do,omitempty"` // what a person should do
}

// fewBytes is how much room the disk should have before people are told.
const fewBytes = 2 << 30

// Doctor looks at each part. It takes seconds at most and changes nothing.
func (a *App) Doctor(ctx context.Context) Diagnosis {
	d := Diagnosis{Running: a.roles != nil}
	for _, look := range []func(context.Context) Check{
		a.lookSettings, a.lookContact, a.lookRoles, a.lookDisk, a.lookRecords, a.lookAudit, a.lookStream, a.lookIndex,
		a.lookSources, a.lookNewest, a.lookPeople, a.lookDeliveries, a.lookQuarantine,
	} {
		d.Parts = append(d.Parts, look(ctx))
	}
	d.Healthy = true
	for _, c := range d.Parts {
		d.Healthy = d.Healthy && c.Well
	}
	return d
}

func well(part, format string, args ...any) Check {
	return Check{Part: part, Well: true, Words: fmt.Sprintf(format, args...)}
}

func ill(part, words, do string) Check { return Check{Part: part, Words: words, Do: do} }

// failed is a check that could not be made.
func failed(part string, err error) Check {
	return ill(part, err.Error(), "look at the log of the process for what happened before")
}

func (a *App) lookSettings(ctx context.Context) Check {
	names, err := a.Unapplied(ctx)
	if err != nil {
		return failed("settings", err)
	}
	if len(names) > 0 {
		return Check{Part: "settings", Well: true, Words: "not applied since they changed: " + strings.Join(names, ", "),
			Do: "`lamro config apply --dry-run` shows what would change, `lamro config apply` changes it"}
	}
	return well("settings", "applied")
}

func (a *App) lookContact(context.Context) Check {
	switch {
	case a.cfg.Office.Identified():
		return well("contact", "sites see %s", a.userAgent())
	case a.allowPrivate() && a.cfg.Pace.Scale > 1:
		return well("contact", "not set; only addresses of this machine are visited")
	}
	return ill("contact", "not set, so no public page is fetched",
		"start with --contact YOUR-ADDRESS, or set office.contact in the settings or LAMRO_OFFICE_CONTACT")
}

func (a *App) lookRoles(context.Context) Check {
	if a.roles == nil {
		return well("roles", "no process is running on this data directory")
	}
	var words, bad []string
	for _, st := range a.roles.Status() {
		words = append(words, st.Name+" "+string(st.State))
		if st.State == roles.Waiting {
			bad = append(bad, st.Name+": "+st.Err)
		}
	}
	if len(bad) > 0 {
		return ill("roles", strings.Join(bad, "; "), "it is started again by itself; the log says more")
	}
	return well("roles", "%s", strings.Join(words, ", "))
}

func (a *App) lookDisk(context.Context) Check {
	free, size, err := disk(a.opt.Data)
	if err != nil {
		return failed("disk", err)
	}
	words := fmt.Sprintf("%.1f of %.1f GiB free", float64(free)/(1<<30), float64(size)/(1<<30))
	if free < fewBytes && free < size/10 {
		return ill("disk", words, "make room: crawling pauses when the disk is full, nothing is lost")
	}
	return well("disk", "%s", words)
}

func (a *App) lookRecords(ctx context.Context) Check {
	rows, oldest, err := outbox.Backlog(ctx, a.db.Read())
	if err != nil {
		return failed("records", err)
	}
	if rows > 0 && time.Since(oldest) > 5*time.Minute && a.roles != nil {
		return ill("records", fmt.Sprintf("%d messages wait to be published since %s", rows, ago(oldest)), "look at the stream below")
	}
	return well("records", "answer; `lamro verify` reads the whole file")
}

func (a *App) lookAudit(ctx context.Context) Check {
	head, err := audit.ReadHead(ctx, a.db.Read())
	if err != nil {
		return failed("audit", err)
	}
	return well("audit", "%d entries; `lamro verify` walks the whole chain", head.Seq)
}

func (a *App) lookStream(ctx context.Context) Check {
	if err := a.stream.Check(ctx); err != nil {
		return ill("stream", err.Error(), "it is restarted by itself once the disk has room; else restart lamro")
	}
	all, err := a.stream.Progress(ctx)
	if err != nil {
		return failed("stream", err)
	}
	var waiting uint64
	for _, p := range all {
		waiting += p.Waiting
	}
	return well("stream", "%d messages wait", waiting)
}

func (a *App) lookIndex(ctx context.Context) Check {
	if err := a.indexer.Health(ctx); err != nil {
		return ill("index", err.Error(), "`lamro rebuild index` builds it anew from the records")
	}
	n, err := a.index.Count(ctx, "")
	if err != nil {
		return failed("index", err)
	}
	behind, err := a.indexer.Behind(ctx)
	if err != nil {
		return failed("index", err)
	}
	return well("index", "%d articles, %d still to come", n, behind)
}

func (a *App) lookSources(ctx context.Context) Check {
	all, err := frontier.Sources(ctx, a.db.Read())
	if err != nil {
		return failed("sources", err)
	}
	var enabled, silent int
	for _, s := range all {
		if !s.Enabled {
			continue
		}
		enabled++
		if s.LastError != "" {
			silent++
		}
	}
	if !a.cfg.Office.Identified() && !a.allowPrivate() {
		return well("sources", "%d wait for a contact", enabled)
	}
	words := fmt.Sprintf("%d visited, %d in trouble", enabled, silent)
	if enabled > 0 && silent == enabled {
		return ill("sources", words, "is this machine on the network? `lamro source list` says what is wrong with each")
	}
	return well("sources", "%s", words)
}

// staleAfter is how old the newest article may be before people are told.
const staleAfter = 3 * time.Hour

func (a *App) lookNewest(ctx context.Context) Check {
	at, err := a.newest(ctx)
	if err != nil {
		return failed("newest article", err)
	}
	switch {
	case at.IsZero():
		return well("newest article", "none yet")
	case a.roles != nil && time.Since(at) > staleAfter:
		return ill("newest article", ago(at), "`lamro source list` says which sources are silent")
	}
	return well("newest article", "%s", ago(at))
}

func (a *App) lookPeople(ctx context.Context) Check {
	n, err := people.Count(ctx, a.db.Read())
	if err != nil {
		return failed("people", err)
	}
	lost, err := deliveries.WithoutRecipient(ctx, a.db.Read(), time.Now().AddDate(0, 0, -7))
	if err != nil {
		return failed("people", err)
	}
	if lost > 0 {
		return ill("people", fmt.Sprintf("%d alerts of the last 7 days reached nobody", lost),
			"give somebody the roles that routes.yaml names: `lamro user add`")
	}
	return well("people", "%d", n)
}

func (a *App) lookDeliveries(ctx context.Context) Check {
	queues, err := deliveries.Stats(ctx, a.db.Read(), time.Now().AddDate(0, 0, -1))
	if err != nil {
		return failed("deliveries", err)
	}
	var words []string
	bad := false
	for _, c := range queues {
		line := fmt.Sprintf("%s: %d sent, %d waiting, %d failed", c.Channel, c.Sent, c.Waiting, c.Failed)
		for cause, n := range c.Causes {
			line += fmt.Sprintf(" (%d %s)", n, cause)
		}
		words = append(words, line)
		bad = bad || c.Failed > 0
	}
	if bad {
		return ill("deliveries", strings.Join(words, "; "), "check smtp and webhooks in the settings; the bell has them all")
	}
	if len(words) == 0 {
		return well("deliveries", "none in the last day")
	}
	return well("deliveries", "%s", strings.Join(words, "; "))
}

func (a *App) lookQuarantine(ctx context.Context) Check {
	all, err := a.givenUp(ctx)
	if err != nil {
		return failed("quarantine", err)
	}
	if len(all) > 0 {
		return ill("quarantine", fmt.Sprintf("%d could not be processed", len(all)), "`lamro quarantine list` says what and why")
	}
	return well("quarantine", "empty")
}

// ago says a time for people, exact to the minute.
func ago(t time.Time) string {
	return fmt.Sprintf("%s (%s ago)", t.In(news.Zone()).Format("2006-01-02 15:04"), time.Since(t).Round(time.Minute))
}
