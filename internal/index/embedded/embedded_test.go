package embedded_test

import (
	"log/slog"
	"testing"

	"lamro/internal/index"
	"lamro/internal/index/embedded"
	"lamro/internal/index/indextest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	indextest.Run(t, func(t *testing.T, dir string) index.Index { return open(t, dir) })
}

func open(t testing.TB, dir string) *embedded.Index {
	t.Helper()
	x, err := embedded.Open(embedded.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	return x
}
