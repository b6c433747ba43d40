package web

import (
	"slices"
	"strings"
	"time"
)

// The states of a source, worst first.
const (
	stateDown = "down" // silent or out of reach
	stateSlow = "slow" // slower than usual, or only a part of it
	stateNew  = "new"  // not visited yet
	stateOK   = "ok"
	stateOff  = "off" // paused, or not enabled
)

// A SourceRow is a source with its state in words.
type SourceRow struct {
	Source
	State string
	Words string // the state
	Why   string // what is behind it, "" when there is nothing to say
	Host  string
}

// sourceRow words the state of a source: what is wrong first, and what is wrong most.
func (v *visit) sourceRow(src Source, now time.Time) SourceRow {
	row := SourceRow{Source: src, Host: hostOf(src.URL)}
	failed := src.LastError != "" && !src.LastErrorAt.Before(src.LastSuccess)
	silent := now.Sub(src.LastNew)
	switch {
	case !src.Enabled && src.PausedReason != "":
		row.State, row.Words, row.Why = stateOff, v.T("source.paused"), src.PausedReason
	case !src.Enabled:
		row.State, row.Words, row.Why = stateOff, v.T("source.off"), v.T("source.off.why")
	case failed && src.LastError == "no-contact":
		row.State, row.Words, row.Why = stateNew, v.T("source.new"), v.known("error.", src.LastError, "error.other")
	case failed && src.LastError == "robots-disallowed":
		row.State, row.Words, row.Why = stateSlow, v.T("source.disallowed"), v.known("error.", src.LastError, "error.other")
	case failed:
		row.State, row.Words, row.Why = stateDown, v.T("source.unreached"), v.known("error.", src.LastError, "error.other")
	case src.LastSuccess.IsZero():
		row.State, row.Words = stateNew, v.T("source.new")
	case src.UsualGap > 0 && !src.LastNew.IsZero() && silent > 8*src.UsualGap && silent > 6*time.Hour:
		row.State, row.Words, row.Why = stateDown, v.T("source.silent", v.Span(silent)), v.T("source.usually", v.Span(src.UsualGap))
	case src.UsualGap > 0 && !src.LastNew.IsZero() && silent > 3*src.UsualGap && silent > time.Hour:
		row.State, row.Words, row.Why = stateSlow, v.T("source.silent", v.Span(silent)), v.T("source.usually", v.Span(src.UsualGap))
	case src.Robots == "partly":
		row.State, row.Words, row.Why = stateSlow, v.T("source.partly"), v.T("source.partly.why")
	default:
		row.State, row.Words = stateOK, v.T("source.ok")
	}
	return row
}

var stateOrder = []string{stateDown, stateSlow, stateNew, stateOK, stateOff}

// sourceRows words all states, the worst first, then by name.
func (v *visit) sourceRows(all []Source, now time.Time) []SourceRow {
	rows := make([]SourceRow, len(all))
	for i, src := range all {
		rows[i] = v.sourceRow(src, now)
	}
	slices.SortStableFunc(rows, func(a, b SourceRow) int {
		if d := slices.Index(stateOrder, a.State) - slices.Index(stateOrder, b.State); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	return rows
}

// trouble says whether somebody should look at the source.
func (r SourceRow) trouble() bool { return r.State == stateDown || r.State == stateSlow }
