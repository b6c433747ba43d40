package pages

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lamro/internal/news"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/mentions"
	"lamro/internal/web"
)

type today struct{ *pages }

const (
	watchDays  = 14 // of a watch's volume
	recentDays = 7  // in which an alert without a recipient is worth telling
)

func (p today) Today(ctx context.Context, t time.Time) (web.TodayView, error) {
	var v web.TodayView
	q := p.DB.Read()
	from := day(t)
	var err error
	if v.WithoutRecipient, err = deliveries.WithoutRecipient(ctx, q, from.AddDate(0, 0, -recentDays)); err != nil {
		return v, err
	}
	queues, err := deliveries.Stats(ctx, q, from)
	if err != nil {
		return v, err
	}
	for _, c := range queues {
		v.Waiting += c.Waiting
	}
	missed, err := deliveries.NotAlerted(ctx, q, from, from.AddDate(0, 0, 1))
	for reason, n := range missed {
		v.NotAlerted = append(v.NotAlerted, web.NotAlerted{Reason: reason, Count: n})
	}
	slices.SortFunc(v.NotAlerted, func(a, b web.NotAlerted) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return v, err
}

// daily counts a watch's stories on the last days since it began, oldest first; the last is the
// day of at.
func (p *pages) daily(ctx context.Context, watch string, since, at time.Time) ([]int, error) {
	last := day(at)
	first := last.AddDate(0, 0, 1-watchDays)
	if began := day(since); began.After(first) && !began.After(last) {
		first = began
	}
	counts, err := mentions.Daily(ctx, p.DB.Read(), watch, first, last.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	// The office's zone has no summer time: every day has 24 hours.
	days := make([]int, int(last.Sub(first)/(24*time.Hour))+1)
	for _, c := range counts {
		d, err := time.ParseInLocation(time.DateOnly, c.Day, news.Zone())
		if err != nil {
			return nil, err
		}
		if i := int(d.Sub(first) / (24 * time.Hour)); i >= 0 && i < len(days) {
			days[i] = c.Stories
		}
	}
	return days, nil
}

// day is the start of the day of t in the office's zone.
func day(t time.Time) time.Time {
	y, m, d := t.In(news.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, news.Zone())
}
