package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Pace is what has to be known about a host to go on politely after a restart.
type Pace struct {
	Last       time.Time     // when the last request started, or was answered
	CrawlDelay time.Duration // that its robots.txt asked for
	Until      time.Time     // no request before, as Retry-After asked
}

// Paces remembers the pace of hosts. SavePace is called before a request starts, so that a
// process that is killed cannot come back too early. An error of either stops the request.
type Paces interface {
	LoadPace(ctx context.Context, host string) (Pace, error)
	SavePace(ctx context.Context, host string, p Pace) error
}

const (
	maxRetryAfter = 24 * time.Hour
	quickRetry    = time.Minute // for 429 and 503 without Retry-After
	// A delay that a restart takes anyway need not be remembered over it.
	restartTakes = 250 * time.Millisecond
)

// pacer spaces the starts of requests to each host.
type pacer struct {
	cfg Config

	mu    sync.Mutex
	hosts map[string]*hostPace
}

type hostPace struct {
	turn   chan struct{} // holds one token: whoever has it may change the rest
	loaded bool
	Pace
}

func newPacer(cfg Config) *pacer {
	return &pacer{cfg: cfg, hosts: map[string]*hostPace{}}
}

// scaled is d on a compressed clock.
func scaled(d time.Duration, scale float64) time.Duration {
	return time.Duration(float64(d) / scale)
}

func (p *pacer) host(name string) *hostPace {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.hosts[name]
	if h == nil {
		h = &hostPace{turn: make(chan struct{}, 1)}
		h.turn <- struct{}{}
		p.hosts[name] = h
	}
	return h
}

// delay is the time between two starts: our pace, or the wish of the source or of the host where
// that is longer.
func (p *pacer) delay(pace, crawlDelay time.Duration) time.Duration {
	return scaled(max(p.cfg.Pace, pace, crawlDelay), p.cfg.Scale)
}

func (p *pacer) ready(name string, pace time.Duration) time.Time {
	h := p.host(name)
	<-h.turn
	defer func() { h.turn <- struct{}{} }()
	if h.Last.IsZero() {
		return h.Until
	}
	ready := h.Last.Add(p.delay(pace, h.CrawlDelay))
	if h.Until.After(ready) {
		return h.Until
	}
	return ready
}

// start waits for the turn of the host. Reserved starts are not given back when ctx ends.
func (p *pacer) start(ctx context.Context, name, url string, pace, crawlDelay time.Duration) error {
	h := p.host(name)
	select {
	case <-h.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	wait, err := p.reserve(ctx, h, name, url, pace, crawlDelay)
	h.turn <- struct{}{}
	if err != nil || wait <= 0 {
		return err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reserve finds the next start of a host, remembers it, and returns how long it is until then.
func (p *pacer) reserve(ctx context.Context, h *hostPace, name, url string, pace, crawlDelay time.Duration) (time.Duration, error) {
	if err := p.load(ctx, h, name); err != nil {
		return 0, err
	}
	now := time.Now()
	if now.Before(h.Until) {
		return 0, &Error{Code: CodeBackingOff, URL: url, Retry: h.Until, Words: "the host asked for a rest until " + h.Until.UTC().Format(time.RFC3339)}
	}
	h.CrawlDelay = max(crawlDelay, 0)
	delay := p.delay(pace, h.CrawlDelay)
	start := now
	if at := h.Last.Add(delay); !h.Last.IsZero() && at.After(now) {
		start = at
	}
	wait := start.Sub(now)
	if wait > max(scaled(p.cfg.MaxWait, p.cfg.Scale), restartTakes) {
		return 0, &Error{Code: CodeLater, URL: url, Retry: start, Words: fmt.Sprintf("the next start at the host is %v away", wait.Round(time.Second))}
	}
	h.Last = start
	if delay < restartTakes {
		return wait, nil
	}
	return wait, p.save(ctx, h, name)
}

func (p *pacer) load(ctx context.Context, h *hostPace, name string) error {
	if h.loaded || p.cfg.Paces == nil {
		return nil
	}
	saved, err := p.cfg.Paces.LoadPace(ctx, name)
	if err != nil {
		return fmt.Errorf("pace of %s: %w", name, err)
	}
	// A start in the future is one that a killed process had reserved, or a clock that was set
	// back: neither may keep us away for longer than the delay.
	if now := time.Now(); saved.Last.After(now) {
		saved.Last = now
	}
	h.Pace, h.loaded = saved, true
	return nil
}

func (p *pacer) save(ctx context.Context, h *hostPace, name string) error {
	if p.cfg.Paces == nil {
		return nil
	}
	if err := p.cfg.Paces.SavePace(ctx, name, h.Pace); err != nil {
		return fmt.Errorf("pace of %s: %w", name, err)
	}
	return nil
}

// answered moves the last start to when the host answered: however late the request came to it,
// the next one comes no earlier than the delay after it.
func (p *pacer) answered(name string, at time.Time) {
	h := p.host(name)
	<-h.turn
	defer func() { h.turn <- struct{}{} }()
	if at.After(h.Last) {
		h.Last = at
	}
}

// rest keeps away from a host for as long as it asked.
func (p *pacer) rest(ctx context.Context, name string, d time.Duration) error {
	h := p.host(name)
	select {
	case <-h.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { h.turn <- struct{}{} }()
	h.Until = time.Now().Add(d)
	return p.save(ctx, h, name)
}

// keepPace lets a request start when the pace of its host allows, and hears what the host says
// about coming again.
func (f *Fetcher) keepPace(v *visit) policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			ctx, host := r.Context(), HostKey(r.URL)
			if err := f.pace.start(ctx, host, r.URL.String(), v.req.Pace, v.crawlDelay); err != nil {
				return nil, v.internal(err)
			}
			var first atomic.Pointer[time.Time]
			resp, err := next.RoundTrip(r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
				GotFirstResponseByte: func() { now := time.Now(); first.Store(&now) },
			})))
			at := time.Now()
			if got := first.Load(); got != nil {
				at = *got
			}
			f.pace.answered(host, at)
			if err != nil || resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
				return resp, err
			}
			d := retryAfter(resp.Header.Get("Retry-After"), time.Now(), scaled(quickRetry, f.cfg.Scale))
			if err := f.pace.rest(ctx, host, d); err != nil {
				return nil, v.internal(err)
			}
			return resp, nil
		})
	}
}

// retryAfter reads the header in both its forms, within a day. What cannot be read is otherwise.
func retryAfter(header string, now time.Time, otherwise time.Duration) time.Duration {
	d := otherwise
	if seconds, err := strconv.ParseInt(header, 10, 32); err == nil {
		d = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), maxRetryAfter)
}
