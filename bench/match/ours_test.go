package match

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"lamro/analyzer/match"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// ours is our matcher with compiled watches.
type ours struct {
	set     *match.Set
	watches []clause
	reader  vietnamese.Reader
	finder  match.Finder
	fields  [1]query.Field
	parse   time.Duration // processor time of parsing the watches
	build   time.Duration // processor time of compiling them
	memory  float64       // MB that stay in use for the set and one worker
}

// newOurs compiles the watches and lets a worker match once. What is left in memory then is
// counted; the parsed queries are in it as far as the set needs them.
func newOurs(t testing.TB, watches []clause, docs []document) *ours {
	t.Helper()
	before := heap()
	from := processorTime()
	standing := make([]match.Watch, len(watches))
	for i, w := range watches {
		standing[i] = match.Watch{ID: strconv.Itoa(i), Query: parse(t, w)}
	}
	o := &ours{watches: watches, parse: processorTime() - from}
	from = processorTime()
	o.set = match.Compile(1, standing)
	o.build = processorTime() - from
	o.pass(docs)
	o.memory = float64(heap()-before) / 1e6
	return o
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func parse(t testing.TB, c clause) *query.Query {
	t.Helper()
	q, err := query.ParseMode(c.query(false), query.Exact)
	if err != nil {
		t.Fatalf("%s: %v", c.query(false), err)
	}
	return q
}

// find reads and matches one text; what it returns is valid until the next one.
func (o *ours) find(text string) []match.Found {
	o.fields[0] = query.Field{Name: "text", Text: o.reader.Read(text)}
	return o.finder.Find(o.set, match.Document{Document: query.Document{Fields: o.fields[:]}})
}

// pass matches every document once and counts the spans.
func (o *ours) pass(docs []document) (spans int) {
	for _, d := range docs {
		for _, f := range o.find(d.text) {
			spans += len(f.Spans)
		}
	}
	return spans
}

// pairs are all that are found, in order.
func (o *ours) pairs(docs []document) (pairs []pair) {
	for i, d := range docs {
		for _, f := range o.find(d.text) {
			pairs = append(pairs, pair{i, int(f.Watch)})
		}
	}
	return pairs
}

// latency says how long single documents take by the clock.
func (o *ours) latency(docs []document) string {
	var took []time.Duration
	for range 3 {
		for i := range docs {
			from := time.Now()
			o.pass(docs[i : i+1])
			took = append(took, time.Since(from))
		}
	}
	slices.Sort(took)
	at := func(share float64) time.Duration {
		return took[int(share*float64(len(took)-1))].Round(time.Microsecond)
	}
	return fmt.Sprintf("one document of ours: median %v, p90 %v, p99 %v, p99.9 %v", at(0.5), at(0.9), at(0.99), at(0.999))
}

// define compares what was found with the definition of the language: each pair found, and each
// of some watches in each of some documents.
func (o *ours) define(t *testing.T, docs []document, found []pair) {
	t.Helper()
	read := make([]query.Document, len(docs))
	for i, d := range docs {
		read[i] = query.Document{Fields: []query.Field{{Name: "text", Text: vietnamese.Read(d.text)}}}
	}
	queries := map[int]*query.Query{}
	means := func(p pair) bool {
		q := queries[p.watch]
		if q == nil {
			q = parse(t, o.watches[p.watch])
			queries[p.watch] = q
		}
		return q.Eval(read[p.document])
	}
	wrong := 0
	differs := func(p pair, got bool) {
		if wrong++; wrong <= 10 {
			t.Errorf("document %d, %s: found %v, means %v", p.document, o.watches[p.watch], got, !got)
		}
	}
	has := make(map[pair]bool, len(found))
	for _, p := range found {
		has[p] = true
		if !means(p) {
			differs(p, true)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	const someDocuments, someWatches = 250, 800
	for _, document := range random.Perm(len(docs))[:someDocuments] {
		for _, watch := range random.Perm(len(o.watches))[:someWatches] {
			if p := (pair{document, watch}); means(p) != has[p] {
				differs(p, has[p])
			}
		}
	}
	t.Logf("definition: %d pairs found and %d of any, %d differ", len(found), someDocuments*someWatches, wrong)
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // only for arguments that are wrong
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkOurs is our side of TestMonitor alone: the processor time of a document, and of reading
// it, in microseconds. The time of the clock means little where others work on the machine.
func BenchmarkOurs(b *testing.B) {
	docs := readDocuments(b)
	watches := newWatches(newCorpus(docs), 100_000)
	for _, n := range []int{10_000, 100_000} {
		o := newOurs(b, watches[:n], docs)
		b.Run("watches="+strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			from := processorTime()
			for i := 0; b.Loop(); i++ {
				o.find(docs[i%len(docs)].text)
			}
			all := processorTime() - from
			from = processorTime()
			for i := range b.N {
				o.reader.Read(docs[i%len(docs)].text)
			}
			reading := processorTime() - from
			each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(b.N) }
			b.ReportMetric(each(all), "cpu-µs/doc")
			b.ReportMetric(each(reading), "reading-µs/doc")
		})
	}
}
