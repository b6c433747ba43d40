package crawler

import (
	"context"

	"lamro/crawler/fetch"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
)

// Paces keeps the pace of hosts in the records.
type Paces struct{ DB *records.DB }

var _ fetch.Paces = Paces{}

// LoadPace reads the pace of a host, zero for one that is new.
func (p Paces) LoadPace(ctx context.Context, host string) (fetch.Pace, error) {
	pace, err := frontier.HostPace(ctx, p.DB.Read(), host)
	return fetch.Pace(pace), err
}

// SavePace writes it, durably.
func (p Paces) SavePace(ctx context.Context, host string, pace fetch.Pace) error {
	return p.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return frontier.SetHostPace(ctx, tx, host, frontier.Pace(pace))
	})
}
