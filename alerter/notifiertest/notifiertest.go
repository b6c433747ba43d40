// Package notifiertest holds what every way to send must do, so that the alerter can count on it:
// deliver once, hand over at the last moment, tell "later" from "no", end with its context and
// keep secrets. Each implementation brings a real server and runs the suite.
package notifiertest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"lamro/alerter"
	"lamro/internal/news"
)

// Secret is what the tested notifier signs in or signs with.
const Secret = "mat-khau-khong-ai-duoc-thay"

// Answer is how a server is to behave.
type Answer int

// The ways to behave.
const (
	Accept   Answer = iota
	Later           // asks to try again
	Refuse          // will not take this message
	Hang            // takes everything and never answers
	Break           // takes everything and breaks the connection instead of answering
	Careless        // refuses for now and repeats the secret in its answer
)

// Server is one running receiver with a notifier that sends to it.
type Server struct {
	Notifier alerter.Notifier
	// Arrived lists the keys of the messages that arrived, in order.
	Arrived func() []string
	// Unreachable is a notifier of an address where nobody listens.
	Unreachable alerter.Notifier
}

// Run holds one implementation against the suite. start opens a server that behaves as told and
// closes it with the test; it may take up to five seconds to answer.
func Run(t *testing.T, start func(t *testing.T, a Answer) Server) {
	t.Helper()
	t.Run("accepted messages arrive once each", func(t *testing.T) {
		t.Parallel()
		s := start(t, Accept)
		for _, key := range []string{"khoa1", "khoa2"} {
			if err := s.Notifier.Notify(t.Context(), Message(key, nil)); err != nil {
				t.Fatalf("Notify(%s) = %v, want nil", key, err)
			}
		}
		if got := strings.Join(s.Arrived(), " "); got != "khoa1 khoa2" {
			t.Errorf("arrived %q, want each message once and in order", got)
		}
	})
	t.Run("nothing arrives before it is handed over", func(t *testing.T) {
		t.Parallel()
		s := start(t, Accept)
		calls := 0
		err := s.Notifier.Notify(t.Context(), Message("khoa", func(context.Context) error {
			calls++
			if got := s.Arrived(); len(got) != 0 {
				t.Errorf("arrived %q before the alerter could write that it may", got)
			}
			return nil
		}))
		if err != nil || calls != 1 {
			t.Errorf("Notify = %v with %d hand-overs, want nil with one", err, calls)
		}
	})
	t.Run("what cannot be written down is not sent", func(t *testing.T) {
		t.Parallel()
		// The disk is full: a message that left now could arrive twice and nobody would know.
		s := start(t, Accept)
		boom := errors.New("disk full")
		err := s.Notifier.Notify(t.Context(), Message("khoa", func(context.Context) error { return boom }))
		if !errors.Is(err, boom) || len(s.Arrived()) != 0 {
			t.Errorf("Notify = %v with %q arrived, want the error of the hand-over and nothing", err, s.Arrived())
		}
	})
	t.Run("answers are told apart", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct {
			name                string
			answer              Answer
			permanent, answered bool
		}{
			{"later", Later, false, true},
			{"refused", Refuse, true, true},
			{"broken", Break, false, false},
		} {
			f := failure(t, start(t, c.answer).Notifier, t.Context())
			if f.Permanent != c.permanent || f.Answered != c.answered {
				t.Errorf("%s: permanent %v, answered %v; want %v, %v (%v)", c.name, f.Permanent, f.Answered, c.permanent, c.answered, f)
			}
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		f := failure(t, start(t, Accept).Unreachable, t.Context())
		if f.Permanent {
			t.Errorf("permanent: %v; a server that is down comes back", f)
		}
	})
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		s := start(t, Hang)
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		err := s.Notifier.Notify(ctx, Message("khoa", nil))
		f, ok := errors.AsType[*alerter.Failure](err)
		if !ok || f.Permanent || f.Answered {
			t.Errorf("Notify = %v, want a failure that leaves open whether it arrived", err)
		}
		if took := time.Since(begin); took > 3*time.Second {
			t.Errorf("Notify ended %v after its context", took)
		}
	})
	t.Run("a context that has ended sends nothing", func(t *testing.T) {
		t.Parallel()
		s := start(t, Accept)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Notifier.Notify(ctx, Message("khoa", nil)); err == nil || len(s.Arrived()) != 0 {
			t.Errorf("Notify = %v with %q arrived, want an error and nothing", err, s.Arrived())
		}
	})
	t.Run("secrets stay", func(t *testing.T) {
		t.Parallel()
		f := failure(t, start(t, Careless).Notifier, t.Context())
		if strings.Contains(f.Error(), Secret) {
			t.Errorf("the error shows the secret: %v", f)
		}
		if f := failure(t, start(t, Accept).Unreachable, t.Context()); strings.Contains(f.Error(), Secret) {
			t.Errorf("the error shows the secret: %v", f)
		}
	})
}

func failure(t *testing.T, n alerter.Notifier, ctx context.Context) *alerter.Failure { //nolint:revive // t first, as in every helper
	t.Helper()
	err := n.Notify(ctx, Message("khoa", nil))
	f, ok := errors.AsType[*alerter.Failure](err)
	if !ok {
		t.Fatalf("Notify = %v (%T), want a *alerter.Failure", err, err)
	}
	if f.Code == "" {
		t.Errorf("failure %v has no code", f)
	}
	return f
}

// Message is an alert as the alerter makes them, about an invented article. handOver may be nil.
func Message(key string, handOver func(context.Context) error) alerter.Message {
	if handOver == nil {
		handOver = func(context.Context) error { return nil }
	}
	at := time.Date(2026, 11, 24, 5, 9, 0, 0, news.Zone())
	return alerter.Message{
		Key:       key,
		To:        alerter.Person{ID: 7, Name: "Cán bộ trực báo chí", Email: "truc@phong.example", Language: "vi"},
		RouteName: "Khẩn cấp", Severity: news.Critical,
		Article: alerter.Article{
			ID: "0123456789abcdefghijklmnop", URL: "https://bao-mau.example/sat-lo-ql3.html",
			Title: "Sạt lở <quốc lộ 3> ở \"Chợ Mới\"", TitleMarks: []alerter.Mark{{Start: 0, End: 10}},
			Snippet:      "… mưa lớn làm sạt lở taluy tại xã Chợ Mới …",
			SnippetMarks: []alerter.Mark{{Start: 20, End: 30}},
			Source:       "bao-mau", SourceName: "Báo Mẫu", Tier: 1, Places: []string{"Xã Chợ Mới"},
			PublishedAt: at.Add(-6 * time.Minute), FirstSeen: at,
		},
		Matches: []alerter.Match{
			{Alert: 1, Watch: "thien-tai", Name: "Thiên tai, hồ đập", Severity: news.Critical, Class: news.Exact, Words: []string{"Sạt lở", "sạt lở"}, InTitle: true},
			{Alert: 2, Watch: "xa-cho-moi", Name: "Xã Chợ Mới", Severity: news.Low, Class: news.Exact, Words: []string{"Chợ Mới"}},
		},
		AlertedAt: at.Add(time.Minute),
		HandOver:  handOver,
	}
}
