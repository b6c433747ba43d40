package fetch

import (
	"context"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
)

// slots bounds the requests that are under way to one network address: many outlets share one
// machine, which has a pace of its own for none of them.
type slots struct {
	limit int

	mu    sync.Mutex
	addrs map[string]*slot
}

type slot struct {
	free chan struct{}
	uses int // requests that hold or wait for a place
}

func newSlots(limit int) *slots { return &slots{limit: limit, addrs: map[string]*slot{}} }

// take waits for a place at addr and returns what gives it back, or nil when ctx ended.
func (s *slots) take(ctx context.Context, addr string) (release func()) {
	s.mu.Lock()
	a := s.addrs[addr]
	if a == nil {
		a = &slot{free: make(chan struct{}, s.limit)}
		s.addrs[addr] = a
	}
	a.uses++
	s.mu.Unlock()
	leave := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if a.uses--; a.uses == 0 {
			delete(s.addrs, addr)
		}
	}
	select {
	case a.free <- struct{}{}:
		return func() { <-a.free; leave() }
	case <-ctx.Done():
		leave()
		return nil
	}
}

// shareAddress waits for a place at the address of the connection, before the request is written
// to it. The policies inside read the whole body, so the place is free again when they return.
func (f *Fetcher) shareAddress() policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			var mu sync.Mutex
			var held func()
			release := func() {
				mu.Lock()
				defer mu.Unlock()
				if held != nil {
					held()
					held = nil
				}
			}
			defer release()
			ctx := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
				// Called again where the transport found its first connection dead.
				GotConn: func(info httptrace.GotConnInfo) {
					release()
					got := f.slots.take(r.Context(), address(info.Conn))
					mu.Lock()
					defer mu.Unlock()
					held = got
				},
			})
			return next.RoundTrip(r.WithContext(ctx))
		})
	}
}

func address(c net.Conn) string {
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		return c.RemoteAddr().String()
	}
	return host
}
