package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lamro/internal/records"
	"lamro/internal/records/outbox"
)

// probeName is a stream of one message, written to see whether the server still writes.
const probeName = "PROBE"

const (
	probeBytes = 1 << 20
	dedupe     = 2 * time.Minute // a longer window costs start-up time: its ids are read again
)

// wanted are the streams as they should be. Their limits stay below the server's together, and
// a full stream refuses what is new: the outbox keeps it.
func (s *Stream) wanted() []jetstream.StreamConfig {
	base := jetstream.StreamConfig{
		Retention: jetstream.LimitsPolicy, Storage: jetstream.FileStorage, Discard: jetstream.DiscardNew,
		MaxAge: Retention, Compression: jetstream.S2Compression, Duplicates: dedupe,
		Replicas: max(s.cfg.Replicas, 1), AllowDirect: true,
	}
	store := s.cfg.MaxStore
	if store == 0 {
		store = 50 << 30 // a server elsewhere has limits of its own
	}
	articles, mentions, probe := base, base, base
	articles.Name, articles.Subjects, articles.MaxBytes = outbox.Articles, []string{"articles.>"}, store/16*12
	mentions.Name, mentions.Subjects, mentions.MaxBytes = outbox.Mentions, []string{"mentions.>"}, store/16*3
	probe.Name, probe.Subjects, probe.MaxBytes, probe.MaxMsgs = probeName, []string{"probe"}, min(probeBytes, store/16), 1
	probe.Discard, probe.Compression = jetstream.DiscardOld, jetstream.NoCompression
	return []jetstream.StreamConfig{articles, mentions, probe}
}

// ensure makes the streams as they should be. A stream is known by the time it was made: one
// that is missing, or another one of the same name, holds not what the outbox says it holds.
func (s *Stream) ensure(ctx context.Context) error {
	for _, want := range s.wanted() {
		if err := s.ensureStream(ctx, want); err != nil {
			return fmt.Errorf("open stream %s: %w", want.Name, err)
		}
	}
	return nil
}

func (s *Stream) ensureStream(ctx context.Context, want jetstream.StreamConfig) error {
	known, err := records.Fact(ctx, s.cfg.DB.Read(), "stream."+want.Name)
	if err != nil {
		return err
	}
	st, err := s.js.Stream(ctx, want.Name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		st, err = s.create(ctx, want, known != "")
	case err == nil:
		st, err = s.adapt(ctx, st, want)
	}
	if err != nil {
		return err
	}
	made := st.CachedInfo().Created.UTC().Format(time.RFC3339Nano)
	if made == known || want.Name == probeName {
		return nil
	}
	return s.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if known != "" {
			n, err := outbox.Refill(ctx, tx, want.Name, 0)
			if err != nil {
				return err
			}
			s.cfg.Log.Warn("stream made anew, filling it from the outbox", "stream", want.Name, "messages", n)
		}
		return records.SetFact(ctx, tx, "stream."+want.Name, made)
	})
}

func (s *Stream) create(ctx context.Context, want jetstream.StreamConfig, known bool) (jetstream.Stream, error) {
	if known && !s.cfg.Recreate {
		where := s.cfg.URL
		if s.embedded != nil {
			where = s.cfg.Dir
		}
		return nil, fmt.Errorf("%w: the records know it, %s does not have it. Restore it from a backup, "+
			"or start once with --recreate-streams: it is made anew and filled from the records", ErrMissing, where)
	}
	if s.embedded != nil {
		if err := s.embedded.discard(want.Name); err != nil {
			return nil, err
		}
	}
	return s.js.CreateStream(ctx, want)
}

// adapt changes a stream only where it differs: every change rewrites the files that a power cut
// would lose the whole stream with.
func (s *Stream) adapt(ctx context.Context, st jetstream.Stream, want jetstream.StreamConfig) (jetstream.Stream, error) {
	have := st.CachedInfo().Config
	if sameSettings(have, want) {
		return st, nil
	}
	changed := have
	changed.Subjects, changed.MaxAge, changed.MaxBytes, changed.MaxMsgs = want.Subjects, want.MaxAge, want.MaxBytes, want.MaxMsgs
	changed.Discard, changed.Compression, changed.Duplicates = want.Discard, want.Compression, want.Duplicates
	changed.Replicas, changed.AllowDirect = want.Replicas, want.AllowDirect
	s.cfg.Log.Info("stream settings changed", "stream", want.Name, "max_bytes", want.MaxBytes)
	return s.js.UpdateStream(ctx, changed)
}

func sameSettings(a, b jetstream.StreamConfig) bool {
	return slices.Equal(a.Subjects, b.Subjects) && a.MaxAge == b.MaxAge && a.MaxBytes == b.MaxBytes &&
		max(a.MaxMsgs, 0) == max(b.MaxMsgs, 0) && a.Discard == b.Discard && a.Compression == b.Compression &&
		a.Duplicates == b.Duplicates && a.Replicas == b.Replicas && a.AllowDirect == b.AllowDirect
}
