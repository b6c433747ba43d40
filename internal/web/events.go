package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"time"

	"lamro/internal/records"
)

// The event stream.
const (
	maxStreams = 500
	// heartbeat is how often a silent stream says that it is there, and shows the age anew.
	heartbeat = 20 * time.Second
)

// events keeps the bell and the age of the data up to date while a page is open: an event
// "bell" or "fresh" with its markup whenever that changes. It ends with the session, which it
// does not keep alive, and when the server stops.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "60")
		http.Error(w, "too many streams", http.StatusServiceUnavailable)
		return
	}
	v, err := s.look(r)
	if err != nil {
		if !errors.Is(err, records.ErrNotFound) {
			s.logError(r.Context(), "events", err)
		}
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	ending := s.ending()
	rc := http.NewResponseController(w)
	rc.SetReadDeadline(time.Time{}) //nolint:errcheck // nothing more is read; writers of tests have no deadline
	tick := time.NewTicker(s.cfg.Tick)
	defer tick.Stop()
	var bell, fresh []byte
	var sent time.Time
	for {
		live := s.live(r.Context(), v)
		var out bytes.Buffer
		bell = s.event(&out, v, "bell", live, bell)
		fresh = s.event(&out, v, "fresh", live, fresh)
		if out.Len() == 0 && time.Since(sent) >= heartbeat {
			out.WriteString(": here\n\n")
		}
		if out.Len() > 0 {
			sent = time.Now()
			rc.SetWriteDeadline(time.Now().Add(writeTimeout)) //nolint:errcheck // as above
			if _, err := out.WriteTo(w); err != nil {
				return
			}
			if err := rc.Flush(); err != nil {
				return
			}
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		case <-ending:
			return
		}
		if v, err = s.look(r); err != nil {
			return
		}
	}
}

// look is the visitor of a stream.
func (s *Server) look(r *http.Request) (*visit, error) {
	p, err := s.sessions.Look(r)
	if err != nil {
		return nil, err
	}
	view, ok := s.views[p.Language]
	if !ok {
		view = s.views[languageOf(r)]
	}
	return &visit{Person: p, renderer: view, signedIn: true}, nil
}

// event adds an event to out when its markup is another than was, and returns the markup.
func (s *Server) event(out *bytes.Buffer, v *visit, name string, live Live, was []byte) []byte {
	b, err := v.render("today", "event-"+name, live)
	if err != nil {
		s.log.Error("event", "event", name, "err", err)
		return was
	}
	markup := bytes.TrimSpace(b.Bytes())
	if bytes.Equal(markup, was) {
		return was
	}
	fmt.Fprintf(out, "event: %s\n", name)
	for line := range bytes.SplitSeq(markup, []byte("\n")) {
		fmt.Fprintf(out, "data: %s\n", line)
	}
	out.WriteString("\n")
	return markup
}
