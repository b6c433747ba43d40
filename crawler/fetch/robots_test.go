package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lamro/crawler/fetch"
)

func TestRobotsStates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		robots  http.HandlerFunc
		code    string
		verdict string
	}{
		{"missing", status(404), "", fetch.RobotsNoFile},
		{"forbidden", status(403), "", fetch.RobotsNoFile},
		{"broken server", status(503), fetch.CodeRobotsUnreachable, fetch.RobotsUnreachable},
		{"too many requests", status(429), fetch.CodeRobotsUnreachable, fetch.RobotsUnreachable},
		{"disallowed", body("User-agent: lamro\nDisallow: /"), fetch.CodeRobotsDisallowed, fetch.RobotsDisallowed},
		{"a page instead of rules", body("<!DOCTYPE html><p>User-agent: *"), "", fetch.RobotsAllowed},
		{"dropped connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, fetch.CodeRobotsUnreachable, fetch.RobotsUnreachable},
		{"redirects without end", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/robots.txt?"+r.URL.RawQuery+"x", http.StatusFound)
		}, fetch.CodeRobotsUnreachable, fetch.RobotsUnreachable},
		{"one redirect", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				http.Redirect(w, r, "/robots.txt?luat", http.StatusFound)
				return
			}
			fmt.Fprint(w, "User-agent: *\nDisallow: /")
		}, fetch.CodeRobotsDisallowed, fetch.RobotsDisallowed},
		{"huge", body("User-agent: *\nDisallow: /\n" + strings.Repeat("# lời bàn\n", 1<<20)), fetch.CodeRobotsDisallowed, fetch.RobotsDisallowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.mux.HandleFunc("/robots.txt", c.robots)
			s.text("/a", "text/html", "a")
			res, err := newFetcher(t, nil).Fetch(t.Context(), page(s.URL+"/a"))
			wantCode(t, err, c.code)
			if res.Robots.Verdict != c.verdict {
				t.Errorf("verdict = %q, want %q", res.Robots.Verdict, c.verdict)
			}
			if c.code != "" && s.count("/a") != 0 {
				t.Error("the page was asked for")
			}
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

func TestRobotsIsAskedForOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.text("/robots.txt", "text/plain", "User-agent: *\nAllow: /")
	s.text("/a", "text/html", "a")
	f := newFetcher(t, nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := f.Fetch(t.Context(), page(s.URL+"/a")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := s.count("/robots.txt"); n != 1 {
		t.Errorf("robots.txt was asked for %d times, want once", n)
	}
}

// One who gives up while robots.txt is on its way leaves it to the next.
func TestRobotsAfterOneGaveUp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	arrived, first := make(chan struct{}, 2), atomic.Bool{}
	s.mux.HandleFunc("/robots.txt", func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		if first.CompareAndSwap(false, true) {
			<-r.Context().Done()
		}
	})
	s.text("/a", "text/html", "a")
	f := newFetcher(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	gaveUp := make(chan error)
	go func() { _, err := f.Fetch(ctx, page(s.URL+"/a")); gaveUp <- err }()
	<-arrived
	second := make(chan error)
	go func() { _, err := f.Fetch(t.Context(), page(s.URL+"/a")); second <- err }()
	cancel()
	if err := <-gaveUp; !errors.Is(err, context.Canceled) {
		t.Errorf("Fetch = %v, want canceled", err)
	}
	if err := <-second; err != nil {
		t.Errorf("the next Fetch = %v, want the page", err)
	}
}
