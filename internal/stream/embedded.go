package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lamro/internal/records"
)

const (
	startTimeout   = 2 * time.Minute // a cold start reads every block
	defaultMinFree = 64 << 20
	maxStoreFact   = "stream.max_store"
)

// embedded is the server in this process. It can be replaced by a new one over the same files;
// the client's connection then finds the new one by itself.
type embedded struct {
	opts server.Options
	log  *slog.Logger

	mu  sync.Mutex
	srv *server.Server
}

func startEmbedded(ctx context.Context, cfg *Config) (*embedded, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	total, _, err := diskSpace(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	if cfg.MaxStore == 0 {
		cfg.MaxStore = min(total/5, 50<<30)
	}
	if cfg.MaxStore >= total/4 {
		return nil, fmt.Errorf("open stream: %d bytes for the streams is a quarter of the disk or more; it has %d", cfg.MaxStore, total)
	}
	if cfg.MinFree == 0 {
		cfg.MinFree = defaultMinFree
	}
	limit, err := serverLimit(ctx, cfg)
	if err != nil {
		return nil, err
	}
	e := &embedded{log: cfg.Log, opts: server.Options{
		ServerName: "lamro", DontListen: true, NoSigs: true, NoLog: true, DisableJetStreamBanner: true,
		JetStream: true, StoreDir: cfg.Dir, SyncAlways: true, MaxPayload: maxPayload,
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: limit,
	}}
	if err := e.start(); err != nil {
		return nil, err
	}
	return e, nil
}

// serverLimit is the limit the server starts with. A server that starts with less than its
// streams reserve leaves streams out, so a lowered setting must first reach the streams: until
// the next start the greater of the old and the new one holds.
func serverLimit(ctx context.Context, cfg *Config) (int64, error) {
	limit := cfg.MaxStore
	err := cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		v, err := records.Fact(ctx, tx, maxStoreFact)
		if err != nil {
			return err
		}
		if old, err := strconv.ParseInt(v, 10, 64); err == nil && old > limit {
			limit = old
			return nil
		}
		return records.SetFact(ctx, tx, maxStoreFact, strconv.FormatInt(limit, 10))
	})
	if err != nil {
		return 0, fmt.Errorf("open stream: %w", err)
	}
	return limit, nil
}

func (e *embedded) start() error {
	opts := e.opts // the server writes into its options
	srv, err := server.NewServer(&opts)
	if err != nil {
		return fmt.Errorf("start stream server: %w", err)
	}
	srv.SetLoggerV2(serverLog{e.log}, false, false, false)
	go srv.Start() // returns when the server is set up; stop waits for what it started
	if !srv.ReadyForConnections(startTimeout) {
		srv.Shutdown()
		srv.WaitForShutdown()
		return errors.New("start stream server: not ready; its log says why")
	}
	e.mu.Lock()
	e.srv = srv
	e.mu.Unlock()
	return nil
}

func (e *embedded) stop() {
	e.mu.Lock()
	srv := e.srv
	e.srv = nil
	e.mu.Unlock()
	if srv != nil {
		srv.Shutdown()
		srv.WaitForShutdown()
	}
}

func (e *embedded) restart() error {
	e.stop()
	return e.start()
}

// InProcessConn connects the client to the server of the moment.
func (e *embedded) InProcessConn() (net.Conn, error) {
	srv := e.current()
	if srv == nil {
		return nil, errors.New("stream server is restarting")
	}
	return srv.InProcessConn()
}

func (e *embedded) current() *server.Server {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.srv
}

// frozen is what the server says of a stream that stopped taking messages, nil when all is well.
func (e *embedded) frozen() error {
	srv := e.current()
	if srv == nil {
		return errors.New("stream server is not running")
	}
	if h := srv.Healthz(&server.HealthzOptions{}); h.Error != "" {
		return errors.New(strings.ToLower(h.Error[:1]) + h.Error[1:])
	}
	return nil
}

// discard removes the files of a stream that the server could not read, before it is made anew.
func (e *embedded) discard(name string) error {
	err := os.RemoveAll(filepath.Join(e.opts.StoreDir, "jetstream", "$G", "streams", name))
	if err != nil {
		return fmt.Errorf("discard what is left of stream %s: %w", name, err)
	}
	return nil
}

// diskSpace of a file system that does not tell is endless.
func diskSpace(dir string) (total, free int64, err error) {
	t, f, err := statfs(dir)
	if errors.Is(err, errors.ErrUnsupported) {
		return math.MaxInt64, math.MaxInt64, nil
	}
	return t, f, err
}

// serverLog hands the server's log on. Its notices are for nobody's eyes in daily work.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(format string, v ...any) {
	l.log.Debug("stream server", "says", fmt.Sprintf(format, v...))
}
func (l serverLog) Warnf(format string, v ...any) {
	l.log.Warn("stream server", "says", fmt.Sprintf(format, v...))
}
func (l serverLog) Errorf(format string, v ...any) {
	l.log.Error("stream server", "says", fmt.Sprintf(format, v...))
}
func (l serverLog) Fatalf(format string, v ...any) { l.Errorf(format, v...) }
func (l serverLog) Debugf(string, ...any)          {}
func (l serverLog) Tracef(string, ...any)          {}
