package recordstest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"lamro/internal/records"
)

// postgres is a server that only this process uses: on a Unix socket in a new directory, without
// a port, and without durability, since its data end with it.
type postgres struct {
	dir string
	cmd *exec.Cmd
	n   atomic.Int64
}

// nobody is the user who runs the server where we are root: it refuses to run as root.
const nobody = 65534

// startTime is how long a server may take to answer.
const startTime = 30 * time.Second

func startPostgres() (_ *postgres, err error) {
	programs, err := findPrograms("initdb", "postgres")
	if err != nil {
		return nil, err
	}
	// A socket's path has room for about 100 bytes, so no t.TempDir.
	dir, err := os.MkdirTemp("", "lamro-pg")
	if err != nil {
		return nil, err
	}
	s := &postgres{dir: dir}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	if out, err := s.command(programs[0], "-D", data, "-U", "lamro", "-A", "trust", "--no-sync", "--locale=C", "--encoding=UTF8").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log")) // #nosec G304 -- our own directory
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.cmd = s.command(programs[1], "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "full_page_writes=off", "-c", "autovacuum=off", "-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "shared_buffers=32MB", "-c", "max_connections=400")
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return nil, err
	}
	if err := s.wait(); err != nil {
		return nil, err
	}
	return s, s.migrate()
}

// migrated is the database that all others begin as copies of.
const migrated = "migrated"

func (s *postgres) migrate() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	if err := s.exec(ctx, "CREATE DATABASE "+migrated); err != nil {
		return err
	}
	db, err := records.Open(ctx, s.address(migrated))
	if err != nil {
		return err
	}
	return db.Close()
}

// wait waits until the server answers.
func (s *postgres) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	for {
		err := s.exec(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("the server does not answer: %w\n%s", err, log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// create makes an empty database and returns its address.
func (s *postgres) create(ctx context.Context) (string, error) {
	name := fmt.Sprintf("t%d", s.n.Add(1))
	return s.address(name), s.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+migrated)
}

// exec runs a statement on a connection of its own: a test in a synctest bubble cannot use one
// that was made outside.
func (s *postgres) exec(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", s.address("postgres"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statement)
	return errors.Join(err, db.Close())
}

func (s *postgres) address(database string) string {
	return "postgres:///" + database + "?" + url.Values{"host": {s.dir}, "user": {"lamro"}}.Encode()
}

// stop ends the server and removes what it wrote.
func (s *postgres) stop() {
	if s.cmd != nil {
		s.cmd.Process.Signal(syscall.SIGINT) //nolint:errcheck,gosec // fast shutdown; Wait tells the rest
		s.cmd.Wait()                         //nolint:errcheck,gosec // a status of a server that nobody needs any more
	}
	os.RemoveAll(s.dir) //nolint:errcheck,gosec // below the system's temporary directory
}

// command prepares a program of the server, run by an ordinary user.
func (s *postgres) command(program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), program, args...) // #nosec G204 -- found by findPrograms; stop ends it
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return cmd
}

// findPrograms looks in PATH and where Debian puts the programs of the server, newest first.
func findPrograms(names ...string) ([]string, error) {
	places, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return nil, err
	}
	slices.SortFunc(places, func(a, b string) int { return strings.Compare(b, a) })
	for _, dir := range places {
		found := make([]string, len(names))
		for i, name := range names {
			found[i] = filepath.Join(dir, name)
			if _, err := os.Stat(found[i]); err != nil {
				found = nil
				break
			}
		}
		if found != nil {
			return found, nil
		}
	}
	found := make([]string, len(names))
	for i, name := range names {
		if found[i], err = exec.LookPath(name); err != nil {
			return nil, errors.New("no PostgreSQL server here (Debian: postgresql)")
		}
	}
	return found, nil
}
