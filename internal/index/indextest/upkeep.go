package indextest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/query"
)

// Erase loses nothing else: documents, tombstones and other months stay.
func testErase(t *testing.T, open Open) {
	x := fresh(t, open)
	month := news.Month(noon)
	october := doc("tháng-10", "ở lại", seenAt(noon.AddDate(0, -1, 0)))
	put(t, x, doc("a", "bí mật"), doc("b", "ở lại", rev(4)), doc("c", "bí mật"), october)
	apply(t, x, index.Done, index.Delete("a", 2, month), index.Delete("c", 2, month))
	for range 2 { // the message that tells of a deletion may come twice
		if err := x.Erase(t.Context(), []index.Ref{{ID: "a", Month: month}, {ID: "never", Month: "2020-01"}}); err != nil {
			t.Fatalf("Erase = %v", err)
		}
	}
	wantFound(t, x, `"bí mật"`)
	wantFound(t, x, `"ở lại"`, "b", "tháng-10")
	apply(t, x, index.Stale,
		index.Put(doc("a", "bí mật", rev(2))), index.Put(doc("b", "cũ", rev(4))), index.Put(doc("c", "bí mật", rev(2))))
	wantCount(t, x, 2)
	put(t, x, doc("b", "vẫn ghi được", rev(5)))
	wantFound(t, x, `"vẫn ghi được"`, "b")
	if err := x.Health(t.Context()); err != nil {
		t.Errorf("Health = %v", err)
	}
}

// A month is searched while it is made anew, and nothing that comes meanwhile is lost.
func testRebuild(t *testing.T, open Open) {
	x := fresh(t, open)
	month := news.Month(noon)
	put(t, x, doc("a", "cũ"), doc("gone", "cũ"), doc("taken-down", "cũ"))

	boom := errors.New("boom")
	err := x.Rebuild(t.Context(), month, func(func(context.Context, []index.Op) error) error { return boom })
	if !errors.Is(err, boom) {
		t.Errorf("Rebuild = %v, want the error of fill", err)
	}
	wantFound(t, x, "cũ", "a", "gone", "taken-down")

	err = x.Rebuild(t.Context(), month, func(put func(context.Context, []index.Op) error) error {
		ctx := t.Context()
		// The records were read before these came, so what is put is older.
		apply(t, x, index.Done, index.Put(doc("live", "mới đến")), index.Delete("taken-down", 3, month),
			index.Put(doc("a", "bản sau", rev(3))))
		if err := put(ctx, []index.Op{index.Put(doc("a", "bản trước", rev(2))), index.Put(doc("taken-down", "cũ", rev(2)))}); err != nil {
			return err
		}
		if err := put(ctx, []index.Op{index.Put(doc("more", "thêm"))}); err != nil {
			return err
		}
		if err := put(ctx, []index.Op{index.Put(doc("x", "lạc", seenAt(noon.AddDate(0, 1, 0))))}); err == nil {
			t.Error("put of another month = nil, want an error")
		}
		wantFound(t, x, "cũ", "gone") // the old month is still the one that is searched
		return nil
	})
	if err != nil {
		t.Fatalf("Rebuild = %v", err)
	}
	wantFound(t, x, "cũ")
	wantFound(t, x, `"mới đến" OR thêm OR "bản sau" OR "bản trước"`, "a", "live", "more")
	wantFound(t, x, `"bản trước"`)
	wantCount(t, x, 3)

	if err := x.Rebuild(t.Context(), month, func(func(context.Context, []index.Op) error) error { return nil }); err != nil {
		t.Fatalf("Rebuild with nothing = %v", err)
	}
	if all, _, err := x.Months(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("Months after a month was emptied = %v, %v; want none", all, err)
	}
	put(t, x, doc("again", "lại"))
	wantFound(t, x, "lại", "again")
	if err := x.Rebuild(t.Context(), "../../etc", nil); err == nil {
		t.Error("Rebuild of no month = nil, want an error")
	}
}

// Writers, readers, a rebuild and an erasure at once: each search sees whole batches.
func testConcurrency(t *testing.T, open Open) {
	x := fresh(t, open)
	month := news.Month(noon)
	const writers, rounds, batch = 3, 6, 10
	put(t, x, doc("base", "nền"))
	apply(t, x, index.Done, index.Put(doc("secret", "bí mật")), index.Delete("secret", 2, month))
	q := parse(t, "cùng", query.Auto)

	var work, watch sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for r := range rounds {
				var ops []index.Op
				for i := range batch {
					ops = append(ops, index.Put(doc(fmt.Sprintf("w%d-%d-%d", w, r, i), "cùng lúc")))
				}
				if _, err := x.Apply(t.Context(), ops); err != nil {
					t.Errorf("Apply = %v", err)
				}
			}
		})
	}
	work.Go(func() {
		if err := x.Erase(t.Context(), []index.Ref{{ID: "secret", Month: month}}); err != nil {
			t.Errorf("Erase = %v", err)
		}
	})
	ended := make(chan struct{})
	for range 2 {
		watch.Go(func() {
			for last := 0; ; {
				p, err := x.Search(t.Context(), index.Search{Query: q, ByStory: true, Histogram: true})
				if err != nil {
					t.Errorf("Search = %v", err)
					return
				}
				if p.Articles < last || p.Articles%batch != 0 {
					t.Errorf("a search found %d articles after %d: not a whole number of batches", p.Articles, last)
				}
				last = p.Articles
				select {
				case <-ended:
					return
				default:
				}
			}
		})
	}
	work.Wait()
	close(ended)
	watch.Wait()
	if p := search(t, x, index.Search{Query: q}); p.Articles != writers*rounds*batch {
		t.Errorf("found %d articles, want %d", p.Articles, writers*rounds*batch)
	}
	wantCount(t, x, writers*rounds*batch+1)
}
