// Package match measures the matcher beside Lucene Monitor: the same real news, the same watches,
// the same processor, in turns. README.md says how, and what the figures were. There is nothing
// here but tests.
package match

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"
)

var withMonitor = flag.Bool("monitor", false, "compare with Lucene Monitor: needs a JDK, Maven the first time, and a quarter of an hour")

// monitorSettings are those with which Lucene Monitor was fastest of all that Peer knows.
var monitorSettings = settings{presearcher: "df", batch: 100, near: "SPANS"}

// rounds is how often each side matches, in turns; of the times the median counts.
const rounds = 5

// TestMonitor matches real news against the same watches with our matcher and with Lucene
// Monitor, on one processor and in turns, and prints how fast both are. It fails where one finds
// a pair of document and watch that the other or the definition in package query does not find;
// the figures are no gate.
func TestMonitor(t *testing.T) {
	if !*withMonitor {
		t.Skip("-monitor is not set: nothing compared")
	}
	docs := readDocuments(t)
	j := newJava(t)
	pin(t)
	watches := newWatches(newCorpus(docs), 100_000)
	t.Logf("%s; Java %d", describe(docs), j.version)
	dir := writeNeutral(t, docs, watches)
	for _, c := range []comparison{{watches: watches[:10_000], block: 400}, {watches: watches, block: 200}} {
		t.Run(strconv.Itoa(len(c.watches)), func(t *testing.T) { c.run(t, docs[:rounds*c.block], j, dir) })
	}
}

// A comparison asks both sides the same. Monitor is too slow to match every document in every
// round: it is given one block of them a round, so that after the rounds both have matched all.
type comparison struct {
	watches []clause
	block   int
}

func (c comparison) run(t *testing.T, docs []document, j java, dir string) {
	o := newOurs(t, c.watches, docs)
	p := startPeer(t, j, dir, len(c.watches), monitorSettings)
	p.warm(t, 0, c.block)
	o.pass(docs)

	var mine, theirs, thread []float64
	var theirPairs []pair
	asked, spans := 0, 0
	for r := range rounds {
		from := processorTime()
		times := 0
		for ; times == 0 || processorTime()-from < time.Second; times++ {
			spans = o.pass(docs)
		}
		mine = append(mine, float64(times*len(docs))/(processorTime()-from).Seconds())
		got := p.match(t, r*c.block, (r+1)*c.block)
		theirs = append(theirs, float64(c.block)/got.all.Seconds())
		thread = append(thread, float64(c.block)/got.took.Seconds())
		theirPairs = append(theirPairs, got.pairs...)
		asked += got.asked
	}
	pairs := o.pairs(docs)
	n := float64(len(docs))
	t.Logf("%s; %s", describe(docs), describeWatches(c.watches))
	t.Logf("hits: %.1f a document, %.3f %% of the watches", float64(len(pairs))/n, 100*float64(len(pairs))/n/float64(len(c.watches)))
	t.Logf("ours: %s documents/s with %.1f spans a document; compiled in %v (parsed in %v), %.1f MB with what one worker needs",
		spread(mine), float64(spans)/n, o.build.Round(time.Millisecond), o.parse.Round(time.Millisecond), o.memory)
	t.Logf("Monitor %s (%s, batches of %d, %s): %s documents/s without spans, %.0f queries run a document; built in %v, %d MB",
		p.version, monitorSettings.presearcher, monitorSettings.batch, monitorSettings.near,
		spread(theirs), float64(asked)/n, p.build.Round(time.Millisecond), p.heap>>20)
	t.Logf("ratio of the medians: %.0f; to their matching thread alone, %s documents/s without its garbage collection: %.0f",
		median(mine)/median(theirs), spread(thread), median(mine)/median(thread))
	t.Log(o.latency(docs))
	compare(t, pairs, theirPairs)
	o.define(t, docs, pairs)
}

// compare fails on every pair that only one side has found.
func compare(t *testing.T, ours, theirs []pair) {
	t.Helper()
	onlyOurs, onlyTheirs := difference(ours, theirs), difference(theirs, ours)
	t.Logf("pairs: %d ours, %d theirs, %d only ours, %d only theirs", len(ours), len(theirs), len(onlyOurs), len(onlyTheirs))
	for _, p := range onlyOurs[:min(len(onlyOurs), 10)] {
		t.Errorf("document %d, watch %d: found by ours only", p.document, p.watch)
	}
	for _, p := range onlyTheirs[:min(len(onlyTheirs), 10)] {
		t.Errorf("document %d, watch %d: found by theirs only", p.document, p.watch)
	}
}

// difference is what a has and b has not.
func difference(a, b []pair) (only []pair) {
	has := make(map[pair]bool, len(b))
	for _, p := range b {
		has[p] = true
	}
	for _, p := range a {
		if !has[p] {
			only = append(only, p)
		}
	}
	return only
}

// pin keeps this process and those it starts on one processor.
func pin(t *testing.T) {
	t.Helper()
	runtime.GOMAXPROCS(1)
	last := strconv.Itoa(runtime.NumCPU() - 1)
	if _, err := exec.LookPath("taskset"); err != nil {
		t.Log("no taskset: both sides use one processor, but perhaps not the same")
		return
	}
	output(t, "taskset", "-a", "-c", "-p", last, strconv.Itoa(os.Getpid()))
}

func median(of []float64) float64 { return slices.Sorted(slices.Values(of))[len(of)/2] }

func spread(of []float64) string {
	return fmt.Sprintf("%.1f [%.1f..%.1f]", median(of), slices.Min(of), slices.Max(of))
}

func describeWatches(watches []clause) string {
	several, folded := 0, 0
	different := map[string]bool{}
	all := terms(watches)
	for _, term := range all {
		different[term.neutral()] = true
		if len(term.words) > 1 {
			several++
		}
		if term.folded {
			folded++
		}
	}
	return fmt.Sprintf("%d watches of %.1f terms, %d different terms, %.1f %% of those of several words folded",
		len(watches), float64(len(all))/float64(len(watches)), len(different), 100*float64(folded)/float64(several))
}
