package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Lock is the right to open a data directory. The system gives it back when the process ends,
// however it ends.
type Lock struct{ f *os.File }

// Acquire takes the lock of dir, which it creates if need be. A directory in use is an *Error
// that names the process.
func Acquire(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data directory: %w", err)
	}
	path := filepath.Join(dir, "lamro.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- the operator's own data directory
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, 32)) // without the number the message is still clear
		_ = f.Close()
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock data directory %s: %w", dir, err)
		}
		return nil, &Error{Code: "conflict", Message: fmt.Sprintf(
			"the data directory %s is in use by another lamro (process %s): stop that one first, or choose another directory with --data",
			dir, strings.TrimSpace(string(holder)))}
	}
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		return nil, errors.Join(fmt.Errorf("lock data directory %s: %w", dir, err), f.Close())
	}
	return &Lock{f}, nil
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}

// Release gives the lock back.
func (l *Lock) Release() error { return l.f.Close() }

// maxSocketPath is the longest path that is bound where it belongs: Linux refuses 108 bytes,
// others fewer.
const maxSocketPath = 100

func socketPath(dir string) string { return filepath.Join(dir, "lamro.sock") }

// Listen opens the socket of dir, readable by its owner only. The caller holds the lock, so a
// socket left behind by a killed process is removed. A path too long for the system is bound in
// a short private directory, named in lamro.sock.path.
func Listen(ctx context.Context, dir string) (net.Listener, error) {
	path := socketPath(dir)
	pointer := path + ".path"
	if err := errors.Join(removeStale(path), removeElsewhere(pointer)); err != nil {
		return nil, fmt.Errorf("remove the socket of an earlier run: %w", err)
	}
	if len(path) > maxSocketPath {
		short, err := os.MkdirTemp("", "lamro-")
		if err != nil {
			return nil, fmt.Errorf("directory for the socket: %w", err)
		}
		path = filepath.Join(short, "lamro.sock")
		if err := os.WriteFile(pointer, []byte(path+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("name the socket: %w", err)
		}
	}
	// The mode is set before anyone can connect: between bind and chmod a socket has the
	// process's default mode, but its directory is private (0700) in both places.
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the socket for commands: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("open the socket for commands: %w", err), l.Close())
	}
	return l, nil
}

func removeStale(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func removeElsewhere(pointer string) error {
	old, err := os.ReadFile(pointer) // #nosec G304 -- the operator's own data directory
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	path := strings.TrimSpace(string(old))
	return errors.Join(removeStale(path), removeStale(filepath.Dir(path)), removeStale(pointer))
}
