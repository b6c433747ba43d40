package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/internal/app/roles"
	"lamro/internal/control"
	"lamro/internal/records/articles"
	"lamro/internal/records/audit"
	"lamro/internal/records/captures"
)

// Applying is `lamro config apply`.
type Applying struct {
	Dry bool `json:"dry"`
}

// Rebuilding is `lamro rebuild index`.
type Rebuilding struct {
	Month string `json:"month,omitempty"` // such as 2026-11; all when empty
}

// Role is `lamro role start|stop|restart`.
type Role struct {
	Name string `json:"name"`
	Do   string `json:"do"` // start, stop, restart
}

// Verification is what `lamro verify` found.
type Verification struct {
	AuditEntries int64    `json:"audit_entries"`
	AuditHead    string   `json:"audit_head"`
	Captures     int      `json:"captures"` // files that were read and hashed
	Problems     []string `json:"problems"`
}

func (a *App) systemCalls(m *control.Mux) {
	control.Register(m, "doctor", func(ctx context.Context, _ None) (Diagnosis, error) { return a.Doctor(ctx), nil })
	control.Register(m, "config.apply", func(ctx context.Context, in Applying) ([]SeedChange, error) { return a.Apply(ctx, in.Dry) })
	control.Register(m, "rebuild.index", func(ctx context.Context, in Rebuilding) (None, error) {
		if in.Month != "" {
			return None{}, a.indexer.Rebuild(ctx, in.Month, nil)
		}
		return None{}, a.indexer.RebuildAll(ctx, nil)
	})
	control.Register(m, "verify", func(ctx context.Context, _ None) (Verification, error) { return a.verify(ctx) })
	control.Register(m, "role.list", func(context.Context, None) ([]roles.Status, error) {
		if a.roles == nil {
			return nil, errNoRoles
		}
		return a.roles.Status(), nil
	})
	control.Register(m, "role.do", a.doRole)
}

var errNoRoles = control.Invalid("no lamro process is running on this data directory, so no role is either; start one with `lamro up`")

func (a *App) doRole(ctx context.Context, in Role) ([]roles.Status, error) {
	if a.roles == nil {
		return nil, errNoRoles
	}
	if err := checkRoles([]string{in.Name}); err != nil {
		return nil, control.Invalid("%v", err)
	}
	var err error
	switch in.Do {
	case "start":
		err = a.roles.Start(ctx, in.Name)
	case "stop", "restart":
		stopping, cancel := context.WithTimeout(ctx, deadline)
		defer cancel()
		if err = a.roles.Stop(stopping, in.Name); err == nil && in.Do == "restart" {
			err = a.roles.Start(ctx, in.Name)
		}
	default:
		err = control.Invalid("a role can start, stop or restart, not %q", in.Do)
	}
	return a.roles.Status(), err
}

// verify walks the audit chain and hashes every capture that is kept.
func (a *App) verify(ctx context.Context) (Verification, error) {
	v := Verification{Problems: []string{}}
	q := a.db.Read()
	if err := a.db.Check(ctx); err != nil {
		v.Problems = append(v.Problems, "records: "+err.Error())
	}
	head, err := audit.Verify(ctx, q)
	switch {
	case errors.Is(err, audit.ErrBroken):
		v.Problems = append(v.Problems, "audit trail: "+err.Error())
	case err != nil:
		return v, err
	}
	v.AuditEntries, v.AuditHead = head.Seq, head.Hash
	err = captures.Each(ctx, q, func(c captures.Capture) error {
		v.Captures++
		if _, err := a.captures.Read(c.Path, c.SHA256); err != nil {
			v.Problems = append(v.Problems, fmt.Sprintf("capture %s of %s: %v", c.ID, c.URL, err))
		}
		return ctx.Err()
	})
	return v, err
}

// newest is when the newest article was seen.
func (a *App) newest(ctx context.Context) (time.Time, error) {
	return articles.Newest(ctx, a.db.Read())
}
