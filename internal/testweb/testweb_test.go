package testweb

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// agent is an honest name, as the ledger wants one.
const agent = "Lamro/test (+mailto:phong-bao-chi@coquan.vn)"

// A clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 11, 24, 9, 30, 0, 0, zone)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func start(t *testing.T, cfg Config) (*Web, *clock) {
	t.Helper()
	c := newClock()
	cfg.Now = c.Now
	w, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w, c
}

func get(t *testing.T, address string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", agent)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func every(w *Web) []*page {
	var all []*page
	for _, s := range w.sites {
		all = append(all, s.pages...)
	}
	return all
}

// The counts that the demo promises.
func TestDemoIsAsLargeAsPromised(t *testing.T) {
	t.Parallel()
	w, _ := start(t, Config{For: 90 * time.Second})
	count := make(map[string]int)
	kinds := make(map[string]int)
	for _, p := range every(w) {
		count["pages"]++
		kinds[p.kind]++
		if p.offset < 0 {
			count["backlog"]++
			if p.kind != "" {
				count["backlog mentions"]++
			}
		} else {
			count["live"]++
		}
		if p.decoy != "" {
			count["decoys"]++
		}
		if p.group != "" {
			count["copies"]++
		}
		if p.edit != nil {
			count["edits"]++
		}
	}
	for name, least := range map[string]int{
		"pages": 200, "backlog": 120, "backlog mentions": 60, "live": 40, "decoys": 20, "copies": 10, "edits": 2,
	} {
		if count[name] < least {
			t.Errorf("%d %s, want at least %d", count[name], name, least)
		}
	}
	for _, kind := range []string{
		KindProvince, KindOlder, KindBare, KindUnmarked, KindCapitals, KindDistrict, KindCommune, KindWard,
		KindLandmark, KindBody, KindTonePlace,
	} {
		if kinds[kind] < 2 {
			t.Errorf("%d mentions of kind %s, want at least 2", kinds[kind], kind)
		}
	}
	if got := len(w.Outlets()); got < 12 {
		t.Errorf("%d outlets, want at least 12", got)
	}
}

func TestSmallWebHasTwentyPages(t *testing.T) {
	t.Parallel()
	w, _ := start(t, Config{For: time.Minute, Small: true})
	if got := len(every(w)); got != 20 {
		t.Errorf("%d pages, want 20", got)
	}
	if got := len(w.Outlets()); got != 4 {
		t.Errorf("%d outlets, want 4", got)
	}
}

func TestSameSeedSameWeb(t *testing.T) {
	t.Parallel()
	texts := func(seed uint64) string {
		w, _ := start(t, Config{For: time.Minute, Small: true, Seed: seed})
		var b strings.Builder
		for _, p := range every(w) {
			b.WriteString(p.path + p.lead + strings.Join(p.paras, "\n"))
		}
		return b.String()
	}
	if first, again := texts(7), texts(7); first != again {
		t.Error("two webs of one seed differ")
	}
	if texts(7) == texts(8) {
		t.Error("webs of two seeds are equal")
	}
}

// Texts are natural in length, share little with each other, and copies share all.
func TestTextsAreDistinctAndCopiesEqual(t *testing.T) {
	t.Parallel()
	w, _ := start(t, Config{For: 90 * time.Second})
	pages := every(w)
	shingles := make([]map[string]bool, len(pages))
	groups := make(map[string]string)
	for i, p := range pages {
		body := p.lead + "\n" + strings.Join(p.paras, "\n")
		if n := len(strings.Fields(body)); n < 120 || n > 600 {
			t.Errorf("%s has %d words, want 120 to 600", p.url(), n)
		}
		if p.group != "" {
			if other, ok := groups[p.group]; ok && other != body {
				t.Errorf("copies of %s differ", p.group)
			}
			groups[p.group] = body
			continue
		}
		shingles[i] = shinglesOf(body)
	}
	worst := 0.0
	for i := range pages {
		for k := range i {
			if shingles[i] == nil || shingles[k] == nil {
				continue
			}
			if alike := jaccard(shingles[i], shingles[k]); alike > worst {
				worst = alike
				if alike > 0.5 {
					t.Errorf("%s and %s share %.0f %% of their five-word shingles", pages[i].url(), pages[k].url(), alike*100)
				}
			}
		}
	}
	t.Logf("the two most alike texts share %.0f %% of their five-word shingles", worst*100)
}

func shinglesOf(s string) map[string]bool {
	words := strings.Fields(s)
	set := make(map[string]bool)
	for i := 0; i+5 <= len(words); i++ {
		set[strings.Join(words[i:i+5], " ")] = true
	}
	return set
}

func jaccard(a, b map[string]bool) float64 {
	both := 0
	for s := range a {
		if b[s] {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// areaName finds what would make a page a mention: the names as places, with capitals.
var areaName = regexp.MustCompile(`Bắc K[ạa]n|Bắc Cạn|Bac Kan|BẮC KẠN|Ba Bể|Bạch Thông|Chợ Đồn(?:\P{L}|$)|Chợ Mới|` +
	`Na Rì|Ngân Sơn|Pác Nặm|Thái Nguyên|Nghĩa Tá|Chợ Rã|Côn Minh|Nà Phặc|Phủ Thông|Bằng Thành|Nghiên Loan|Thượng Minh|` +
	`Đồng Phúc|Quảng Bạch|Bằng Vân|Cẩm Giàng|Phong Quang|Yên Phong|Xuân Dương|Vĩnh Thông|Đức Xuân|Hoà Mục|Xuất Hoá|` +
	`Cao Minh|Cường Lợi|Hiệp Lực|Nam Cường|Phúc Lộc|Tân Kỳ|Thanh Mai|Thanh Thịnh|Thượng Quan|Trần Phú|Văn Lang|Yên Bình|Yên Thịnh|` +
	`Quốc lộ 3|Quốc lộ 279|sông Cầu|sông Năng|đèo Gió|đèo Giàng`)

// The truth of the ledger rests on this: mentions name the area, nothing else does. The names
// that two decoys carry stand beside the places that they really belong to.
func TestOnlyMentionsNameTheArea(t *testing.T) {
	t.Parallel()
	w, _ := start(t, Config{For: 90 * time.Second})
	for _, p := range every(w) {
		body := p.lead + "\n" + strings.Join(p.paras, "\n")
		whole := p.title + "\n" + body
		switch p.decoy {
		case "Chợ Mới, An Giang":
			if !strings.Contains(whole, "An Giang") {
				t.Errorf("%s does not say An Giang", p.url())
			}
			whole = strings.ReplaceAll(whole, "Chợ Mới", "")
		case "ga Ngân Sơn, Quảng Bình":
			whole = strings.ReplaceAll(whole, "ga Ngân Sơn", "")
		}
		got := areaName.FindString(whole)
		if p.kind == "" && got != "" {
			t.Errorf("%s is no mention and names %q", p.url(), got)
		}
		if p.kind != "" && !areaName.MatchString(body) {
			t.Errorf("%s is a %s mention and its text names nothing:\n%s", p.url(), p.kind, body)
		}
	}
}

func TestDecoysCarryTheirTrap(t *testing.T) {
	t.Parallel()
	traps := map[string]string{
		"chợ mới (danh từ chung)": "chợ mới", "minh bạch thông tin": "inh bạch thông tin", "ba bể bơi": "ba bể bơi",
		"Chợ Mới, An Giang": "Chợ Mới", "chợ Đồng Xuân": "chợ Đồng Xuân", "ga Ngân Sơn, Quảng Bình": "ga Ngân Sơn",
		"chỉ có trong khung thời tiết": "miền Bắc",
	}
	w, _ := start(t, Config{For: 90 * time.Second})
	for _, p := range every(w) {
		if p.decoy != "" && !strings.Contains(p.lead, traps[p.decoy]) {
			t.Errorf("%s: lead %q does not hold %q", p.url(), p.lead, traps[p.decoy])
		}
	}
}

func TestPublishingFollowsTheClock(t *testing.T) {
	t.Parallel()
	w, c := start(t, Config{For: 90 * time.Second})
	visible := func() int { return len(w.ledger.Truth()) }
	atStart := visible()
	c.advance(40 * time.Second)
	half := visible()
	c.advance(30 * time.Second)
	end := visible()
	c.advance(20 * time.Second)
	if atStart >= half || half >= end {
		t.Errorf("%d, %d, %d pages visible: nothing is published", atStart, half, end)
	}
	if last := visible(); last != end {
		t.Errorf("%d pages appeared in the last %s", last-end, Quiet)
	}
	for _, p := range every(w) {
		if p.published.After(p.listed()) {
			t.Errorf("%s is dated %s after it appears", p.url(), p.published.Sub(p.listed()))
		}
		if e := p.edit; e != nil && (e.offset <= p.offset || e.offset > 70*time.Second) {
			t.Errorf("%s: edit at %s, published at %s", p.url(), e.offset, p.offset)
		}
	}
}

func TestHeldWebPublishesAfterRelease(t *testing.T) {
	t.Parallel()
	w, c := start(t, Config{For: time.Minute, Small: true, Hold: true})
	before := len(w.ledger.Truth())
	c.advance(time.Hour)
	if got := len(w.ledger.Truth()); got != before {
		t.Errorf("%d pages while held, want %d", got, before)
	}
	w.Release()
	w.Release()
	c.advance(time.Minute)
	if got := len(w.ledger.Truth()); got != 20 {
		t.Errorf("%d pages after release, want 20", got)
	}
}

func TestRunsTooShortAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := Start(Config{For: 10 * time.Second}); err == nil {
		t.Error("Start accepted a run of 10 s")
	}
}
