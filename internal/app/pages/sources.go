package pages

import (
	"context"
	"time"

	"lamro/crawler/fetch"
	"lamro/internal/records"
	"lamro/internal/records/audit"
	"lamro/internal/records/frontier"
	"lamro/internal/web"
)

type sources struct{ *pages }

func (p sources) List(ctx context.Context) ([]web.Source, error) {
	all, err := frontier.Sources(ctx, p.DB.Read())
	if err != nil {
		return nil, err
	}
	out := make([]web.Source, 0, len(all))
	for _, s := range all {
		v := source(s)
		if !s.Enabled {
			r, err := frontier.GetSource(ctx, p.DB.Read(), s.ID)
			if err != nil {
				return nil, err
			}
			v.PausedReason = r.PausedReason
		}
		out = append(out, v)
	}
	return out, nil
}

func source(s frontier.SourceHealth) web.Source {
	out := web.Source{
		ID: s.ID, Name: s.Name, URL: s.URL, Class: s.Class, Tier: s.Tier, Enabled: s.Enabled,
		LastSuccess: s.LastSuccess, LastNew: s.LastNew, UsualGap: s.UsualGap, Robots: robots(s.Robots),
		LastError: code(s.LastError), Feeds: len(s.Feeds),
	}
	for _, f := range s.Feeds {
		if f.LastError != "" && out.LastError == "" {
			out.LastError, out.LastErrorAt = code(f.LastError), f.LastTry
		}
		if pace := f.Next.Sub(f.LastTry); !f.LastTry.IsZero() && pace > 0 && (out.Pace == 0 || pace < out.Pace) {
			out.Pace = pace
		}
	}
	if out.LastError != "" && out.LastErrorAt.IsZero() {
		out.LastErrorAt = s.LastTry
	}
	return out
}

func robots(verdict string) string {
	if verdict == fetch.RobotsNoFile {
		return "none"
	}
	return verdict
}

// code is the key of the words for an error of the crawler: codes that ask for the same of people
// share their words.
func code(c string) string {
	switch c {
	case fetch.CodeCertificate:
		return "tls"
	case fetch.CodeTooMany, fetch.CodeBackingOff:
		return "slow-down"
	case fetch.CodeNotFound:
		return "gone"
	case fetch.CodeTooSlow:
		return "timeout"
	}
	return c
}

func (p sources) CheckNow(ctx context.Context, person int64, id string) error {
	return p.change(ctx, person, "source.check", id, "", func(ctx context.Context, tx *records.Tx, _ string) error {
		return frontier.ProbeNow(ctx, tx, id, time.Now())
	})
}

func (p sources) Pause(ctx context.Context, person int64, id, reason string) error {
	return p.change(ctx, person, "source.pause", id, reason, func(ctx context.Context, tx *records.Tx, who string) error {
		return enable(ctx, tx, id, false, reason, who)
	})
}

func (p sources) Resume(ctx context.Context, person int64, id string) error {
	return p.change(ctx, person, "source.resume", id, "", func(ctx context.Context, tx *records.Tx, who string) error {
		return enable(ctx, tx, id, true, "", who)
	})
}

func enable(ctx context.Context, tx *records.Tx, id string, on bool, reason, who string) error {
	s, err := frontier.GetSource(ctx, tx, id)
	if err != nil {
		return err
	}
	s.Enabled, s.PausedReason = on, reason
	_, err = frontier.SaveSource(ctx, tx, s.Source, who, time.Now())
	return err
}

// change runs one change of a person together with its entry in the audit trail.
func (p *pages) change(ctx context.Context, person int64, action, subject, reason string, fn func(context.Context, *records.Tx, string) error) error {
	who, err := p.actor(ctx, person)
	if err != nil {
		return err
	}
	err = p.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if err := fn(ctx, tx, who); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: time.Now(), Actor: who, Action: action, Subject: subject,
			Detail: map[string]string{"reason": reason}})
	})
	if err == nil {
		p.SourcesChanged()
	}
	return err
}
