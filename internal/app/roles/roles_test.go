package roles_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lamro/internal/app/roles"
)

func status(s *roles.Supervisor, name string) roles.Status {
	for _, st := range s.Status() {
		if st.Name == name {
			return st
		}
	}
	return roles.Status{}
}

func TestOneRoleRestartsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		starts := map[string]*atomic.Int32{"crawl": {}, "web": {}}
		role := func(name string) roles.Role {
			return roles.Role{Name: name, Run: func(ctx context.Context) error {
				starts[name].Add(1)
				<-ctx.Done()
				return nil
			}}
		}
		s := roles.New(slog.New(slog.DiscardHandler), role("crawl"), role("web"))
		for _, name := range s.Names() {
			if err := s.Start(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if err := s.Stop(t.Context(), "crawl"); err != nil {
			t.Fatal(err)
		}
		if got := status(s, "crawl").State; got != roles.Stopped {
			t.Errorf("crawl after Stop is %s", got)
		}
		if got := status(s, "web").State; got != roles.Running {
			t.Errorf("web after Stop of crawl is %s", got)
		}
		for range 2 { // starting twice is starting once
			if err := s.Start(t.Context(), "crawl"); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if c, w := starts["crawl"].Load(), starts["web"].Load(); c != 2 || w != 1 {
			t.Errorf("crawl started %d times, web %d; want 2 and 1", c, w)
		}
		if left := s.StopAll(t.Context()); len(left) > 0 {
			t.Errorf("still running: %v", left)
		}
	})
}

func TestFailingRoleIsStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		begin := time.Now()
		s := roles.New(slog.New(slog.DiscardHandler), roles.Role{Name: "index", Run: func(ctx context.Context) error {
			at = append(at, time.Since(begin))
			switch len(at) {
			case 1:
				return errors.New("disk full")
			case 2:
				panic("out of range")
			}
			<-ctx.Done()
			return nil
		}})
		if err := s.Start(t.Context(), "index"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if st := status(s, "index"); st.State != roles.Waiting || st.Err != "disk full" {
			t.Errorf("after the failure: %+v, want waiting with its error", st)
		}
		time.Sleep(5 * time.Second) // of the bubble: no time passes
		synctest.Wait()
		if len(at) != 3 || at[1] != time.Second || at[2] != 3*time.Second {
			t.Errorf("started at %v, want 0s, 1s, 3s", at)
		}
		if st := status(s, "index"); st.State != roles.Running || st.Failures != 2 {
			t.Errorf("after two failures: %+v", st)
		}
		s.StopAll(t.Context())
	})
}

func TestStopSaysWhoDoesNotStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := roles.New(slog.New(slog.DiscardHandler), roles.Role{Name: "deaf", Run: func(context.Context) error {
			<-release
			return nil
		}})
		if err := s.Start(t.Context(), "deaf"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if left := s.StopAll(ctx); len(left) != 1 || left[0] != "deaf" {
			t.Errorf("StopAll = %v, want [deaf]", left)
		}
		close(release)
	})
}
