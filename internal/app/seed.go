package app

import (
	"context"
	"fmt"
	"time"

	"lamro/internal/control"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/audit"
	"lamro/internal/records/frontier"
	"lamro/internal/records/watches"
	"lamro/internal/settings"
)

// The files that are a seed: the records are the truth once they were applied.
const (
	fileSources = "sources.yaml"
	fileWatches = "watches.yaml"
)

var seedFiles = []string{fileSources, fileWatches}

// SeedChange is one difference between a settings file and the records.
type SeedChange struct {
	File   string   `json:"file"`
	ID     string   `json:"id"`
	What   string   `json:"what"` // added, changed, kept, gone
	Fields []string `json:"fields,omitempty"`
	By     string   `json:"by,omitempty"` // who left it as it is
}

// seed applies the settings files when none was ever applied: from then on they are applied by
// a person's command only.
func (a *App) seed(ctx context.Context) error {
	for _, name := range seedFiles {
		known, err := records.Applied(ctx, a.db.Read(), name)
		if err != nil {
			return err
		}
		if known != "" {
			continue
		}
		if err := a.applyFile(ctx, &a.opt.Settings.Province, name, "first start"); err != nil {
			return fmt.Errorf("apply %s: %w", name, err)
		}
	}
	return nil
}

// Apply brings the records up to date with the settings files and returns what differed. What a
// person changed stays. With dry nothing is written.
func (a *App) Apply(ctx context.Context, dry bool) ([]SeedChange, error) {
	p, err := a.province()
	if err != nil {
		return nil, err
	}
	sources, err := frontier.CompareSeed(ctx, a.db.Read(), a.seedSources(p))
	if err != nil {
		return nil, err
	}
	found, err := watches.Diff(ctx, a.db.Read(), seedWatches(p))
	if err != nil {
		return nil, err
	}
	changes := append(sourceChanges(sources), watchChanges(found)...)
	if dry {
		return changes, nil
	}
	for _, name := range seedFiles {
		if err := a.applyFile(ctx, p, name, "config apply"); err != nil {
			return nil, fmt.Errorf("apply %s: %w", name, err)
		}
	}
	a.crawler.Wake()
	a.watchesChanged()
	return changes, a.loadOutlets(ctx)
}

// province is the directory of the province as its files are now.
func (a *App) province() (*settings.Province, error) {
	if a.opt.Reread == nil {
		return &a.opt.Settings.Province, nil
	}
	s, err := a.opt.Reread()
	if err != nil {
		return nil, control.Invalid("the settings cannot be used:\n%v", err)
	}
	return &s.Province, nil
}

func (a *App) applyFile(ctx context.Context, p *settings.Province, name, why string) error {
	file := p.Files[name]
	now := time.Now()
	return a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		var err error
		switch name {
		case fileSources:
			_, err = frontier.ApplySeed(ctx, tx, a.seedSources(p), now)
		case fileWatches:
			_, err = watches.Seed(ctx, tx, seedWatches(p), now)
		}
		if err != nil {
			return err
		}
		if err := audit.Append(ctx, tx, audit.Entry{At: now, Actor: "system", Action: "settings.apply", Subject: name,
			Detail: map[string]string{"hash": file.SHA256, "why": why}}); err != nil {
			return err
		}
		return records.SetApplied(ctx, tx, name, file.SHA256, now)
	})
}

// Unapplied names the settings files that differ from what was last applied.
func (a *App) Unapplied(ctx context.Context) ([]string, error) {
	p, err := a.province()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range seedFiles {
		known, err := records.Applied(ctx, a.db.Read(), name)
		if err != nil {
			return nil, err
		}
		if known != p.Files[name].SHA256 {
			names = append(names, name)
		}
	}
	return names, nil
}

func (a *App) seedSources(p *settings.Province) []frontier.Source {
	var out []frontier.Source
	for _, s := range p.Sources {
		out = append(out, sourceRow(s, a.allowPrivate()))
	}
	return out
}

func sourceRow(s settings.Source, allowPrivate bool) frontier.Source {
	row := frontier.Source{
		ID: s.ID, Name: s.Name, Home: s.Home, Class: s.Class, Tier: s.Tier, Grade: s.Grade, Place: s.Place,
		Pace: s.Pace.Std(), Language: s.Language, Enabled: !s.Paused, AllowPrivate: allowPrivate, Verified: s.Trusted(),
	}
	for _, f := range s.Feeds {
		row.Feeds = append(row.Feeds, frontier.Feed{URL: f.URL, Kind: f.Kind,
			Selectors: frontier.Selectors{Item: f.Item, Link: f.Link, Date: f.Date}})
	}
	return row
}

func seedWatches(p *settings.Province) []watches.Watch {
	var out []watches.Watch
	for _, w := range p.Watches {
		out = append(out, watches.Watch{
			ID: w.ID, Name: w.Name, NameEn: w.NameEn, Query: w.Query, Mode: query.Mode(w.Mode), IY: w.IY, Severity: w.Severity,
			Enabled: !w.Paused, Alert: !w.NoAlert, Owner: watches.Settings, Note: w.Note,
		})
	}
	return out
}

func sourceChanges(d frontier.Diff) []SeedChange {
	var out []SeedChange
	for _, id := range d.Added {
		out = append(out, SeedChange{File: fileSources, ID: id, What: "added"})
	}
	for _, c := range d.Changed {
		out = append(out, SeedChange{File: fileSources, ID: c.ID, What: "changed", Fields: c.Fields})
	}
	for _, id := range d.Disabled {
		out = append(out, SeedChange{File: fileSources, ID: id, What: "disabled"})
	}
	for _, c := range d.Kept {
		out = append(out, SeedChange{File: fileSources, ID: c.ID, What: "kept", Fields: c.Fields, By: c.By})
	}
	return out
}

func watchChanges(all []watches.Change) []SeedChange {
	var out []SeedChange
	for _, c := range all {
		change := SeedChange{File: fileWatches, ID: c.ID, What: c.What}
		for _, f := range c.Fields {
			change.Fields = append(change.Fields, f.Name)
		}
		out = append(out, change)
	}
	return out
}
