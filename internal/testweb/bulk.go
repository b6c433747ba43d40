package testweb

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// BulkConfig describes many pages for benchmarks and for tests that interrupt the work.
type BulkConfig struct {
	Config
	Pages    int     // at least one
	Outlets  int     // pages are spread evenly over them; 0: one for each hundred pages
	SizeKB   int     // least size of a page; what the text does not fill is page chrome
	Mentions float64 // the share of pages that name the area, spread evenly
	Live     bool    // the pages appear after the feeds' first poll: with Release where Hold is set, else two seconds after the start
}

// plainLayout is the layout of bulk pages and documents: an article and nothing beside it.
const plainLayout = "document"

// feedLimit is how many pages one feed of a bulk web lists; readers take no more than 2,000.
const feedLimit = 500

// Bulk starts a web of many pages in one plain layout. Their texts are distinct, and the ledger
// knows the truth about each. The caller closes the web.
func Bulk(cfg BulkConfig) (*Web, error) {
	if cfg.Pages < 1 || cfg.Mentions < 0 || cfg.Mentions > 1 {
		return nil, errors.New("a bulk web needs at least one page and a share of mentions from 0 to 1")
	}
	b, err := loadBank()
	if err != nil {
		return nil, err
	}
	outlets := cfg.Outlets
	if outlets == 0 {
		outlets = (cfg.Pages + 99) / 100
	}
	w := newWeb(cfg.Config)
	if err := w.open(plainPlans(outlets, cfg.Pages, "mau-hang-loat", "Trang Mẫu Hàng Loạt", typeRSS)); err != nil {
		return nil, err
	}
	c := &composer{web: w, bank: b, rng: rand.New(rand.NewPCG(cfg.Seed, 861))} //nolint:gosec // the same texts for the same seed
	offset := -time.Hour
	if cfg.Live {
		offset = 0
		if !cfg.Hold {
			offset = 2 * time.Second
		}
	}
	for i := range cfg.Pages {
		p := c.draft(offset)
		if share(i+1, cfg.Mentions) > share(i, cfg.Mentions) {
			c.fillMention(p)
		} else {
			c.fillOther(p)
		}
		p.padding = cfg.SizeKB << 10
		p.paras = append(p.paras, fmt.Sprintf("Bản tin mẫu số %d trong loạt %d bản tin.", i+1, cfg.Pages))
		c.put(w.sites[i%outlets], p)
	}
	w.serve()
	return w, nil
}

// share is how many of the first n pages are mentions.
func share(n int, of float64) int { return int(float64(n)*of + 1e-9) }

// plainPlans describes outlets that differ in nothing but name and address, with as many feeds
// as their pages need.
func plainPlans(outlets, pages int, id, name, typ string) []plan {
	list := make([]plan, 0, outlets)
	each := (pages + outlets - 1) / outlets
	for i := range outlets {
		p := plan{
			id: fmt.Sprintf("%s-%d", id, i+1), name: fmt.Sprintf("%s %d", name, i+1),
			class: "press", tier: 1, layout: plainLayout, validators: true,
			path:  func(p *page) string { return fmt.Sprintf("/bai/%s-%d.html", p.slug, p.number) },
			parts: Selectors{Title: "h1.title", Lead: "p.lead", Body: "div.body"},
		}
		for low := 0; low < each; low += feedLimit {
			p.feeds = append(p.feeds, feedPlan{
				path: fmt.Sprintf("/feed-%d.xml", 1+low/feedLimit), typ: typ, low: low, high: low + feedLimit,
			})
		}
		list = append(list, p)
	}
	return list
}
