package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lamro/internal/app/roles"
	"lamro/internal/control"
	"lamro/internal/records"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/people"
)

// The roles that people start and stop.
const (
	RoleCrawl   = "crawl"
	RoleAnalyze = "analyze"
	RoleIndex   = "index"
	RoleAlert   = "alert"
	RoleWeb     = "web"
)

// Roles lists the roles in the order in which an article meets them.
func Roles() []string { return []string{RoleCrawl, RoleAnalyze, RoleIndex, RoleAlert, RoleWeb} }

// The roles that always run: they serve the others.
const (
	roleRelay  = "relay"  // brings the outbox to the streams
	roleUpkeep = "upkeep" // watches the stream, forgets what is old
)

// RunOptions says how Run runs.
type RunOptions struct {
	Only []string      // roles to run; empty is all
	For  time.Duration // ends by itself; 0 runs until the context ends
	// Web, if set, is where the interface listens, instead of the address of the settings.
	Web net.Listener
	// Started, if set, hears where to find the system once it answers.
	Started func(Started)
}

// Started is what people have to know at the start.
type Started struct {
	Address  string // of the interface, "" when the web role does not run
	First    bool   // nobody had an account yet
	Login    string // of the first administrator
	Password string // one-time
	Waiting  string // login of an administrator who was made at an earlier start and never came in
}

// Run runs the roles until ctx ends, then lets them finish for at most twenty seconds and
// returns nil. Only what keeps the system from starting is an error.
func (a *App) Run(ctx context.Context, opt RunOptions) error {
	if err := checkRoles(opt.Only); err != nil {
		return err
	}
	if opt.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opt.For)
		defer cancel()
	}
	web, err := a.webRole(ctx, opt.Only, opt.Web)
	if err != nil {
		return err
	}
	a.roles = roles.New(a.log,
		roles.Role{Name: roleRelay, Run: a.relay.Run},
		roles.Role{Name: roleUpkeep, Run: a.upkeep},
		roles.Role{Name: RoleCrawl, Run: a.crawler.Run},
		roles.Role{Name: RoleAnalyze, Run: a.runAnalyzer},
		roles.Role{Name: RoleIndex, Run: a.runIndexer},
		roles.Role{Name: RoleAlert, Run: a.runAlerter},
		roles.Role{Name: RoleWeb, Run: web.run},
	)
	servers, err := a.startServers(ctx)
	if err != nil {
		return errors.Join(err, web.close())
	}
	login, password, err := a.accounts.First(ctx)
	if err != nil {
		return errors.Join(err, servers.close(), web.close())
	}
	waiting, err := a.neverCame(ctx)
	if err != nil {
		return errors.Join(err, servers.close(), web.close())
	}
	for _, name := range a.roles.Names() {
		if len(opt.Only) > 0 && slices.Contains(Roles(), name) && !slices.Contains(opt.Only, name) {
			continue
		}
		if err := a.roles.Start(ctx, name); err != nil {
			return err
		}
	}
	a.emit(Event{Kind: "started", URL: web.address, Text: strings.Join(a.running(), " ")})
	a.log.Info("started", "roles", a.running(), "web", web.address, "data", a.opt.Data)
	if opt.Started != nil {
		opt.Started(Started{Address: web.address, First: password != "", Login: login, Password: password, Waiting: waiting})
	}
	<-ctx.Done()
	return a.shutdown(ctx, servers, web)
}

// shutdown lets everything finish. What does not finish in time is named, and safe to cut off:
// the next start takes it up where it was.
func (a *App) shutdown(ctx context.Context, servers *servers, web *webRole) error {
	a.log.Info("stopping", "at_most", deadline)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deadline)
	defer cancel()
	left := a.roles.StopAll(ctx)
	err := errors.Join(servers.close(), web.close())
	a.emit(Event{Kind: "stopped", Text: strings.Join(left, " ")})
	if len(left) > 0 {
		return errors.Join(err, fmt.Errorf("did not stop in %s: %s; nothing is lost, the next start takes it up", deadline, strings.Join(left, ", ")))
	}
	a.log.Info("stopped")
	return err
}

func checkRoles(only []string) error {
	for _, name := range only {
		if !slices.Contains(Roles(), name) {
			return fmt.Errorf("%w: there is no role %q; the roles are %s", errSettings, name, strings.Join(Roles(), ", "))
		}
	}
	return nil
}

// running names the roles of people that run.
func (a *App) running() []string {
	var names []string
	for _, st := range a.roles.Status() {
		if st.State != roles.Stopped && slices.Contains(Roles(), st.Name) {
			names = append(names, st.Name)
		}
	}
	return names
}

// servers are the listeners that live as long as the process: commands and health.
type servers struct {
	all  []*http.Server
	done []chan error
}

func (a *App) startServers(ctx context.Context) (*servers, error) {
	s := &servers{}
	sock, err := control.Listen(ctx, a.opt.Data)
	if err != nil {
		return nil, err
	}
	s.serve(sock, a.Calls())
	admin, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Web.AdminListen)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: web.admin_listen %s: %w", errSettings, a.cfg.Web.AdminListen, err), s.close())
	}
	s.serve(admin, a.adminHandler())
	return s, nil
}

func (s *servers) serve(l net.Listener, h http.Handler) {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	s.all, s.done = append(s.all, srv), append(s.done, done)
}

// close ends the listeners after the calls that run, which have two seconds.
func (s *servers) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var errs []error
	for i, srv := range s.all {
		if err := srv.Shutdown(ctx); err != nil {
			errs = append(errs, srv.Close())
		}
		if err := <-s.done[i]; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// WriteFirstPassword keeps a one-time password where the first administrator finds it, for a
// start without a terminal. Only the owner of the data directory can read it.
func (a *App) WriteFirstPassword(password string) (path string, err error) {
	path = filepath.Join(a.opt.Data, "first-password")
	if err := private(path, password+"\n"); err != nil {
		return "", fmt.Errorf("write the first password: %w", err)
	}
	return path, nil
}

// neverCame is the login of the only administrator while nobody ever signed in: a process that
// died between making the account and saying its password leaves people outside.
func (a *App) neverCame(ctx context.Context) (string, error) {
	all, err := people.List(ctx, a.db.Read())
	if err != nil || len(all) != 1 || !all[0].Has(people.Admin) || !all[0].SignedInAt.IsZero() {
		return "", err
	}
	return all[0].Login, nil
}

// dropFirstPassword removes the file once its password was used: nobody must change it any more.
func (a *App) dropFirstPassword(ctx context.Context) error {
	path := filepath.Join(a.opt.Data, "first-password")
	if _, err := os.Stat(path); err != nil {
		return nil //nolint:nilerr // there is no file to remove
	}
	all, err := people.List(ctx, a.db.Read())
	if err != nil || slices.ContainsFunc(all, func(p people.Person) bool { return p.MustChange && p.Has(people.Admin) }) {
		return err
	}
	return os.Remove(path)
}

// upkeep does what must be done now and then: it watches over the embedded stream, forgets what
// never matched, and tells once when there is no network. Ended sessions and counts of attempts
// are swept by those who make them, package account and the relay.
func (a *App) upkeep(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- a.stream.Supervise(ctx) }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var told bool
	var swept time.Time
	for {
		select {
		case <-ctx.Done():
			return <-done
		case err := <-done:
			return err
		case <-tick.C:
		}
		if !told && a.seen.offline() {
			told = true
			a.emit(Event{Kind: "offline", Text: "no source can be reached; `lamro demo` shows everything without internet"})
		}
		if time.Since(swept) > time.Hour {
			swept = time.Now()
			if err := a.sweep(ctx); err != nil {
				a.log.Warn("upkeep is tried again in an hour", "err", err)
			}
		}
	}
}

// forgetSlice is how many articles one transaction of upkeep forgets at most.
const forgetSlice = 200

func (a *App) sweep(ctx context.Context) error {
	old := time.Now().Add(-a.cfg.Retention.Unmatched.Std())
	err := a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		_, err := deliveries.PruneUnalerted(ctx, tx, old)
		return err
	})
	err = errors.Join(err, a.dropFirstPassword(ctx), a.archive.FinishErasures(ctx))
	for ctx.Err() == nil {
		n, ferr := a.archive.Forget(ctx, old, forgetSlice)
		if ferr != nil || n < forgetSlice {
			return errors.Join(err, ferr)
		}
	}
	return err
}
