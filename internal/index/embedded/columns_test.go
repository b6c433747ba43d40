package embedded

import (
	"errors"
	"testing"
)

// The columns that are kept stay within their bound, those used last stay longest, and what
// failed is tried again.
func TestShelfKeepsWhatWasUsedLast(t *testing.T) {
	t.Parallel()
	var s shelf
	reads := map[uint64]int{}
	get := func(id uint64, documents int) {
		t.Helper()
		if _, err := s.of(segment{nil, id}, documents, func() (*columns, error) {
			reads[id]++
			return &columns{}, nil
		}); err != nil {
			t.Fatal(err)
		}
		if s.documents > max(keptDocuments, documents) {
			t.Fatalf("columns of %d documents are kept, want at most %d", s.documents, keptDocuments)
		}
	}
	const third = keptDocuments / 3
	get(1, third)
	get(2, third)
	get(3, third)
	get(1, third)
	get(4, third) // in the place of 2
	get(1, third)
	get(3, third)
	get(2, third)               // in the place of 4
	get(5, keptDocuments+third) // larger than the bound: alone
	get(1, third)
	for id, want := range map[uint64]int{1: 2, 2: 2, 3: 1, 4: 1, 5: 1} {
		if reads[id] != want {
			t.Errorf("segment %d was read %d times, want %d", id, reads[id], want)
		}
	}
	s.forget(nil)
	if s.documents != 0 || len(s.kept) != 0 {
		t.Errorf("%d documents of %d segments are kept of an index that was closed", s.documents, len(s.kept))
	}
}

func TestShelfForgetsWhatFailed(t *testing.T) {
	t.Parallel()
	var s shelf
	boom := errors.New("boom")
	name := segment{nil, 1}
	if _, err := s.of(name, 10, func() (*columns, error) { return nil, boom }); !errors.Is(err, boom) {
		t.Errorf("of = %v, want boom", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a panic was swallowed")
			}
		}()
		_, _ = s.of(name, 10, func() (*columns, error) { panic("inside Bleve") })
	}()
	// Whoever waited for the one that panicked gets an error, and the next reads again.
	if c, err := s.of(name, 10, func() (*columns, error) { return &columns{}, nil }); err == nil {
		t.Errorf("of after a panic = %v, want an error once", c)
	}
	if c, err := s.of(name, 10, func() (*columns, error) { return &columns{}, nil }); err != nil || c == nil {
		t.Errorf("of = %v, %v; want the columns", c, err)
	}
	if s.documents != 10 {
		t.Errorf("%d documents are kept, want 10", s.documents)
	}
}
