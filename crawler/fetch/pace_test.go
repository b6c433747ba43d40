package fetch

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func testPacer(scale float64) *pacer {
	return newPacer(Config{Pace: 5 * time.Second, Scale: scale}.withDefaults())
}

func TestPaceSpacesTheStartsOfOneHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, begin := testPacer(1), time.Now()
		for i, want := range []time.Duration{0, 5 * time.Second, 10 * time.Second} {
			if err := p.start(t.Context(), "a", "", 0, 0); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(begin); got != want {
				t.Errorf("start %d after %v, want %v", i, got, want)
			}
		}
		if err := p.start(t.Context(), "b", "", 0, 0); err != nil || time.Since(begin) != 10*time.Second {
			t.Errorf("another host waited: %v, %v", time.Since(begin), err)
		}
	})
}

func TestCrawlDelayAndScale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			scale            float64
			pace, crawlDelay time.Duration
			want             time.Duration
		}{
			{1, 0, 20 * time.Second, 20 * time.Second},
			{1, 0, 2 * time.Second, 5 * time.Second},
			{1, 8 * time.Second, 2 * time.Second, 8 * time.Second},
			{60, 0, 30 * time.Second, 500 * time.Millisecond},
		} {
			p, begin := testPacer(c.scale), time.Now()
			for range 2 {
				if err := p.start(t.Context(), "a", "", c.pace, c.crawlDelay); err != nil {
					t.Fatal(err)
				}
			}
			if got := time.Since(begin); got != c.want {
				t.Errorf("scale %v, pace %v, crawl-delay %v: second start after %v, want %v", c.scale, c.pace, c.crawlDelay, got, c.want)
			}
		}
	})
}

func TestLongWaitIsToldAndNotWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, begin := testPacer(1), time.Now()
		for i := range 3 {
			err := p.start(t.Context(), "a", "", 0, time.Hour)
			if i == 0 {
				continue
			}
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeLater || !e.Retry.Equal(begin.Add(time.Hour)) {
				t.Errorf("start %d = %v, want later, in an hour", i, err)
			}
		}
		if time.Since(begin) != 0 {
			t.Errorf("waited %v", time.Since(begin))
		}
	})
}

func TestWaitingForThePaceEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, begin := testPacer(1), time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = p.start(ctx, "a", "", 0, 0)
		if err := p.start(ctx, "a", "", 0, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("start = %v, want the end of the context", err)
		}
		if got := time.Since(begin); got != time.Second {
			t.Errorf("waited %v, want 1s", got)
		}
	})
}

// saved is what a process left behind.
type saved struct{ Pace }

func (s *saved) LoadPace(context.Context, string) (Pace, error) { return s.Pace, nil }
func (s *saved) SavePace(_ context.Context, _ string, p Pace) error {
	s.Pace = p
	return nil
}

func TestPaceOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &saved{}
		cfg := Config{Pace: 5 * time.Second, Paces: disk}.withDefaults()
		if err := newPacer(cfg).start(t.Context(), "a", "", 0, 9*time.Second); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second) // virtual: the process is away for so long
		begin := time.Now()
		if err := newPacer(cfg).start(t.Context(), "a", "", 0, 9*time.Second); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(begin); got != 7*time.Second {
			t.Errorf("waited %v after the restart, want 7s", got)
		}
		// A clock that was set back must not keep us away for longer than the delay.
		disk.Last = time.Now().Add(1000 * time.Hour)
		begin = time.Now()
		if err := newPacer(cfg).start(t.Context(), "a", "", 0, 0); err != nil || time.Since(begin) != 5*time.Second {
			t.Errorf("waited %v with a start in the future, %v; want 5s", time.Since(begin), err)
		}
	})
}

func TestRetryAfterForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                              time.Minute,
		"120":                           2 * time.Minute,
		"-5":                            0,
		"316800":                        24 * time.Hour,
		"99999999999999":                time.Minute,
		"Tue, 24 Nov 2026 03:10:00 GMT": 10 * time.Minute,
		"Mon, 23 Nov 2026 03:10:00 GMT": 0,
		"ngày mai":                      time.Minute,
	} {
		if got := retryAfter(header, now, time.Minute); got != want {
			t.Errorf("retryAfter(%q) = %v, want %v", header, got, want)
		}
	}
}
