package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lamro/crawler/fetch"
)

func TestBodyLimits(t *testing.T) {
	t.Parallel()
	bomb := packed(bytes.Repeat([]byte{0}, 64<<20))
	s := newSite(t)
	chunk := bytes.Repeat([]byte("a"), 1<<20)
	s.mux.HandleFunc("/50mb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for range 50 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	encoded := func(path, encoding string, b []byte) {
		s.mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			if encoding != "" {
				w.Header().Set("Content-Encoding", encoding)
			}
			_, _ = w.Write(b)
		})
	}
	encoded("/bom", "gzip", bomb)
	encoded("/sitemap.xml.gz", "", bomb)
	encoded("/hai-lop", "gzip", packed(packed([]byte("chữ"))))
	encoded("/br", "br", []byte("xx"))
	encoded("/cut", "gzip", packed([]byte(strings.Repeat("chữ ", 1000)))[:60])
	encoded("/hong", "gzip", []byte("\x1f\x8b\x01\x00\x00\x00\x00\x00\x00\x00"))
	s.mux.HandleFunc("/ngan", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "chỉ chừng này")
	})
	s.mux.HandleFunc("/anh", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		fmt.Fprint(w, "ảnh")
	})
	s.mux.HandleFunc("/dau", func(w http.ResponseWriter, _ *http.Request) {
		for i := range 200 {
			w.Header().Set(fmt.Sprint("X-", i), strings.Repeat("a", 1000))
		}
	})
	f := newFetcher(t, nil)
	for path, code := range map[string]string{
		"/50mb":           fetch.CodeTooLarge,
		"/bom":            fetch.CodeBadEncoding,
		"/sitemap.xml.gz": fetch.CodeBadEncoding,
		"/hai-lop":        fetch.CodeBadEncoding,
		"/br":             fetch.CodeBadEncoding,
		"/cut":            fetch.CodeIncomplete,
		"/hong":           fetch.CodeBadEncoding,
		"/ngan":           fetch.CodeIncomplete,
		"/anh":            fetch.CodeWrongType,
		"/dau":            fetch.CodeBadResponse,
	} {
		res, err := f.Fetch(t.Context(), page(s.URL+path))
		if got := fetch.CodeOf(err); got != code {
			t.Errorf("Fetch(%s) = %v, code %q, want %q", path, err, got, code)
		}
		if len(res.Body) != 0 {
			t.Errorf("Fetch(%s) left %d bytes of a body that is not whole", path, len(res.Body))
		}
	}
}

func packed(b []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(b)
	z.Close()
	return buf.Bytes()
}

func TestGzipFileIsUnpackedOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.mux.HandleFunc("/sitemap.xml.gz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(packed([]byte("<urlset/>"))) })
	s.text("/plain.xml.gz", "text/xml", "<urlset/>")
	f := newFetcher(t, nil)
	for _, path := range []string{"/sitemap.xml.gz", "/plain.xml.gz"} {
		res, err := f.Fetch(t.Context(), fetch.Request{URL: s.URL + path, Kind: fetch.KindFeed, AllowPrivate: true})
		if err != nil || string(res.Body) != "<urlset/>" {
			t.Errorf("Fetch(%s) = %q, %v; want the sitemap", path, res.Body, err)
		}
	}
}

func TestDripIsCut(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.mux.HandleFunc("/nho-giot", func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				fmt.Fprint(w, "x")
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	})
	s.mux.HandleFunc("/im-lang", func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	f := newFetcher(t, func(c *fetch.Config) { c.Grace = 200 * time.Millisecond; c.Timeout = time.Second })
	_, err := f.Fetch(t.Context(), page(s.URL+"/nho-giot"))
	wantCode(t, err, fetch.CodeTooSlow)
	_, err = f.Fetch(t.Context(), page(s.URL+"/im-lang"))
	wantCode(t, err, fetch.CodeTimeout)
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.mux.HandleFunc("/a", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	saved := &memory{}
	f := newFetcher(t, func(c *fetch.Config) { c.Paces = saved })
	_, err := f.Fetch(t.Context(), page(s.URL+"/a"))
	wantCode(t, err, fetch.CodeTooMany)
	for _, f := range []*fetch.Fetcher{f, newFetcher(t, func(c *fetch.Config) { c.Paces = saved })} {
		_, err = f.Fetch(t.Context(), page(s.URL+"/a"))
		wantCode(t, err, fetch.CodeBackingOff)
		var e *fetch.Error
		if errors.As(err, &e); time.Until(e.Retry) < 59*time.Minute {
			t.Errorf("Retry = %v, want in an hour", e.Retry)
		}
	}
	if n := s.count("/a"); n != 1 {
		t.Errorf("the page was asked for %d times, want once", n)
	}
}

// memory keeps paces as the records would.
type memory struct{ m sync.Map }

func (m *memory) LoadPace(_ context.Context, host string) (fetch.Pace, error) {
	p, _ := m.m.Load(host)
	pace, _ := p.(fetch.Pace)
	return pace, nil
}

func (m *memory) SavePace(_ context.Context, host string, p fetch.Pace) error {
	m.m.Store(host, p)
	return nil
}

// broken keeps nothing.
type broken struct{ memory }

func (*broken) SavePace(context.Context, string, fetch.Pace) error { return errors.New("disk is full") }

func TestNothingStartsWhenThePaceCannotBeSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	f := newFetcher(t, func(c *fetch.Config) { c.Pace, c.Paces = time.Second, &broken{} })
	_, err := f.Fetch(t.Context(), page(s.URL+"/a"))
	if err == nil || fetch.CodeOf(err) != "" || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("Fetch = %v, want the error of the records", err)
	}
	if len(s.asked) != 0 {
		t.Errorf("the site was asked for %q", s.asked)
	}
}

func TestOneAddressIsNotCrowded(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		tick := time.NewTimer(20 * time.Millisecond)
		<-tick.C
	})
	f := newFetcher(t, func(c *fetch.Config) { c.PerAddress = 2 })
	var wg sync.WaitGroup
	for range 4 {
		s := httptest.NewServer(handler) // another host at the same address
		t.Cleanup(s.Close)
		for i := range 3 {
			wg.Go(func() {
				if _, err := f.Fetch(t.Context(), page(fmt.Sprint(s.URL, "/", i))); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if got := most.Load(); got > 2 {
		t.Errorf("%d requests at once to one address, want at most 2", got)
	}
}

// What the host sees: no two requests closer than the pace, robots.txt among them.
func TestPaceOnTheWire(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var arrived []time.Time
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		arrived = append(arrived, time.Now())
	}))
	t.Cleanup(s.Close)
	const pace = 30 * time.Millisecond
	f := newFetcher(t, func(c *fetch.Config) { c.Pace, c.Scale = time.Second, float64(time.Second/pace) })
	for range 5 {
		if _, err := f.Fetch(t.Context(), page(s.URL+"/a")); err != nil {
			t.Fatal(err)
		}
	}
	if len(arrived) != 6 {
		t.Fatalf("%d requests, want robots.txt and five pages", len(arrived))
	}
	for i := 1; i < len(arrived); i++ {
		if gap := arrived[i].Sub(arrived[i-1]); gap < pace {
			t.Errorf("request %d came %v after the one before, want %v or more", i, gap, pace)
		}
	}
}
