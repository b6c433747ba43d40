package match_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/analyzer/match"
	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/query/querytest"
	"lamro/internal/vietnamese"
)

// maker makes random queries of every operator out of words.
type maker struct {
	*rand.Rand
	words func(n int) string // as many in a row, as a text may have them
}

func (m maker) one(of ...string) string { return of[m.IntN(len(of))] }

func (m maker) phrase() string {
	fold := m.one("", "", "", "", "~")
	return fold + `"` + m.words(1+m.IntN(3)) + `"`
}

// leaf is what may stand beside NEAR.
func (m maker) leaf() string {
	if m.IntN(6) > 0 {
		return m.phrase()
	}
	word := []rune(strings.ToLower(m.words(1)))
	if n := 2 + m.IntN(2); len(word) > n {
		word = word[:n]
	}
	if len(word) < 2 {
		return m.phrase()
	}
	return string(word) + "*"
}

func (m maker) side() string {
	if m.IntN(3) > 0 {
		return m.leaf()
	}
	return "(" + m.leaf() + " OR " + m.leaf() + ")"
}

func (m maker) term() string {
	switch m.IntN(16) {
	case 0:
		return m.one("place:06", "place:060", "place:19")
	case 1:
		return m.one("source:bao-tinh", "source:khac", "site:bao.vn", "site:tin.bao.vn", "site:ao.vn", "lang:vi", "lang:en", "tier:1", "tier:2",
			"from:2026-11-24", "to:2026-11-23", "from:2026-11-20 to:2026-11-25")
	case 2, 3, 4:
		return fmt.Sprintf("%s %s/%d %s", m.side(), m.one("NEAR", "NEAR", "ONEAR"), m.IntN(6), m.side())
	case 5, 6:
		return m.side() + " SAMESENT " + m.side()
	case 7, 8:
		return fmt.Sprintf(`"%s"~%d`, m.words(2+m.IntN(3)), m.IntN(6))
	case 9:
		return m.leaf()
	}
	return m.phrase()
}

func (m maker) query(depth int) string {
	if depth == 0 || m.IntN(3) == 0 {
		if m.IntN(8) == 0 {
			return m.one("title:", "body:") + "(" + m.term() + ")"
		}
		return "(" + m.term() + ")"
	}
	left, right := m.query(depth-1), m.query(depth-1)
	switch m.IntN(4) {
	case 0:
		return "(" + left + " OR " + right + ")"
	case 1:
		return "(NOT " + left + ")"
	}
	return "(" + left + " AND " + right + ")"
}

// watches makes queries that the language has: what it refuses, such as too short a prefix, is
// made again.
func (m maker) watches(t testing.TB, n, depth int) (out []match.Watch) {
	t.Helper()
	modes := []query.Mode{query.Auto, query.Auto, query.Exact, query.Fold}
	refused := 0
	for len(out) < n {
		s := m.query(depth)
		q, err := query.ParseWith(s, query.Options{Mode: modes[m.IntN(len(modes))], IY: m.IntN(3) == 0})
		if err != nil {
			if refused++; refused > 4*n {
				t.Fatalf("%d of %d random queries refused, the last: %s: %v", refused, refused+len(out), s, err)
			}
			continue
		}
		out = append(out, match.Watch{ID: fmt.Sprint(len(out)), Query: q})
	}
	return out
}

// A small vocabulary makes random queries and texts meet often, in every class.
var vocabulary = strings.Fields("chợ cho Chợ mới moi mỗi bắc Bắc kạn kan hòa hoà hoa sạt lở sat lo 3 QL3 đồn don kỹ kĩ ky mỹ mĩ " +
	"lý lí nghiêng nghiengnghieng nghiêngnghiêngx ß ssß 3.5 3,5 аб")

func randomWords(r *rand.Rand) func(n int) string {
	return func(n int) string {
		out := make([]string, n)
		for i := range out {
			out[i] = vocabulary[r.IntN(len(vocabulary))]
		}
		return strings.Join(out, " ")
	}
}

// text is words with the ends of sentences and paragraphs among them.
func (m maker) text(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(m.words(1))
		b.WriteString(m.one(" ", " ", " ", " ", " ", ", ", ". ", "! Rồi ", "\n\n"))
	}
	return b.String()
}

func (m maker) document(title, body string) match.Document {
	var found []places.Place
	for _, code := range []string{"06", "060", "19"} {
		if m.IntN(2) == 0 {
			found = append(found, places.Place{Field: "title", Codes: []string{code}, Certain: m.IntN(2) == 0})
		}
	}
	doc := match.NewDocument([]query.Field{
		{Name: "title", Text: vietnamese.Read(title)},
		{Name: "lead", Text: vietnamese.Read("")},
		{Name: "body", Text: vietnamese.Read(body)},
	}, m.one("bao-tinh", "khac", ""), found)
	doc.Site, doc.Language, doc.Tier = m.one("", "bao.vn", "tin.bao.vn", "ao.vn"), m.one("", "vi"), m.IntN(3)
	doc.At = time.Date(2026, 11, 22+m.IntN(4), m.IntN(24), 0, 0, 0, time.UTC)
	return doc
}

// compare checks that a set finds in documents what the definition of the language says, and
// returns how many pairs it compared and how many of them match.
func compare(t *testing.T, seed uint64, watches []match.Watch, docs []match.Document) (pairs, hits int) {
	t.Helper()
	set := match.Compile(1, watches)
	var f match.Finder
	for _, doc := range docs {
		found := f.Find(set, doc)
		if !slices.IsSortedFunc(found, func(a, b match.Found) int { return cmp.Compare(a.Watch, b.Watch) }) {
			t.Fatalf("seed %d: watches out of order", seed)
		}
		hits += len(found)
		for i, w := range watches {
			var m *match.Found
			if len(found) > 0 && found[0].Watch == int32(i) {
				m, found = &found[0], found[1:]
			}
			if want := w.Query.Eval(doc.Document); (m != nil) != want {
				t.Fatalf("seed %d: %s in mode %s, iy %v, on %q, %q, %+v: matched %v, the definition says %v", seed,
					w.Query, w.Query.Mode, w.Query.IY, doc.Fields[0].Text.Original, doc.Fields[2].Text.Original, doc.Found, m != nil, want)
			}
			if m != nil {
				checkSpans(t, set, w.Query, doc, m)
			}
		}
		pairs += len(watches)
	}
	return pairs, hits
}

type shown struct {
	field      int
	start, end int
}

// checkSpans compares spans with the definition's, as far as they are kept.
func checkSpans(t *testing.T, set *match.Set, q *query.Query, doc match.Document, m *match.Found) {
	t.Helper()
	want := map[shown]bool{}
	for _, h := range q.Hits(doc.Document) {
		field := slices.IndexFunc(doc.Fields, func(f query.Field) bool { return f.Name == h.Field })
		want[shown{field, h.Start, h.End}] = true
	}
	got := map[shown]bool{}
	for _, s := range m.Spans {
		at := shown{int(s.Field), int(s.Start), int(s.End)}
		got[at] = true
		if !want[at] {
			t.Fatalf("%s on %q: span of %q at %+v, which the definition does not have", q, doc.Fields[2].Text.Original, set.Term(s.Leaf), at)
		}
	}
	if len(got) != len(want) && len(m.Spans) < 50 {
		t.Fatalf("%s on %q: %d spans, the definition has %d", q, doc.Fields[2].Text.Original, len(got), len(want))
	}
}

func TestFindIsWhatTheDefinitionSays(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	m := maker{r, randomWords(r)}
	watches := m.watches(t, 1200, 2)
	var docs []match.Document
	for range 100 {
		docs = append(docs, m.document(m.words(1+r.IntN(5)), m.text(r.IntN(40))))
	}
	pairs, hits := compare(t, seed, watches, docs)
	t.Logf("%d pairs, %d hits", pairs, hits)
	if pairs < 100_000 || hits < pairs/20 {
		t.Errorf("seed %d: only %d pairs with %d hits: the test compares too little", seed, pairs, hits)
	}
}

// Match says of a mention what the definition says of the words that made it.
func TestMentionsAreThoseOfFind(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	m := maker{r, randomWords(r)}
	watches := m.watches(t, 300, 2)
	set := match.Compile(1, watches)
	var f match.Finder
	for range 60 {
		doc := m.document(m.words(1+r.IntN(5)), m.text(r.IntN(30)))
		found := f.Find(set, doc)
		mentions := set.Match(doc)
		if len(found) != len(mentions) {
			t.Fatalf("seed %d: %d mentions of %d found", seed, len(mentions), len(found))
		}
		for i, mention := range mentions {
			w := watches[found[i].Watch]
			if mention.Watch != w.ID || mention.Why == "" {
				t.Fatalf("seed %d: mention %+v of watch %s", seed, mention, w.ID)
			}
			checkClass(t, w.Query, doc, mention)
		}
	}
}

// checkClass compares the class of queries of one term with the best class of its hits.
func checkClass(t *testing.T, q *query.Query, doc match.Document, m news.Mention) {
	t.Helper()
	best := news.Folded
	switch q.Root.(type) {
	case *query.Phrase, *query.Prefix, *query.Loose:
	default:
		return
	}
	for _, h := range q.Hits(doc.Document) {
		if h.Class == news.Exact || best == news.Folded {
			best = h.Class
		}
	}
	if _, loose := q.Root.(*query.Loose); loose && best != news.Folded && m.Class != news.Folded {
		return // of a loose phrase the words of one class must lie in one window
	}
	if m.Class != best {
		t.Fatalf("%s on %q: class %s, want %s", q, doc.Fields[2].Text.Original, m.Class, best)
	}
}

// openTexts are texts that may be passed on, cut to the length of an article.
func openTexts(t testing.TB, n int) (texts []string) {
	t.Helper()
	dir := os.Getenv("LAMRO_QUALITY_DATA")
	if dir == "" {
		t.Skip("LAMRO_QUALITY_DATA is not set")
	}
	for _, name := range []string{"negatives/chinhphu_portal.jsonl", "negatives/wikipedia_vi.jsonl", "bac-kan/articles.open.jsonl"} {
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for d := json.NewDecoder(bufio.NewReader(f)); d.More() && len(texts) < n; {
			var row struct{ Title, Text string }
			if err := d.Decode(&row); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, strings.ToValidUTF8(row.Text[:min(len(row.Text), 3500)], ""))
		}
	}
	return texts
}

func TestQualityFindIsWhatTheDefinitionSaysOnRealTexts(t *testing.T) {
	texts := openTexts(t, 400)
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 3))
	split := make([][]string, len(texts))
	for i, text := range texts {
		split[i] = strings.Fields(vietnamese.Canonical(text))
	}
	m := maker{Rand: r, words: func(n int) string {
		for {
			if s := split[r.IntN(len(split))]; len(s) > n {
				at := r.IntN(len(s) - n)
				return strings.Join(s[at:at+n], " ")
			}
		}
	}}
	var docs []match.Document
	for i, text := range texts {
		docs = append(docs, m.document(strings.Join(split[i][:min(len(split[i]), 12)], " "), text))
	}
	watches := m.watches(t, 150, 2)
	vocabulary := querytest.NewVocabulary(texts...)
	for len(watches) < 300 {
		watches = append(watches, match.Watch{Query: querytest.Random(r, vocabulary, 2)})
	}
	pairs, hits := compare(t, seed, watches, docs)
	t.Logf("seed %d: %d pairs of %d texts, %d hits, none differs", seed, pairs, len(docs), hits)
}
