package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/markusmobius/go-trafilatura"

	"lamro/internal/captures"
	"lamro/internal/records"
)

const (
	crawlers  = 8   // the shipped number of hosts visited at once
	mentioned = 0.2 // share of pages that a watch matches
	peerTime  = 2 * time.Second
)

// BenchmarkRoad measures the way of a page from the outlet to the index: fetched, read, archived
// with its capture, published, matched, indexed, everything durable. The pages lie on loopback in
// another process. See README.md for what each figure means.
func BenchmarkRoad(b *testing.B) {
	for _, size := range []struct{ kb, pages int }{{20, 1000}, {170, 400}} {
		b.Run(fmt.Sprintf("%dKB", size.kb), func(b *testing.B) {
			web := serve(b, bulk{Pages: size.pages, Outlets: 2 * crawlers, SizeKB: size.kb, Mentions: mentioned})
			var total spent
			var profile bytes.Buffer
			runs := 0
			for b.Loop() {
				b.StopTimer()
				in := open(b, web.Outlets, crawlers)
				profile.Reset()
				profiled := pprof.StartCPUProfile(&profile) == nil // not where -cpuprofile has one
				b.StartTimer()
				_, took := in.crawl(b, size.pages, 3*time.Minute, nil)
				b.StopTimer()
				if profiled {
					pprof.StopCPUProfile()
				}
				total.wall, total.cpu = total.wall+took.wall, total.cpu+took.cpu
				runs++
				if err := in.app.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.StopTimer()
			rate := perSecond(runs*size.pages, total.wall)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(rate, "articles/s")
			b.ReportMetric(each(total.cpu, runs*size.pages).Seconds()*1e3, "cpu-ms/article")
			b.ReportMetric(total.cpu.Seconds()/total.wall.Seconds(), "cores")
			reportShares(b, profile.Bytes())
			reportPeers(b, web, rate)
		})
	}
}

// reportShares says which part of the processor time each stage took, in hundredths.
func reportShares(b *testing.B, profile []byte) {
	if len(profile) == 0 {
		return
	}
	of, err := shares(profile)
	if err != nil {
		b.Fatal(err)
	}
	for name, share := range of {
		b.ReportMetric(share, "%"+name)
	}
}

// reportPeers does single parts of the road by themselves, with the same pages and at the same
// time of day, and says how many times as fast as the road they are.
func reportPeers(b *testing.B, web served, rate float64) {
	bodies, fetched := plainFetch(b, web.Addresses)
	b.ReportMetric(fetched/rate, "x-plain-fetch")
	b.ReportMetric(plainExtract(b, bodies)/rate, "x-plain-extract")
	b.ReportMetric(durableWrites(b)/rate, "x-sqlite-commit")
	b.ReportMetric(captureWrites(b, bodies)/rate, "x-capture-write")
}

// plainFetch gets every page with net/http and nothing else.
func plainFetch(b *testing.B, addresses []string) (bodies [][]byte, rate float64) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: crawlers, MaxIdleConns: 1000}}
	defer client.CloseIdleConnections()
	bodies = make([][]byte, len(addresses))
	from := time.Now()
	parallel(crawlers, len(addresses), func(i int) {
		resp, err := client.Get(addresses[i])
		if err != nil {
			b.Error(err)
			return
		}
		defer resp.Body.Close()
		if bodies[i], err = io.ReadAll(resp.Body); err != nil {
			b.Error(err)
		}
	})
	return bodies, perSecond(len(addresses), time.Since(from))
}

// plainExtract reads pages with go-trafilatura and nothing else.
func plainExtract(b *testing.B, bodies [][]byte) float64 {
	return forAWhile(runtime.GOMAXPROCS(0), func(i int) {
		opt := trafilatura.Options{EnableFallback: true, HtmlDateMode: trafilatura.Disabled}
		if _, err := trafilatura.Extract(bytes.NewReader(bodies[i%len(bodies)]), opt); err != nil {
			b.Error(err)
		}
	})
}

// durableWrites counts the smallest transactions that the records make durable.
func durableWrites(b *testing.B) float64 {
	db, err := records.Open(b.Context(), filepath.Join(b.TempDir(), "records.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	return forAWhile(crawlers, func(i int) {
		err := db.Tx(b.Context(), func(ctx context.Context, tx *records.Tx) error {
			return records.SetFact(ctx, tx, "bench", strconv.Itoa(i))
		})
		if err != nil {
			b.Error(err)
		}
	})
}

// captureWrites counts the captures that are made durable.
func captureWrites(b *testing.B, bodies [][]byte) float64 {
	store, err := captures.Open(b.TempDir(), "Lamro/bench")
	if err != nil {
		b.Fatal(err)
	}
	at := time.Now()
	return forAWhile(crawlers, func(i int) {
		_, err := store.Write(b.Context(), captures.Exchange{
			URL: "http://127.0.0.1/" + strconv.Itoa(i), Status: http.StatusOK, Body: bodies[i%len(bodies)], FetchedAt: at,
		})
		if err != nil {
			b.Error(err)
		}
	})
}

// parallel calls fn with each number below n, on so many goroutines.
func parallel(goroutines, n int, fn func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				fn(int(i))
			}
		})
	}
	wg.Wait()
}

// forAWhile calls fn with rising numbers for peerTime, and returns how often in a second.
func forAWhile(goroutines int, fn func(i int)) float64 {
	var next atomic.Int64
	var wg sync.WaitGroup
	from := time.Now()
	for range goroutines {
		wg.Go(func() {
			for time.Since(from) < peerTime {
				fn(int(next.Add(1) - 1))
			}
		})
	}
	wg.Wait()
	return perSecond(int(next.Load()), time.Since(from))
}

// The road that the benchmark measures leads somewhere: every page is archived, and what a watch
// matches is found.
func TestRoad(t *testing.T) {
	t.Parallel()
	const pages = 40
	web := serve(t, bulk{Pages: pages, Outlets: 4, SizeKB: 20, Mentions: mentioned})
	in := open(t, web.Outlets, 4)
	var found int
	in.crawl(t, pages, time.Minute, func(ctx context.Context) { found = len(in.everything(ctx, t)) })
	db := in.close(t)
	if n := len(archived(t, db)); n != pages {
		t.Errorf("%d of %d pages archived", n, pages)
	}
	if want := int(pages * mentioned); found != want {
		t.Errorf("%d articles found, want %d", found, want)
	}
}
