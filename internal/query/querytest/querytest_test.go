package querytest_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"lamro/internal/query"
	"lamro/internal/query/querytest"
	"lamro/internal/vietnamese"
)

// Texts of our own, with what is awkward in them.
var texts = []string{
	"Mưa lớn gây sạt lở tại xã Bằng Thành, huyện Pác Nặm. Quốc lộ 3 ùn tắc 2,5 km; 19/8 thông xe.\nKỹ sư nói: “Lũ quét có thể trở lại.”",
	"Mua lon gay sat lo tai xa Bang Thanh. Lực lượng chức năng của TP.HCM hỗ trợ thuỷ lợi, y tế và kĩ thuật cho bà con.",
	"LŨ QUÉT Ở CHỢ MỚI: H'Mông, Tày và Nùng cùng dọn đường. Chợ mới họp lại; cho mọi người qua.",
}

func vocabulary() *querytest.Vocabulary {
	v := querytest.NewVocabulary(texts...)
	v.Places, v.Sources, v.Sites = []string{"06", "060"}, []string{"bao-tinh"}, []string{"baotinh.vn", "vn"}
	v.Languages, v.Tiers, v.Days = []string{"vi"}, []int{1, 2}, []time.Time{time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
	return v
}

func TestRandomQueriesCoverEveryNodeAndRoundTrip(t *testing.T) {
	t.Parallel()
	const n = 5000
	v, seen, matching := vocabulary(), map[string]int{}, 0
	var docs []query.Document
	for _, s := range texts {
		title, _, _ := strings.Cut(s, ".")
		docs = append(docs, query.Document{
			Fields:   []query.Field{{Name: "title", Text: vietnamese.Read(title)}, {Name: "body", Text: vietnamese.Read(s)}},
			Language: "vi", Tier: 1,
		})
	}
	for seed := range uint64(n) {
		q := querytest.Random(rand.New(rand.NewPCG(seed, 1)), v, 3)
		query.Walk(q.Root, func(n query.Node) { seen[fmt.Sprintf("%T", n)]++ })
		again, err := query.ParseWith(q.String(), q.Options)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, q, err)
		}
		if !reflect.DeepEqual(again.Root, q.Root) || again.Options != q.Options {
			t.Fatalf("seed %d: %s parses to %s", seed, q, again)
		}
		for _, d := range docs {
			if q.Eval(d) {
				matching++
			} else if hits := q.Hits(d); hits != nil {
				t.Errorf("seed %d: %s does not match and has hits %v", seed, q, hits)
			}
		}
	}
	for _, node := range []query.Node{
		query.And{}, query.Or{}, query.Not{}, &query.Phrase{}, &query.Prefix{}, &query.Loose{}, &query.Near{}, &query.Together{},
		query.Place{}, query.Source{}, query.Site{}, query.Lang{}, query.Tier{}, query.Date{},
	} {
		if kind := fmt.Sprintf("%T", node); seen[kind] < n/100 {
			t.Errorf("%s stands %d times in %d queries, want it often", kind, seen[kind], n)
		}
	}
	if matching < n/2 || matching > 5*n/2 {
		t.Errorf("%d of %d pairs match, want neither few nor nearly all", matching, n*len(docs))
	}
}
