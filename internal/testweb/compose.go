package testweb

import (
	"math/rand/v2"
	"slices"
	"time"
)

// A mix says how many pages of each kind a web has. Copies are groups of site ids: each group
// carries one text.
type mix struct {
	mentions, others, decoys, blocked, refused  int // backlog
	copies                                      [][]string
	liveMentions, liveOthers, liveDecoys, lates int // published while the web runs
	liveCopies                                  [][]string
	edits                                       string // the outlet that edits, with an Atom feed
}

func demoMix() mix {
	return mix{
		mentions: 66, others: 64, decoys: 21, blocked: 4, refused: 5,
		copies: [][]string{
			{"mau-toan-quoc", "mau-tong-hop", "mau-bon-phuong"},
			{"mau-mien-nguoc", "mau-cho-phien", "mau-tong-hop"},
			{"mau-dan-ban", "mau-toan-quoc"},
		},
		liveMentions: 28, liveOthers: 8, liveDecoys: 7, lates: 2,
		liveCopies: [][]string{
			{"mau-mien-nguoc", "mau-bon-phuong", "mau-tong-hop"},
			{"mau-cho-phien", "mau-dan-ban"},
		},
		edits: "mau-dan-ban",
	}
}

// smallPlans keeps an RSS, an Atom, a list and a sitemap outlet.
func smallPlans(list []plan) []plan {
	keep := []string{"mau-nui-xanh", "mau-dan-ban", "mau-doi-che", "mau-bien-ai"}
	return slices.DeleteFunc(list, func(p plan) bool { return !slices.Contains(keep, p.id) })
}

func smallMix() mix {
	return mix{
		mentions: 5, others: 3, decoys: 3, copies: [][]string{{"mau-dan-ban", "mau-nui-xanh"}},
		liveMentions: 3, liveOthers: 1, liveDecoys: 1, liveCopies: [][]string{{"mau-nui-xanh", "mau-dan-ban"}},
	}
}

// A composer writes the pages of a web, the same ones for the same seed.
type composer struct {
	web       *Web
	bank      *bank
	rng       *rand.Rand
	number    int // pages made
	topical   int // texts made of ordinary topics
	decoy     int // texts made of decoys
	own       int // texts made of topics that name the province
	mention   int
	placed    int // mentions of ordinary topics
	elsewhere int
	turn      int // outlets take turns
}

func (w *Web) compose(b *bank, m mix) {
	c := &composer{web: w, bank: b, rng: rand.New(rand.NewPCG(w.cfg.Seed, 861))} //nolint:gosec // the same texts for the same seed
	c.backlog(m)
	c.live(m)
}

// backlog writes what was published in the 30 days before the start.
func (c *composer) backlog(m mix) {
	old := func() time.Duration { return -c.age() }
	for range m.mentions {
		c.newMention(c.next(func(s *site) bool { return !s.quietStart }), old())
	}
	for range m.others {
		c.newOther(c.next(nil), old())
	}
	for range m.decoys {
		c.newDecoy(c.next(nil), old())
	}
	for range m.blocked {
		s := c.next(func(s *site) bool { return s.disallow != "" })
		p := c.draft(old())
		p.blocked = true
		c.fillOther(p)
		s.add(p)
	}
	for _, s := range c.web.sites {
		if s.refuses {
			for range m.refused {
				c.newMention(s, old())
			}
		}
	}
	for i, group := range m.copies {
		c.copies(group, "backlog-"+string(rune('a'+i)), func(int) time.Duration { return old() })
	}
}

// age is how long before the start a page of the backlog was published: between an hour and 30
// days, by day rather than by night.
func (c *composer) age() time.Duration {
	start := c.web.started.In(zone)
	at := start.AddDate(0, 0, -c.rng.IntN(30))
	at = time.Date(at.Year(), at.Month(), at.Day(), 6+c.rng.IntN(16), c.rng.IntN(60), 0, 0, zone)
	if start.Sub(at) < time.Hour {
		at = at.AddDate(0, 0, -1)
	}
	return start.Sub(at)
}

// live writes what is published while the web runs, evenly over the window, first in tier 1
// outlets, which are asked often.
func (c *composer) live(m mix) {
	var jobs []func(offset time.Duration)
	often := func(s *site) bool { return s.tier == 1 }
	for range m.liveMentions {
		jobs = append(jobs, func(o time.Duration) { c.newMention(c.next(often), o) })
	}
	for range m.liveOthers {
		jobs = append(jobs, func(o time.Duration) { c.newOther(c.next(nil), o) })
	}
	for range m.liveDecoys {
		jobs = append(jobs, func(o time.Duration) { c.newDecoy(c.next(nil), o) })
	}
	for range m.lates {
		jobs = append(jobs, func(o time.Duration) { c.newLate(c.next(func(s *site) bool { return often(s) && !s.noDates }), o) })
	}
	c.rng.Shuffle(len(jobs), func(i, k int) { jobs[i], jobs[k] = jobs[k], jobs[i] })
	begin, end := c.web.window()
	step := (end - begin) / time.Duration(max(len(jobs)-1, 1))
	for i, job := range jobs {
		job(begin + time.Duration(i)*step)
	}
	for i, group := range m.liveCopies {
		first := begin + (end-begin)*time.Duration(i+1)/time.Duration(len(m.liveCopies)+2)
		gap := (end - begin) / 10
		c.copies(group, "live-"+string(rune('a'+i)), func(k int) time.Duration { return first + time.Duration(k)*gap })
	}
	if s := c.web.site(m.edits); s != nil {
		c.edits(s, begin, end)
	}
}

// window is when, after the start of publishing, new pages appear.
func (w *Web) window() (begin, end time.Duration) {
	length := w.cfg.For
	if length == 0 {
		length = 10*time.Minute + Quiet
	}
	begin = min(length/8, 10*time.Second)
	return begin, length - Quiet - time.Second
}

func (w *Web) site(id string) *site {
	for _, s := range w.sites {
		if s.id == id {
			return s
		}
	}
	return nil
}

// next takes the next outlet in turn that suits; refusing ones never do.
func (c *composer) next(suits func(*site) bool) *site {
	for {
		s := c.web.sites[c.turn%len(c.web.sites)]
		c.turn++
		if !s.refuses && (suits == nil || suits(s)) {
			return s
		}
	}
}

// draft is an empty page that appears at an offset of the schedule.
func (c *composer) draft(offset time.Duration) *page {
	c.number++
	return &page{number: c.number, offset: offset, published: c.web.started.Add(offset)}
}

func (c *composer) put(s *site, p *page) {
	p.slug = slug(p.title)
	s.add(p)
}

func (c *composer) newMention(s *site, offset time.Duration) {
	p := c.draft(offset)
	c.fillMention(p)
	c.put(s, p)
}

func (c *composer) newOther(s *site, offset time.Duration) {
	p := c.draft(offset)
	c.fillOther(p)
	s.add(p)
}

func (c *composer) newDecoy(s *site, offset time.Duration) {
	p := c.draft(offset)
	if c.decoy%len(c.bank.decoys) == 0 {
		c.turn++ // the next round of decoys meets other outlets
	}
	t := c.bank.decoys[c.decoy%len(c.bank.decoys)]
	c.fill(p, t, c.decoy/len(c.bank.decoys), c.elsewherePlace())
	p.decoy = t.decoy
	c.decoy++
	c.put(s, p)
}

// newLate is a mention that the outlet lists days after its date.
func (c *composer) newLate(s *site, offset time.Duration) {
	p := c.draft(offset)
	p.old = true
	p.published = p.published.Add(-3 * 24 * time.Hour)
	c.fillMention(p)
	c.put(s, p)
}

// fillMention writes a text about the area; each seventh is of a topic that names it anyway.
func (c *composer) fillMention(p *page) {
	c.mention++
	if c.mention%7 == 0 {
		t := c.bank.own[c.own%len(c.bank.own)]
		c.fill(p, t, c.own/len(c.bank.own), place{})
		p.kind = KindBody
		if t.sector == "van-hoa" {
			p.kind = KindLandmark
		}
		c.own++
		return
	}
	list := mentions()
	where := list[c.placed%len(list)]
	c.placed++
	c.fillTopic(p, where)
	p.kind = where.kind
}

func (c *composer) fillOther(p *page) {
	c.fillTopic(p, c.elsewherePlace())
	p.slug = slug(p.title)
}

func (c *composer) elsewherePlace() place {
	list := elsewhere()
	c.elsewhere++
	return list[c.elsewhere%len(list)]
}

func (c *composer) fillTopic(p *page, where place) {
	topics := c.bank.topics
	c.fill(p, topics[c.topical%len(topics)], c.topical/len(topics), where)
	c.topical++
}

func (c *composer) fill(p *page, t topic, k int, where place) {
	p.sector = t.sector
	p.text = c.bank.write(c.rng, t, k, where, p.published)
}

// copies puts one text on several outlets; each gives it a title of its own.
func (c *composer) copies(ids []string, group string, offset func(k int) time.Duration) {
	first := c.draft(offset(0))
	c.fillMention(first)
	for k, id := range ids {
		s := c.web.site(id)
		if s == nil {
			continue
		}
		p := first
		if k > 0 {
			p = c.draft(offset(k))
			p.sector, p.text, p.kind = first.sector, first.text, first.kind
			p.title = []string{"", "Bản tin: ", "Điểm tin: "}[k%3] + first.title
		}
		p.group = group
		c.put(s, p)
	}
}

// edits adds a page that gets its mention later, and one whose figure changes.
func (c *composer) edits(s *site, begin, end time.Duration) {
	length := end - begin
	gains := c.draft(begin + length/10)
	c.fillOther(gains)
	after := gains.text
	after.title += " (cập nhật)"
	after.paras = append(slices.Clone(after.paras),
		"Cập nhật: tình hình tương tự cũng được ghi nhận tại huyện Ba Bể, tỉnh Bắc Kạn cũ. Cơ quan chức năng đang cử cán bộ đến kiểm tra và hướng dẫn người dân.")
	gains.edit = &edit{offset: begin + length*6/10, text: after, adds: true}
	s.add(gains)

	figure := c.draft(begin + length/8)
	c.fillMention(figure)
	after = figure.text
	figure.paras = append(slices.Clone(figure.paras), "Tính đến thời điểm đưa tin, đã có 12 hộ dân nhận được hỗ trợ ban đầu.")
	after.title += " (tin thêm)"
	after.paras = append(slices.Clone(after.paras), "Tính đến thời điểm đưa tin, đã có 17 hộ dân nhận được hỗ trợ ban đầu.")
	figure.edit = &edit{offset: begin + length*7/10, text: after}
	c.put(s, figure)
}
