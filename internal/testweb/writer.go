package testweb

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

//go:embed bank/*.txt
var bankFiles embed.FS

// A topic is a set of hand-written titles, leads and paragraphs on one subject.
type topic struct {
	key    string
	sector string
	decoy  string // what it looks like and is not; empty: an ordinary topic
	titles []string
	leads  []string
	paras  []string
}

// A bank holds everything that pages are written from.
type bank struct {
	topics []topic             // fit any place
	own    []topic             // name the province themselves
	decoys []topic             // look like the province and are not
	closes map[string][]string // sector: paragraphs to end with
}

// A text is the words of one page.
type text struct {
	title, lead string
	paras       []string
}

// loadBank reads the embedded files. They are part of the program: an error is ours.
func loadBank() (*bank, error) {
	names, err := bankFiles.ReadDir("bank")
	if err != nil {
		return nil, fmt.Errorf("list the bank of texts: %w", err)
	}
	b := &bank{closes: make(map[string][]string)}
	for _, entry := range names {
		data, err := bankFiles.ReadFile(path.Join("bank", entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the bank of texts: %w", err)
		}
		if err := b.add(string(data), strings.HasPrefix(entry.Name(), "6-")); err != nil {
			return nil, fmt.Errorf("bank %s: %w", entry.Name(), err)
		}
	}
	return b, nil
}

func (b *bank) add(data string, own bool) error {
	for _, block := range strings.Split("\n"+data, "\n## ")[1:] {
		t, pool, err := parseTopic(block)
		switch {
		case err != nil:
			return err
		case pool != "":
			b.closes[pool] = t.paras
		case t.decoy != "":
			b.decoys = append(b.decoys, t)
		case own:
			b.own = append(b.own, t)
		default:
			b.topics = append(b.topics, t)
		}
	}
	return nil
}

func parseTopic(block string) (t topic, pool string, err error) {
	lines := strings.Split(strings.TrimSpace(block), "\n")
	t.key = strings.TrimSpace(lines[0])
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return t, "", fmt.Errorf("topic %s: no name before %q", t.key, line)
		}
		switch name {
		case "sector":
			t.sector = value
		case "pool":
			pool = value
		case "decoy":
			t.decoy = value
		case "T":
			t.titles = append(t.titles, value)
		case "L":
			t.leads = append(t.leads, value)
		case "P":
			t.paras = append(t.paras, value)
		default:
			return t, "", fmt.Errorf("topic %s: unknown name %q", t.key, name)
		}
	}
	return t, pool, nil
}

// write makes the k-th text of a topic about a place, as of a day. Two texts of one topic share
// one paragraph of three at most, and never its figures.
func (b *bank) write(rng *rand.Rand, t topic, k int, p place, published time.Time) text {
	w := words{rng: rng, place: p, day: published.In(zone), hamlet: pick(rng, hamlets())}
	out := text{
		title: capital(w.fill(t.titles[k%len(t.titles)])),
		lead:  p.dateline + w.fill(t.leads[(k+k/len(t.leads))%len(t.leads)]),
	}
	for _, i := range chosen(len(t.paras), k) {
		out.paras = append(out.paras, w.fill(t.paras[i]))
	}
	closes := b.closes[t.sector]
	ends := 1
	if k%5 == 4 {
		ends = 3 // some pages are long
	}
	for i := range ends {
		out.paras = append(out.paras, w.fill(closes[(k+rng.IntN(2)+i*2)%len(closes)]))
	}
	if p.closing != "" {
		out.paras = append(out.paras, p.closing)
	}
	if p.bare {
		out.title, out.lead = bare(out.title), bare(out.lead)
		for i := range out.paras {
			out.paras[i] = bare(out.paras[i])
		}
	}
	return out
}

// capital opens a title with a capital letter.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// chosen picks three of n paragraphs by a difference set: of seven, any two choices share one.
func chosen(n, k int) []int {
	steps := [3]int{0, 1, 3}
	if (k/n)%2 == 1 {
		steps = [3]int{0, 2, 3}
	}
	picked := make([]int, 0, len(steps))
	for _, s := range steps {
		picked = append(picked, (k+s)%n)
	}
	slices.Sort(picked)
	return slices.Compact(picked)
}

// words fills the gaps of a sentence for one page.
type words struct {
	rng    *rand.Rand
	place  place
	day    time.Time
	hamlet string
}

var (
	choice = regexp.MustCompile(`\[[^\]]*\|[^\]]*\]`)
	gap    = regexp.MustCompile(`\{[^}]*\}`)
)

func (w *words) fill(s string) string {
	s = choice.ReplaceAllStringFunc(s, func(m string) string {
		return pick(w.rng, strings.Split(m[1:len(m)-1], "|"))
	})
	return gap.ReplaceAllStringFunc(s, func(m string) string { return w.gap(m[1 : len(m)-1]) })
}

func (w *words) gap(name string) string {
	switch name {
	case "noi":
		return w.place.noi
	case "ten":
		return w.place.ten
	case "cq":
		return w.place.cq
	case "thon":
		return w.hamlet
	case "ngay":
		return w.day.Format("ngày 2/1")
	case "homtruoc":
		return w.day.AddDate(0, 0, -1).Format("ngày 2/1")
	case "gio":
		return fmt.Sprintf("%d giờ %d phút", 4+w.rng.IntN(5), 5*(1+w.rng.IntN(11)))
	}
	low, high, ok := strings.Cut(strings.TrimPrefix(name, "n:"), "-")
	a, errA := strconv.Atoi(low)
	z, errZ := strconv.Atoi(high)
	if !ok || errA != nil || errZ != nil || z < a {
		panic("testweb: the bank of texts has an unknown gap {" + name + "}") // ours, found by any test
	}
	return strconv.Itoa(a + w.rng.IntN(z-a+1))
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// zone is the civil time of every outlet; Việt Nam keeps no summer time.
var zone = time.FixedZone("+07", 7*60*60)
