package testweb

import (
	"fmt"
	"time"
)

// An Outlet is one invented site, as the settings of a source would describe it.
type Outlet struct {
	ID         string // fits a source id
	Name       string // says that it is a sample
	Home       string // address of the front page
	Class      string // press, state-portal, aggregator or other
	Tier       int    // 1 is asked most often
	Language   string
	Feeds      []Feed
	Article    Selectors     // where its pages keep their parts
	CrawlDelay time.Duration // asked for in robots.txt, real time, not scaled
	Refuses    bool          // robots.txt answers 5xx: nothing here may be fetched
}

// A Feed is one address of an outlet that lists pages.
type Feed struct {
	URL  string
	Kind string    // feed, sitemap or list
	List Selectors // of a list page: Item, Link, Title and Date within each item
	Type string    // rss, atom, sitemap, news-sitemap or html
}

// Selectors are CSS selectors of a page's parts; empty where a part is missing or not needed.
type Selectors struct {
	Title, Lead, Body string // of an article
	Item, Link, Date  string // of a list page; the title is the link's text
}

// The types of feeds.
const (
	typeRSS         = "rss"
	typeAtom        = "atom"
	typeSitemap     = "sitemap"
	typeNewsSitemap = "news-sitemap"
	typeList        = "html"
)

// How an outlet stores its text.
const (
	formNFC = iota
	formNFD
	form1258
)

// A plan describes an outlet before it has an address.
type plan struct {
	id, name   string
	class      string
	tier       int
	layout     string // file name under layouts
	form       int
	gzip       bool   // compresses what is asked for with gzip
	validators bool   // ETag and 304
	noDates    bool   // neither pages nor feeds carry a date
	tracking   string // added to the links of its feeds
	refuses    bool
	noRobots   bool // robots.txt is 404
	crawlDelay time.Duration
	disallow   string // a section that its own feeds link into
	feeds      []feedPlan
	quietStart bool // its backlog holds no mention
	path       func(p *page) string
	parts      Selectors
}

type feedPlan struct {
	path    string
	typ     string
	sectors string // only these, in brackets; empty: all
	list    Selectors
	recent  time.Duration // only what was published within; 0: all
	low     int           // only pages from this number within the outlet
	high    int           // up to, not including; 0: no end
}

// plans lists the outlets of the demo. Their markup follows the common content systems of
// Vietnamese newsrooms; names and texts are ours.
func plans() []plan {
	return []plan{
		{
			id: "mau-nui-xanh", name: "Nhật báo Mẫu Núi Xanh", class: "press", tier: 1, layout: "nui-xanh", validators: true,
			feeds: []feedPlan{
				{path: "/rss/thoi-su.rss", typ: typeRSS, sectors: "[thien-tai][phap-luat][kinh-te]"},
				{path: "/rss/doi-song.rss", typ: typeRSS, sectors: "[xa-hoi][van-hoa][nong-nghiep]"},
			},
			path:  func(p *page) string { return fmt.Sprintf("/%s-%d.html", p.slug, 4700000+p.number) },
			parts: Selectors{Title: "h1.title-detail", Lead: "p.description", Body: "article.fck_detail"},
		},
		{
			id: "mau-bon-phuong", name: "Báo Mẫu Bốn Phương", class: "press", tier: 1, layout: "bon-phuong", gzip: true,
			disallow: "/quang-ba/",
			feeds:    []feedPlan{{path: "/rss/home.rss", typ: typeRSS}},
			path: func(p *page) string {
				return fmt.Sprintf("/%s-%s%06d.htm", p.slug, p.published.In(zone).Format("20060102150405"), p.number)
			},
			parts: Selectors{Title: "h1.detail-title", Lead: "h2.detail-sapo", Body: "div.detail-content"},
		},
		{
			id: "mau-dan-ban", name: "Trang tin Mẫu Dân Bản", class: "press", tier: 1, layout: "dan-ban", validators: true,
			feeds: []feedPlan{{path: "/feed/atom.xml", typ: typeAtom}},
			path: func(p *page) string {
				return fmt.Sprintf("/%s/%s-%s%05d.htm", p.sector, p.slug, p.published.In(zone).Format("20060102"), p.number)
			},
			parts: Selectors{Title: "h1.title-page", Lead: "h2.singular-sapo", Body: "div.singular-content"},
		},
		{
			id: "mau-cho-phien", name: "Báo Mẫu Phiên Sớm", class: "press", tier: 1, layout: "cho-phien",
			crawlDelay: 10 * time.Second,
			feeds:      []feedPlan{{path: "/rss/tin-moi-nhat.rss", typ: typeRSS}},
			path:       func(p *page) string { return fmt.Sprintf("/%s-post%d.html", p.slug, 310000+p.number) },
			parts:      Selectors{Title: "h1.article__title", Lead: "div.article__sapo", Body: "div.article__body"},
		},
		{
			id: "mau-bo-suoi", name: "Báo điện tử Mẫu Bờ Suối", class: "press", tier: 1, layout: "bo-suoi", validators: true,
			feeds: []feedPlan{
				{path: "/sitemap.xml", typ: typeSitemap},
				{path: "/news-sitemap.xml", typ: typeNewsSitemap, recent: 48 * time.Hour},
			},
			path:  func(p *page) string { return fmt.Sprintf("/%s-%d.html", p.slug, 2400000+p.number) },
			parts: Selectors{Title: "h1.content-title", Lead: "div.content-detail-sapo", Body: "div.maincontent"},
		},
		{
			id: "mau-doi-che", name: "Cổng thông tin Mẫu Đồi Chè", class: "state-portal", tier: 1, layout: "doi-che",
			feeds: []feedPlan{{path: "/tin-tuc", typ: typeList, list: Selectors{
				Item: "div.news-item", Link: "h3 a", Date: "span.date",
			}}},
			path: func(p *page) string {
				return fmt.Sprintf("/tin-tuc/-/view_content/content/%d/%s", 98000+p.number, p.slug)
			},
			parts: Selectors{Title: "h1.news-title", Lead: "p.news-sapo", Body: "div.news-content"},
		},
		{
			id: "mau-rung-truc", name: "Trang tin Mẫu Rừng Trúc", class: "other", tier: 1, layout: "rung-truc",
			form: formNFD, noRobots: true, quietStart: true,
			feeds: []feedPlan{{path: "/vi/news/rss/", typ: typeRSS}},
			path:  func(p *page) string { return fmt.Sprintf("/vi/news/%s/%s-%d.html", p.sector, p.slug, p.number) },
			parts: Selectors{Title: "h1.title", Lead: "div.hometext", Body: "#news-bodyhtml"},
		},
		{
			id: "mau-mien-nguoc", name: "Báo Mẫu Miền Ngược", class: "press", tier: 1, layout: "mien-nguoc",
			tracking: "utm_source=rss&utm_medium=feed",
			feeds:    []feedPlan{{path: "/rss/trang-nhat", typ: typeRSS}},
			path: func(p *page) string {
				return fmt.Sprintf("/%s/%s/%s-%07x/", p.sector, p.published.In(zone).Format("200601"), p.slug, 0xa00000+p.number*17)
			},
			parts: Selectors{Title: "h1.article-title", Lead: "div.article-sapo", Body: "div.article-text"},
		},
		{
			id: "mau-song-doi", name: "Đài Mẫu Sóng Đồi", class: "press", tier: 1, layout: "song-doi",
			noDates: true, quietStart: true,
			feeds: []feedPlan{{path: "/rss/thoi-su.rss", typ: typeRSS}},
			path:  func(p *page) string { return fmt.Sprintf("/%s-post%d.vov", p.slug, 1200000+p.number) },
			parts: Selectors{Title: "h1.article-title", Lead: "div.article-summary", Body: "div.article-content"},
		},
		{
			id: "mau-ruong-bac", name: "Tạp chí Mẫu Ruộng Bậc", class: "press", tier: 2, layout: "ruong-bac",
			feeds: []feedPlan{{path: "/google-news-sitemap.xml", typ: typeNewsSitemap}},
			path:  func(p *page) string { return fmt.Sprintf("/%s.htm", p.slug) },
			parts: Selectors{Title: "h1[data-field=title]", Lead: "[data-field=sapo]", Body: "div[data-field=body]"},
		},
		{
			id: "mau-toan-quoc", name: "Cổng tin Mẫu Toàn Quốc", class: "state-portal", tier: 2, layout: "toan-quoc",
			gzip: true, validators: true,
			feeds: []feedPlan{{path: "/rss/tin-moi.rss", typ: typeRSS}},
			path:  func(p *page) string { return fmt.Sprintf("/%s-%d.htm", p.slug, 102240000+p.number) },
			parts: Selectors{Title: "div.article-header h1", Lead: "div.summary", Body: "div.article-body"},
		},
		{
			id: "mau-bien-ai", name: "Báo Mẫu Biên Ải", class: "press", tier: 2, layout: "bien-ai", form: form1258,
			feeds: []feedPlan{{path: "/sitemap-news.xml", typ: typeSitemap}},
			path:  func(p *page) string { return fmt.Sprintf("/%s-%d.html", p.slug, 5000000+p.number) },
			parts: Selectors{Title: "h1.post-title", Body: "div#content-detail"},
		},
		{
			id: "mau-goc-pho", name: "Trang Mẫu Góc Phố", class: "other", tier: 3, layout: "goc-pho",
			feeds: []feedPlan{{path: "/feed/", typ: typeRSS}},
			path: func(p *page) string {
				return fmt.Sprintf("/%s/%s/", p.published.In(zone).Format("2006/01/02"), p.slug)
			},
			parts: Selectors{Title: "h1.entry-title", Body: "div.entry-content"},
		},
		{
			id: "mau-tong-hop", name: "Trang Mẫu Tổng Hợp Nhanh", class: "aggregator", tier: 2, layout: "tong-hop",
			feeds: []feedPlan{{path: "/rss.xml", typ: typeRSS}},
			path:  func(p *page) string { return fmt.Sprintf("/bai-viet?id=%d", 70000+p.number) },
			parts: Selectors{Title: "h1.tieu-de", Lead: "p.sapo", Body: "div.noi-dung"},
		},
		{
			id: "mau-mat-ket-noi", name: "Báo Mẫu Mất Kết Nối", class: "press", tier: 1, layout: "nui-xanh", refuses: true,
			feeds: []feedPlan{{path: "/rss/tin.rss", typ: typeRSS}},
			path:  func(p *page) string { return fmt.Sprintf("/%s-%d.html", p.slug, 100+p.number) },
		},
	}
}
