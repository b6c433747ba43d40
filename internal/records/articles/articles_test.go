package articles_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/captures"
	"lamro/internal/records/outbox"
	"lamro/internal/records/recordstest"
)

// Just before midnight in Hà Nội on the last of the month: the month is the office's.
var seen = time.Date(2026, 11, 30, 16, 59, 59, 123456789, time.UTC)

func page(body string) articles.NewVersion {
	return articles.NewVersion{
		URLKey: "bao.example/tin-1", KeyRule: 1, URL: "https://bao.example/tin-1", Source: "bao-a", Feed: "f1",
		Title: "Mưa lớn", Lead: "Sáng nay.", Body: body, Language: "vi", SeenAt: seen, Cause: news.Seen,
		Extractor: "test 1", Lane: news.Live, Capture: "c1",
	}
}

func put(t testing.TB, db *records.DB, v articles.NewVersion) articles.Result {
	t.Helper()
	var r articles.Result
	err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) (err error) {
		r, err = articles.Put(ctx, tx, v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFirstVersion(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	v := page("Đường sạt lở.")
	v.PublishedAt, v.PublishedFrom, v.NotNews, v.DateClamped = seen.Add(-time.Hour), news.FromMeta, news.NotNewsOld, true
	r := put(t, db, v)
	if want := (articles.Result{ID: articles.ID(v.URLKey), N: 1, Rev: 1, New: true, Changed: true}); r != want {
		t.Fatalf("Put = %+v, want %+v", r, want)
	}
	if len(r.ID) != 26 || strings.ToLower(r.ID) != r.ID {
		t.Errorf("id %q is not 26 lower-case characters", r.ID)
	}
	a, err := articles.Get(t.Context(), db.Read(), r.ID)
	if err != nil || a.Month != "2026-11" || a.Rev != 1 || a.Latest != 1 || !a.FirstSeen.Equal(seen.Truncate(time.Millisecond)) {
		t.Errorf("Get = %+v, %v", a, err)
	}
	m, err := articles.Message(t.Context(), db.Read(), r.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	vs, err := articles.Versions(t.Context(), db.Read(), r.ID)
	if err != nil || len(vs) != 1 || !vs[0].DateClamped || vs[0].Capture != "c1" || vs[0].Extractor != "test 1" {
		t.Fatalf("Versions = %+v, %v", vs, err)
	}
	want := news.Article{
		Schema: news.Schema, ID: r.ID, N: 1, Source: "bao-a", URL: v.URL, Title: v.Title, Lead: v.Lead, Body: v.Body,
		Language: "vi", PublishedAt: v.PublishedAt.Truncate(time.Millisecond), PublishedFrom: news.FromMeta,
		FirstSeen: a.FirstSeen, SeenAt: a.FirstSeen, Cause: news.Seen, Lane: news.Live, NotNews: news.NotNewsOld,
		BodyHash: vs[0].BodyHash,
	}
	if m != want {
		t.Errorf("Message = %+v, want %+v", m, want)
	}
	rows, err := outbox.Waiting(t.Context(), db.Read(), 10)
	if err != nil || len(rows) != 1 || rows[0].Subject != "articles.live.bao-a" || rows[0].Message != r.ID+":1" || rows[0].Payload != nil {
		t.Errorf("outbox = %+v, %v", rows, err)
	}
	if at, err := articles.Newest(t.Context(), db.Read()); err != nil || !at.Equal(a.FirstSeen) {
		t.Errorf("Newest = %v, %v", at, err)
	}
}

// Only a changed text is a version, and a text that comes back is one too.
func TestVersions(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	for i, step := range []struct {
		body    string
		n       int
		rev     int64
		changed bool
	}{{"A", 1, 1, true}, {"A", 1, 1, false}, {"B", 2, 2, true}, {"A", 3, 3, true}, {"A", 3, 3, false}} {
		v := page(step.body)
		v.SeenAt = seen.Add(time.Duration(i) * time.Hour)
		r := put(t, db, v)
		if r.N != step.n || r.Rev != step.rev || r.Changed != step.changed || r.New != (i == 0) {
			t.Errorf("step %d: Put = %+v, want n %d, rev %d, changed %v", i, r, step.n, step.rev, step.changed)
		}
	}
	a, err := articles.Get(t.Context(), db.Read(), articles.ID(page("").URLKey))
	if err != nil || a.Month != "2026-11" {
		t.Errorf("the month of first sight moved: %+v, %v", a, err)
	}
	if rows, err := outbox.Waiting(t.Context(), db.Read(), 10); err != nil || len(rows) != 3 {
		t.Errorf("%d outbox rows, %v; want one for each version", len(rows), err)
	}
}

func TestAddressesLeadToOneArticle(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	v := page("A")
	v.Aliases = []string{"bao.example/amp/tin-1"}
	first := put(t, db, v)
	amp := page("A")
	amp.URLKey, amp.Aliases = "bao.example/amp/tin-1", nil
	if r := put(t, db, amp); r.ID != first.ID || r.Changed {
		t.Errorf("the AMP page = %+v, want the same article unchanged", r)
	}
	other := page("C")
	other.URLKey = "bao.example/tin-2"
	second := put(t, db, other)
	// A page that claims another's address stays what it was.
	other.Aliases = []string{v.URLKey}
	if r := put(t, db, other); r.ID != second.ID {
		t.Errorf("the claim moved %s to %s", second.ID, r.ID)
	}
	if a, err := articles.ByURLKey(t.Context(), db.Read(), v.URLKey); err != nil || a.ID != first.ID {
		t.Errorf("ByURLKey = %+v, %v; want %s", a, err, first.ID)
	}
	if _, err := articles.ByURLKey(t.Context(), db.Read(), "bao.example/nowhere"); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("ByURLKey of an unknown address = %v", err)
	}
}

// Copies are told by what they say, not by how it is set.
func TestBodyHashOfCopies(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	hash := func(i int, title, lead, body string) string {
		v := page(body)
		v.URLKey, v.Title, v.Lead = fmt.Sprint("bao.example/", i), title, lead
		r := put(t, db, v)
		m, err := articles.Message(t.Context(), db.Read(), r.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		return m.BodyHash
	}
	base := hash(1, "Một", "Sáng nay,", "đường bị sạt lở; không ai bị thương.")
	for i, c := range []struct {
		lead, body string
		same       bool
	}{
		{"Sáng nay", "Đường bị SẠT LỞ - không ai bị thương", true},
		{"Sáng nay,", "đường  bị sạt lở;\n\nkhông ai bị thương.", true},
		{"Sáng nay,", "đường bị sạt lở; hai người bị thương.", false},
		{"Sáng nay, đường", "bị sạt lở; không ai bị thương.", false},
	} {
		if got := hash(10+i, "Tựa khác", c.lead, c.body) == base; got != c.same {
			t.Errorf("%q, %q equals the original: %v, want %v", c.lead, c.body, got, c.same)
		}
	}
	if h := hash(90, "Ảnh", "", "…"); h != "" {
		t.Errorf("body hash without words = %q, want none", h)
	}
}

func TestPutRefusesWhatCannotTravel(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	for name, change := range map[string]func(*articles.NewVersion){
		"no key":      func(v *articles.NewVersion) { v.URLKey = "" },
		"dotted id":   func(v *articles.NewVersion) { v.Source = "bao.example" },
		"lane":        func(v *articles.NewVersion) { v.Lane = "slow" },
		"cause":       func(v *articles.NewVersion) { v.Cause = "" },
		"long body":   func(v *articles.NewVersion) { v.Body = strings.Repeat("a", news.MaxBody+1) },
		"no time":     func(v *articles.NewVersion) { v.SeenAt = time.Time{} },
		"long source": func(v *articles.NewVersion) { v.Source = strings.Repeat("a", 41) },
	} {
		v := page("A")
		change(&v)
		err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
			_, err := articles.Put(ctx, tx, v)
			return err
		})
		if err == nil {
			t.Errorf("%s: stored", name)
		}
	}
}

func TestDeleteLeavesATombstone(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id := put(t, db, page("A")).ID
	before, err := articles.GetVersion(t.Context(), db.Read(), id, 1)
	if err != nil {
		t.Fatal(err)
	}
	put(t, db, page("B"))
	err = db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		return captures.Add(ctx, tx, captures.Capture{ID: "c1", Article: id, URL: "https://bao.example/tin-1",
			Path: "2026/11/30/c1.warc.gz", SHA256: "ab", PayloadDigest: "sha256:cd", FetchedAt: seen})
	})
	if err != nil {
		t.Fatal(err)
	}
	var first articles.Erasure
	for i := range 2 {
		var e articles.Erasure
		err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) (err error) {
			e, err = articles.Delete(ctx, tx, id, "admin", "theo đề nghị")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Captures) != 1 || e.Captures[0] != "2026/11/30/c1.warc.gz" || e.Rev != 3 {
			t.Errorf("Delete %d = %+v, want the capture and revision 3", i, e)
		}
		if i == 0 {
			first = e
		}
	}
	vs, err := articles.Versions(t.Context(), db.Read(), id)
	if err != nil || len(vs) != 2 {
		t.Fatalf("Versions = %+v, %v", vs, err)
	}
	if v := vs[0]; v.Title+v.Lead+v.Body+v.URL != "" || v.VersionHash != before.VersionHash || v.Bytes != before.Bytes || v.ErasedAt.IsZero() {
		t.Errorf("version left = %+v, want hashes and counts only", v)
	}
	if _, err := articles.Message(t.Context(), db.Read(), id, 1); !errors.Is(err, articles.ErrErased) {
		t.Errorf("Message = %v, want ErrErased", err)
	}
	a, err := articles.ByURLKey(t.Context(), db.Read(), page("").URLKey)
	if err != nil || a.DeletedAt.IsZero() || a.URL != "" {
		t.Errorf("ByURLKey of the deleted article = %+v, %v", a, err)
	}
	if r := put(t, db, page("C")); !r.Deleted || r.Changed {
		t.Errorf("Put after the deletion = %+v, want nothing written", r)
	}
	rows, err := outbox.Waiting(t.Context(), db.Read(), 10)
	if err != nil || len(rows) != 1 || rows[0].Topic != outbox.Mentions || rows[0].Message != id+":3" || strings.Contains(string(rows[0].Payload), "Mưa") {
		t.Errorf("outbox = %+v, %v; want the event of the deletion only", rows, err)
	}
	pending, err := articles.Erasures(t.Context(), db.Read())
	if err != nil || len(pending) != 1 || pending[0].Article != first.Article {
		t.Errorf("Erasures = %+v, %v", pending, err)
	}
}

func TestForgetDropsWhatNeverMatched(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id := put(t, db, page("A")).ID
	kept := page("B")
	kept.URLKey = "bao.example/tin-2"
	matched := put(t, db, kept).ID
	err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		return articles.MarkMentioned(ctx, tx, matched)
	})
	if err != nil {
		t.Fatal(err)
	}
	old, err := articles.Unmatched(t.Context(), db.Read(), seen.Add(time.Hour), 10)
	if err != nil || len(old) != 1 || old[0] != id {
		t.Fatalf("Unmatched = %v, %v; want %s", old, err, id)
	}
	forget := func(id string) error {
		return db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
			_, err := articles.Forget(ctx, tx, id)
			return err
		})
	}
	if err := forget(id); err != nil {
		t.Fatal(err)
	}
	if err := forget(matched); err == nil {
		t.Error("a matched article was forgotten")
	}
	n := 0
	err = articles.Each(t.Context(), db.Read(), time.Time{}, time.Time{}, func(a news.Article) error {
		n++
		if a.ID != matched {
			t.Errorf("Each yields %s, which is forgotten", a.ID)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("Each yields %d, %v; want 1", n, err)
	}
	// The same page again is still no new version; a changed one is.
	if r := put(t, db, page("A")); r.Changed {
		t.Errorf("Put of the forgotten text = %+v, want unchanged", r)
	}
	if r := put(t, db, page("Khác")); !r.Changed || r.N != 2 {
		t.Errorf("Put of a changed text = %+v, want version 2", r)
	}
}

func TestEachReadsAllInOrder(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	for i := range 250 {
		v := page("A")
		v.URLKey, v.SeenAt = fmt.Sprint("bao.example/", i), seen.Add(time.Duration(i/3)*time.Second) // threes of one time
		put(t, db, v)
	}
	ids, last := map[string]bool{}, time.Time{}
	err := articles.Each(t.Context(), db.Read(), seen.Add(time.Second), seen.Add(80*time.Second), func(a news.Article) error {
		if a.FirstSeen.Before(last) || ids[a.ID] {
			t.Errorf("%s comes twice or out of order", a.ID)
		}
		ids[a.ID], last = true, a.FirstSeen
		return nil
	})
	if err != nil || len(ids) != 79*3 {
		t.Errorf("Each = %d articles, %v; want %d", len(ids), err, 79*3)
	}
}
