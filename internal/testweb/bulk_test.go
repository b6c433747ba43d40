package testweb

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBulkIsAsAskedFor(t *testing.T) {
	t.Parallel()
	c := newClock()
	w, err := Bulk(BulkConfig{Config: Config{Now: c.Now, Hold: true}, Pages: 1200, Outlets: 2, SizeKB: 20, Mentions: 0.25, Live: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	if got := len(w.ledger.Truth()); got != 0 {
		t.Errorf("%d pages before the release", got)
	}
	for _, o := range w.Outlets() {
		for _, f := range o.Feeds {
			get(t, f.URL)
		}
	}
	if !w.Polled() {
		t.Error("every feed was asked and Polled says no")
	}
	c.advance(time.Second)
	w.Release()
	c.advance(Quiet)
	listed, mentions, alerts := 0, 0, 0
	for _, o := range w.Outlets() {
		for _, f := range o.Feeds {
			_, body := get(t, f.URL)
			listed += len(linksOf(t, f, o.Home, body))
		}
	}
	for _, tr := range w.ledger.Truth() {
		if tr.Find == Must {
			mentions++
		}
		if tr.Alert == Must {
			alerts++
		}
	}
	if listed != 1200 || mentions != 300 || alerts != 300 {
		t.Errorf("%d pages listed, %d mentions, %d alerts; want 1200, 300, 300", listed, mentions, alerts)
	}
	texts := make(map[string]bool)
	for _, p := range every(w) {
		texts[p.lead+strings.Join(p.paras, "")] = true
	}
	if len(texts) != 1200 {
		t.Errorf("%d distinct texts, want 1200", len(texts))
	}
}

func TestBulkPagesAreAsHeavyAsAskedFor(t *testing.T) {
	t.Parallel()
	for _, kb := range []int{20, 170} {
		w, err := Bulk(BulkConfig{Pages: 3, Outlets: 1, SizeKB: kb, Mentions: 1})
		if err != nil {
			t.Fatal(err)
		}
		_, body := get(t, w.Addresses()[0])
		if got := len(body); got < kb<<10*9/10 || got > kb<<10*11/10 {
			t.Errorf("a page of %d KB has %d bytes", kb, got)
		}
		if got := strings.Count(body, "<"); got > 8000 {
			t.Errorf("a page of %d KB has %d tags", kb, got)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestServeDocuments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page := "<html><head><meta charset=utf-8></head><body><p>Trang gốc về Bắc Kạn</p></body></html>"
	write := func(name, content string) {
		t.Helper()
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		var w io.WriteCloser = f
		if strings.HasSuffix(name, ".gz") {
			w = gzip.NewWriter(f)
		}
		_, _ = w.Write([]byte(content))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	write("a.html.gz", page)
	write("b.jsonl", `{"id":"x1","title":"Một bài","lead":"Mở đầu.","text":"Đoạn một.\n\nĐoạn hai.","published_at":"2025-03-01T08:00:00+07:00"}`+"\n"+
		`{"id":"x2","html_path":"a.html.gz"}`+"\n")
	write("c.md", "không phải")
	docs, err := ReadDocuments(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(docs) != 3 {
		t.Fatalf("%d documents, want 3", len(docs))
	}
	w, err := Serve(docs, 2, Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	addresses := w.Addresses()
	for i, want := range []string{"Trang gốc về Bắc Kạn", "<p>Đoạn hai.</p>", "Trang gốc về Bắc Kạn"} {
		resp, body := get(t, addresses[i])
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, no %q", addresses[i], resp.StatusCode, want)
		}
	}
	var listed []string
	for _, o := range w.Outlets() {
		for _, f := range o.Feeds {
			_, body := get(t, f.URL)
			listed = append(listed, linksOf(t, f, o.Home, body)...)
		}
	}
	slices.Sort(listed)
	slices.Sort(addresses)
	if !slices.Equal(listed, addresses) {
		t.Errorf("feeds list %v, want %v", listed, addresses)
	}
	if r := w.ledger.Judge(addresses, nil); !r.OK() && len(r.Demo.Mentions.False) > 0 {
		t.Errorf("documents found are judged false: %v", r.Demo.Mentions.False)
	}
}

func TestReadDocumentsNamesTheBadLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.jsonl"), []byte("{\"id\":\"a\"}\n{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadDocuments(dir); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v, want the line in it", err)
	}
}

func startHostile(t *testing.T) *Hostile {
	t.Helper()
	h, err := StartHostile()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	h := startHostile(t)
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	cases := []struct {
		path   string
		status int
		least  int64 // bytes of the body
	}{
		{"/robots.txt", 200, 10}, {HostileFeedHTML, 200, 50}, {HostileFeedEmpty, 200, 0}, {HostileFeedGood, 200, 500},
		{HostileHuge, 200, 50 << 20}, {HostilePrivate, 302, 0}, {HostileMetadata, 302, 0}, {HostileFile, 302, 0},
		{HostileDisallowed, 302, 0}, {HostileLoop, 302, 0}, {HostileBomb, 200, 1 << 20}, {HostileMissing, 404, 10},
		{HostileGone, 410, 5}, {HostileSoft404, 200, 50}, {HostileChallenge, 200, 50}, {HostileNested, 200, 1 << 20},
		{HostileSiblings, 200, 1 << 20}, {HostileBadGzip, 200, 5}, {HostileBusy, 429, 1}, {HostileNullBytes, 200, 50},
		{"/khac", 404, 0},
	}
	for _, c := range cases {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL(c.path), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || n < c.least {
			t.Errorf("%s: status %d, %d bytes, %v; want %d and at least %d", c.path, resp.StatusCode, n, err, c.status, c.least)
		}
		if h.Seen(c.path) != 1 {
			t.Errorf("%s was seen %d times, want 1", c.path, h.Seen(c.path))
		}
	}
}

// Slow answers end with their reader, and with the host.
func TestHostileSlowAnswersEnd(t *testing.T) {
	t.Parallel()
	h := startHostile(t)
	for _, path := range []string{HostileDrip, HostileEndless, HostileSilent} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL(path), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
		if err == nil {
			t.Errorf("%s ended by itself", path)
		}
		cancel()
	}
}

func BenchmarkPage(b *testing.B) {
	w, err := Bulk(BulkConfig{Pages: 10, Outlets: 1, SizeKB: 170, Mentions: 0.5})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = w.Close() })
	s := w.sites[0]
	for b.Loop() {
		if _, err := s.renderPage(s.pages[0], time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
