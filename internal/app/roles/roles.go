// Package roles runs the roles of one process, each started, stopped and restarted by itself. A
// role that fails is started again after a pause, and its last error is kept for people to see.
package roles

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// A Role is a named part of the system. Run returns nil when its context ends, after all that
// it started has returned.
type Role struct {
	Name string
	Run  func(ctx context.Context) error
}

// State says what a role is doing.
type State string

// The states of a role.
const (
	Stopped  State = "stopped"
	Running  State = "running"
	Stopping State = "stopping"
	Waiting  State = "waiting" // it failed and is started again after a pause
)

// Status is a role as people see it.
type Status struct {
	Name     string    `json:"name"`
	State    State     `json:"state"`
	Since    time.Time `json:"since"`
	Failures int       `json:"failures"` // in a row; 0 once it has run for a minute
	Err      string    `json:"err,omitempty"`
}

// Supervisor owns the roles of a process.
type Supervisor struct {
	log *slog.Logger

	mu    sync.Mutex
	roles []*running
}

type running struct {
	role   Role
	status Status
	cancel context.CancelFunc
	done   chan struct{}
}

// New returns a Supervisor of roles, none of them started.
func New(log *slog.Logger, all ...Role) *Supervisor {
	s := &Supervisor{log: log}
	for _, r := range all {
		s.roles = append(s.roles, &running{role: r, status: Status{Name: r.Name, State: Stopped, Since: time.Now()}})
	}
	return s
}

// Names lists the roles in their order.
func (s *Supervisor) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, r := range s.roles {
		names = append(names, r.role.Name)
	}
	return names
}

// Status tells what each role is doing, in their order.
func (s *Supervisor) Status() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Status
	for _, r := range s.roles {
		all = append(all, r.status)
	}
	return all
}

func (s *Supervisor) find(name string) (*running, error) {
	i := slices.IndexFunc(s.roles, func(r *running) bool { return r.role.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no role %q", name)
	}
	return s.roles[i], nil
}

// Start starts a role that is stopped; one that runs is left alone. The role lives until Stop:
// values of ctx reach it, its end does not.
func (s *Supervisor) Start(ctx context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(name)
	if err != nil || r.cancel != nil {
		return err
	}
	ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	r.done = make(chan struct{})
	r.status = Status{Name: name, State: Running, Since: time.Now()}
	go s.keep(ctx, r, r.done)
	return nil
}

// Stop asks a role to end and waits until all it started has returned, or until ctx ends.
func (s *Supervisor) Stop(ctx context.Context, name string) error {
	s.mu.Lock()
	r, err := s.find(name)
	if err != nil || r.cancel == nil {
		s.mu.Unlock()
		return err
	}
	r.cancel()
	r.status.State = Stopping
	done := r.done
	s.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("role %s has not stopped: %w", name, context.Cause(ctx))
	}
}

// StopAll stops all roles together. It returns the names of those that had not stopped when ctx ended.
func (s *Supervisor) StopAll(ctx context.Context) (left []string) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, name := range s.Names() {
		wg.Go(func() {
			if err := s.Stop(ctx, name); err != nil {
				mu.Lock()
				defer mu.Unlock()
				left = append(left, name)
			}
		})
	}
	wg.Wait()
	slices.Sort(left)
	return left
}

const (
	firstPause = time.Second
	longPause  = time.Minute
)

// keep runs a role until its context ends, again after each failure.
func (s *Supervisor) keep(ctx context.Context, r *running, done chan struct{}) {
	defer close(done)
	pause := firstPause
	for {
		started := time.Now()
		err := run(ctx, r.role)
		if ctx.Err() != nil {
			s.ended(r, err)
			return
		}
		if err == nil {
			err = fmt.Errorf("ended by itself")
		}
		if time.Since(started) > longPause {
			pause = firstPause
			s.update(r, func(st *Status) { st.Failures = 0 })
		}
		s.log.Error("role failed, it is started again after a pause", "role", r.role.Name, "err", err, "pause", pause)
		s.update(r, func(st *Status) {
			st.State, st.Since, st.Err = Waiting, time.Now(), err.Error()
			st.Failures++
		})
		select {
		case <-ctx.Done():
			s.ended(r, nil)
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longPause)
		s.update(r, func(st *Status) { st.State, st.Since = Running, time.Now() })
	}
}

func (s *Supervisor) update(r *running, fn func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn(&r.status)
}

// ended marks a role as stopped, so that it can be started again.
func (s *Supervisor) ended(r *running, err error) {
	s.update(r, func(st *Status) {
		st.State, st.Since, st.Err = Stopped, time.Now(), ""
		if err != nil {
			st.Err = err.Error()
		}
		r.cancel()
		r.cancel = nil
	})
	if err != nil {
		s.log.Warn("role ended with an error while stopping", "role", r.role.Name, "err", err)
	}
}

// run turns a panic of the role's own goroutine into an error, so that the others live on.
func run(ctx context.Context, r Role) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.Run(ctx)
}
