package app

import (
	"errors"
	"io"

	"lamro/analyzer/places"
	"lamro/internal/query"
	"lamro/internal/settings"
)

// SettingsOptions chooses what LoadSettings reads.
type SettingsOptions struct {
	File    string   // "" is configs/lamro.yaml where it exists, else the built-in one
	Environ []string // "NAME=value"
	Contact string   // from the command line, "" for none
}

// LoadSettings reads and checks all settings. The error is of type settings.Problems and holds
// everything that is wrong.
func LoadSettings(o SettingsOptions) (*settings.Settings, error) {
	opt := settings.Options{
		File: o.File, Environ: o.Environ,
		ParseQuery: ParseWatchQuery, CheckPlaces: CheckPlaces,
	}
	if o.Contact != "" {
		opt.Set = append(opt.Set, settings.Assignment{Key: "office.contact", Value: o.Contact, From: "--contact"})
	}
	return settings.Load(opt)
}

// ParseWatchQuery refuses what is not a query for a watch and tells the byte where it goes wrong.
func ParseWatchQuery(text, mode string) (at int, err error) {
	q, err := query.ParseMode(text, query.Mode(mode))
	if err == nil {
		err = q.ValidateWatch()
	}
	if s := query.IsSyntax(err); s != nil {
		at = s.Pos
	}
	return at, err
}

// CheckPlaces refuses what is not a directory of places.
func CheckPlaces(r io.Reader, file string) error {
	_, err := places.Load(r, file)
	return err
}

// errSettings marks an error as one of configuration, status 2 on the command line.
var errSettings = errors.New("settings")

// IsSettings tells whether err is about the settings, not about the running system.
func IsSettings(err error) bool {
	var p settings.Problems
	return errors.As(err, &p) || errors.Is(err, errSettings)
}
