package records_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"lamro/internal/records"
)

func TestTxIsAllOrNothing(t *testing.T) {
	db, err := records.Open(t.Context(), filepath.Join(t.TempDir(), "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	boom := errors.New("boom")
	err = db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		if err := records.SetFact(ctx, tx, "a", "1"); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("Tx = %v, want boom", err)
	}
	if v, err := records.Fact(t.Context(), db.Read(), "a"); err != nil || v != "" {
		t.Fatalf("Fact after a failed transaction = %q, %v; want nothing", v, err)
	}
}

func TestOpenTwiceKeepsWhatWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "thư mục", "records.db")
	for i, want := range []string{"", "kept"} {
		db, err := records.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := records.Fact(t.Context(), db.Read(), "a"); err != nil || v != want {
			t.Fatalf("open %d: Fact = %q, %v; want %q", i, v, err, want)
		}
		err = db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
			return records.SetFact(ctx, tx, "a", "kept")
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFileVacuumsByItself(t *testing.T) {
	db, err := records.Open(t.Context(), filepath.Join(t.TempDir(), "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var mode int
	if err := db.Read().QueryRowContext(t.Context(), `PRAGMA auto_vacuum`).Scan(&mode); err != nil || mode != 2 {
		t.Fatalf("auto_vacuum = %d, %v; want 2 (incremental)", mode, err)
	}
}
