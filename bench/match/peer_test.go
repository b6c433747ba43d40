package match

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A java is what the peer is built and run with.
type java struct {
	home    string // of the JDK
	version int
	class   string // the class path: jars and the compiled peer
}

// minJava is the oldest Java that Lucene 10 runs on.
const minJava = 21

// newJava finds a JDK, fetches the jars with Maven into the user's cache, once, and compiles the
// peer. It skips the test where there is no JDK or no Maven.
func newJava(t *testing.T) java {
	t.Helper()
	j, ok := findJava()
	if !ok {
		t.Skipf("no JDK %d or later in JAVA_HOME or /usr/lib/jvm: nothing to compare with", minJava)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	lib := filepath.Join(cache, "lamro", "bench-match", "lucene-monitor-10.3.0")
	if jars, _ := filepath.Glob(filepath.Join(lib, "lucene-monitor-*.jar")); len(jars) == 0 {
		if _, err := exec.LookPath("mvn"); err != nil {
			t.Skip("no Maven: nothing to compare with")
		}
		output(t, "mvn", "-q", "-B", "-f", filepath.Join("monitor", "pom.xml"), "dependency:copy-dependencies", "-DoutputDirectory="+lib)
	}
	classes := t.TempDir()
	sources, err := filepath.Glob(filepath.Join("monitor", "*.java"))
	if err != nil {
		t.Fatal(err)
	}
	jars := filepath.Join(lib, "*")
	output(t, j.tool("javac"), append([]string{"-d", classes, "-cp", jars}, sources...)...)
	j.class = classes + string(filepath.ListSeparator) + jars
	return j
}

func (j java) tool(name string) string { return filepath.Join(j.home, "bin", name) }

var javaVersion = regexp.MustCompile(`(?m)^JAVA_VERSION="(\d+)`)

// findJava takes JAVA_HOME where it is new enough, else the newest JDK that is installed.
func findJava() (newest java, ok bool) {
	homes, _ := filepath.Glob("/usr/lib/jvm/*")
	for _, home := range append([]string{os.Getenv("JAVA_HOME")}, homes...) {
		release, err := os.ReadFile(filepath.Join(home, "release"))
		found := javaVersion.FindSubmatch(release)
		if home == "" || err != nil || found == nil {
			continue
		}
		version, _ := strconv.Atoi(string(found[1]))
		j := java{home: home, version: version}
		if _, err := os.Stat(j.tool("javac")); err != nil || version < minJava {
			continue
		}
		if home == os.Getenv("JAVA_HOME") {
			return j, true
		}
		if version > newest.version {
			newest, ok = j, true
		}
	}
	return newest, ok
}

func output(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, out)
	}
}

// settings are how Lucene Monitor is asked.
type settings struct {
	presearcher string // see Peer.presearcher
	batch       int
	near        string // see Watches.Near
}

// A peer is a running Lucene Monitor with its watches registered.
type peer struct {
	in      io.WriteCloser
	out     *bufio.Reader
	dir     string
	build   time.Duration // processor time of reading and registering the watches
	heap    int64         // bytes, with the documents
	version string
}

// startPeer registers the first n watches of dir, as writeNeutral wrote it.
func startPeer(t *testing.T, j java, dir string, n int, s settings) *peer {
	t.Helper()
	// #nosec G204 -- the JDK of this machine
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), j.tool("java"), "-Xms2g", "-Xmx6g", "-XX:+UseSerialGC", "-cp", j.class,
		"Peer", dir, strconv.Itoa(n), s.presearcher, strconv.Itoa(s.batch), s.near)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &peer{in: in, out: bufio.NewReader(out), dir: dir}
	t.Cleanup(func() {
		in.Close() // the peer ends where its commands do
		if err := cmd.Wait(); err != nil {
			t.Errorf("the peer: %v\n%s", err, stderr.String())
		}
	})
	var build int64
	if _, err := fmt.Fscanf(p.out, "ready %d %d %s\n", &build, &p.heap, &p.version); err != nil {
		t.Fatalf("the peer did not start: %v\n%s", err, stderr.String())
	}
	p.build = time.Duration(build)
	return p
}

// A peerRun is what the peer says of one pass over some documents.
type peerRun struct {
	took  time.Duration // processor time of the matching thread
	all   time.Duration // of the whole process: with the collection of garbage and the compiler
	pairs []pair
	asked int // queries that its presearcher did not rule out
}

// match has the documents from to to-1 matched.
func (p *peer) match(t *testing.T, from, to int) peerRun {
	t.Helper()
	path := filepath.Join(p.dir, "pairs.tsv")
	if _, err := fmt.Fprintf(p.in, "match %d %d %s\n", from, to, path); err != nil {
		t.Fatal(err)
	}
	var r peerRun
	var took, all int64
	var found int
	if _, err := fmt.Fscanf(p.out, "matched %d %d %d %d\n", &took, &all, &found, &r.asked); err != nil {
		t.Fatalf("the peer stopped: %v", err)
	}
	r.took, r.all = time.Duration(took), time.Duration(all)
	r.pairs = readPairs(t, path)
	if len(r.pairs) != found {
		t.Fatalf("the peer wrote %d pairs and found %d", len(r.pairs), found)
	}
	return r
}

// warm has documents matched until two passes in a row take about as long: until then the
// compiler of the virtual machine is not done.
func (p *peer) warm(t *testing.T, from, to int) {
	t.Helper()
	last := p.match(t, from, to).took
	for range 4 {
		took := p.match(t, from, to).took
		if took > last*95/100 {
			return
		}
		last = took
	}
}

// writeNeutral writes what the peer reads: a document a line, its words exact and folded, and a
// watch a line.
func writeNeutral(t *testing.T, docs []document, watches []clause) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, n int, line func(int) string) {
		var b strings.Builder
		for i := range n {
			b.WriteString(line(i))
			b.WriteByte('\n')
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("documents.tsv", len(docs), func(i int) string {
		return strings.Join(docs[i].exact, " ") + "\t" + strings.Join(docs[i].folded, " ")
	})
	write("watches.tsv", len(watches), func(i int) string { return watches[i].neutral() })
	return dir
}

// A pair says that a watch is satisfied by a document.
type pair struct{ document, watch int }

func readPairs(t *testing.T, path string) (pairs []pair) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var p pair
		if _, err := fmt.Sscanf(line, "%d\t%d\n", &p.document, &p.watch); err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, p)
	}
	return pairs
}
