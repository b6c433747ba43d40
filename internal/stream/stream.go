// Package stream carries articles and changes of mentions between the stages, over JetStream: in
// this process or on a server elsewhere, with the same code. It publishes, hands messages to
// handlers until they are done or in quarantine, and keeps the embedded server alive; what the
// messages mean belongs to the stages, and the records stay the truth.
package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lamro/internal/records"
)

// Retention is how long the streams keep a message. Older ones are replayed from the records.
const Retention = 7 * 24 * time.Hour

const (
	requestTimeout = 5 * time.Second // for one publish or one question to the server
	maxPayload     = 4 << 20         // a body of news.MaxBody, however JSON writes it
)

// Config says where the streams live.
type Config struct {
	Dir      string      // where the embedded server keeps its files
	URL      string      // a server elsewhere; the embedded one is not started
	MaxStore int64       // bytes for all streams; 0 is a fifth of the disk, a quarter is the most allowed
	MinFree  int64       // free bytes on the disk below which a frozen server is not restarted; 0 is 64 MiB
	Replicas int         // copies of each stream in a cluster; 0 is one
	Recreate bool        // make streams anew that the records know and the server lost
	DB       *records.DB // known streams, attempts, quarantine, outbox
	Log      *slog.Logger
}

// Validate reports what is missing or contradicts itself.
func (c Config) Validate() error {
	switch {
	case c.DB == nil || c.Log == nil:
		return errors.New("stream: records and log are needed")
	case (c.Dir == "") == (c.URL == ""):
		return errors.New("stream: either a directory or the URL of a server is needed")
	case c.MaxStore < 0 || c.MinFree < 0 || c.Replicas < 0:
		return errors.New("stream: negative limits")
	}
	return nil
}

// A Stream is an open connection to the streams.
type Stream struct {
	cfg      Config
	embedded *embedded // nil with a server elsewhere
	nc       *nats.Conn
	js       jetstream.JetStream
	unclean  bool // the last process ended without closing: the server may have lost counts

	alone sync.RWMutex // held for writing by a message that may have ended the process

	mu     sync.Mutex
	active int // consumers that run
}

// Open starts the embedded server or connects to the one at URL, and makes sure of the streams.
// The caller holds the lock of the data directory. ErrMissing means that a stream is lost: its
// error says what to do.
func Open(ctx context.Context, cfg Config) (_ *Stream, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Stream{cfg: cfg}
	defer func() {
		if err != nil {
			s.shutdown()
		}
	}()
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	if s.js, err = jetstream.New(s.nc, jetstream.WithDefaultTimeout(requestTimeout)); err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	if err := s.ensure(ctx); err != nil {
		return nil, err
	}
	if s.embedded != nil {
		if err := s.markOpen(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Stream) connect(ctx context.Context) error {
	opts := []nats.Option{
		nats.Name("lamro"), nats.MaxReconnects(-1), nats.ReconnectWait(200 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, time.Second),
		nats.Timeout(requestTimeout),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				s.cfg.Log.Warn("stream connection lost", "err", err)
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			s.cfg.Log.Warn("stream client", "err", err)
		}),
	}
	url := s.cfg.URL
	if url == "" {
		var err error
		if s.embedded, err = startEmbedded(ctx, &s.cfg); err != nil {
			return err
		}
		opts = append(opts, nats.InProcessServer(s.embedded))
	}
	nc, err := nats.Connect(url, opts...)
	if err != nil {
		return fmt.Errorf("connect to the stream server: %w", err)
	}
	s.nc = nc
	return nil
}

// Close ends the connection and the embedded server. Consumers must have returned before.
func (s *Stream) Close() error {
	s.mu.Lock()
	idle := s.active == 0
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	err := s.nc.FlushWithContext(ctx) // acknowledgements are on their way
	s.shutdown()
	if idle && s.embedded != nil {
		err = errors.Join(err, s.markClosed(ctx))
	}
	if err != nil {
		return fmt.Errorf("close stream: %w", err)
	}
	return nil
}

func (s *Stream) shutdown() {
	if s.nc != nil {
		s.nc.Close()
	}
	if s.embedded != nil {
		s.embedded.stop()
	}
}

// cleanFact stands while the last process closed the embedded server after its consumers.
const cleanFact = "stream.closed"

// markOpen notes that from now on a sudden end leaves the server's delivery counts behind what
// happened: it writes them about ten times a second.
func (s *Stream) markOpen(ctx context.Context) error {
	return s.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		v, err := records.Fact(ctx, tx, cleanFact)
		if err != nil {
			return err
		}
		s.unclean = v == "no"
		return records.SetFact(ctx, tx, cleanFact, "no")
	})
}

func (s *Stream) markClosed(ctx context.Context) error {
	return s.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return records.SetFact(ctx, tx, cleanFact, "yes")
	})
}

// started and ended keep count of running consumers.
func (s *Stream) started() {
	s.mu.Lock()
	s.active++
	s.mu.Unlock()
}

func (s *Stream) ended() {
	s.mu.Lock()
	s.active--
	s.mu.Unlock()
}
