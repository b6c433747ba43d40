package fetch

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"
)

// idleAfter is how long a body may bring nothing at all.
const idleAfter = 15 * time.Second

// patience ends a request whose answer does not come, does not end, or only drips. Waiting
// for a place at a shared address, between connection and request, does not count.
func (f *Fetcher) patience() policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithCancelCause(r.Context())
			deadline := time.AfterFunc(f.cfg.Timeout, func() { cancel(errDeadline) })
			ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
				GotConn:      func(httptrace.GotConnInfo) { deadline.Stop() },
				WroteRequest: func(httptrace.WroteRequestInfo) { deadline.Reset(f.cfg.Timeout) },
			})
			r = r.WithContext(ctx)
			resp, err := next.RoundTrip(r)
			if err != nil {
				deadline.Stop()
				err = describe(r, err)
				cancel(nil)
				return nil, err
			}
			resp.Body = &watched{
				r: r, body: resp.Body, cancel: cancel, deadline: deadline, start: time.Now(),
				minRate: f.cfg.MinRate, grace: f.cfg.Grace,
				idle: time.AfterFunc(idleAfter, func() { cancel(errSlow) }),
			}
			return resp, nil
		})
	}
}

// watched is a body whose rate is watched.
type watched struct {
	r        *http.Request
	body     io.ReadCloser
	cancel   context.CancelCauseFunc
	deadline *time.Timer
	idle     *time.Timer
	start    time.Time
	n        int64
	minRate  int64
	grace    time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	w.idle.Reset(idleAfter)
	n, err := w.body.Read(p)
	w.n += int64(n)
	if err != nil && err != io.EOF {
		return n, describe(w.r, err)
	}
	took := time.Since(w.start)
	if err == nil && took > w.grace && float64(w.n) < took.Seconds()*float64(w.minRate) {
		w.cancel(errSlow)
		return n, describe(w.r, errSlow)
	}
	return n, err
}

func (w *watched) Close() error {
	w.deadline.Stop()
	w.idle.Stop()
	err := w.body.Close()
	w.cancel(nil)
	return err
}
