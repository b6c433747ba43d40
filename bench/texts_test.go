package bench

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// newsSets are the whole Vietnamese texts among the sets, most of them news.
var newsSets = []string{
	"bac-kan/articles.open.jsonl", "negatives/wikipedia_vi.jsonl", "negatives/chinhphu_portal.jsonl", "fake-real/vfnd.jsonl",
	"restricted/bac-kan/articles.press.jsonl", "restricted/negatives/news_trends.jsonl",
	"restricted/disambiguation/documents.jsonl", "restricted/clusters/ktlab200.jsonl",
}

// realTexts reads the whole texts that quality is measured on.
func realTexts(tb testing.TB, dir string) (rows []row) {
	tb.Helper()
	for _, path := range newsSets {
		read, _ := readRows[row](tb, filepath.Join(dir, path))
		rows = append(rows, read...)
	}
	return rows
}

// recombined makes documents of the sentences of real texts: as long as those, with as many
// sentences of the same text as of others, so that words are as frequent as in them and keep
// their neighbours. Document i is the same whenever it is made.
type recombined struct {
	texts     [][]string // by text, its sentences
	sentences []string   // of all
	titles    []string
	last      time.Time
	months    int
}

func recombine(rows []row, last time.Time, months int) *recombined {
	r := &recombined{last: last, months: months}
	for _, row := range rows {
		read := vietnamese.Read(row.Text)
		var own []string
		for _, s := range read.Sentences {
			own = append(own, read.Original[s[0]:s[1]])
		}
		if len(own) < 5 || len(own) > 60 || row.Title == "" {
			continue
		}
		r.texts, r.titles = append(r.texts, own), append(r.titles, row.Title)
		r.sentences = append(r.sentences, own...)
	}
	return r
}

func (r *recombined) document(i int) *index.Document {
	rnd := rand.New(rand.NewPCG(uint64(i), 7))
	own := r.texts[rnd.IntN(len(r.texts))]
	sentences := make([]string, 0, len(own))
	for range own {
		if rnd.IntN(2) == 0 {
			sentences = append(sentences, own[rnd.IntN(len(own))])
		} else {
			sentences = append(sentences, r.sentences[rnd.IntN(len(r.sentences))])
		}
	}
	seen := r.last.Add(-time.Duration(rnd.Int64N(int64(r.months)*30*24*3600)) * time.Second)
	d := &index.Document{
		ID: fmt.Sprintf("%026d", i), Rev: 1, N: 1, Month: news.Month(seen), FirstSeen: seen, PublishedAt: seen.Add(-time.Hour),
		Source: fmt.Sprintf("bao-%d", rnd.IntN(150)), Class: []string{"press", "state portal", "social"}[rnd.IntN(3)], Tier: 1 + rnd.IntN(3),
		URL:   fmt.Sprintf("https://bao-%d.example/%d", rnd.IntN(150), i),
		Title: r.titles[rnd.IntN(len(r.titles))], Lead: sentences[0], Body: strings.Join(sentences[1:], "\n\n"), Language: "vi",
	}
	for range 1 + rnd.IntN(4) {
		d.Watches = append(d.Watches, fmt.Sprintf("w%d", rnd.IntN(80)))
		d.Places = append(d.Places, "06", fmt.Sprintf("06%d", rnd.IntN(8)), fmt.Sprintf("06%04d", rnd.IntN(108)))
	}
	if i%4 == 3 { // a copy, or another text of the same story
		d.Story = fmt.Sprintf("%026d", max(0, i-1-rnd.IntN(50))&^3)
	}
	return d
}
