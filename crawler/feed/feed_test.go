package feed_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lamro/crawler/feed"
)

const address = "https://bao.example/rss/tin-moi.rss"

const rss = `<?xml version="1.0" encoding="utf-16"?>
<!-- made by hand, like many -->
<!DOCTYPE rss [<!ENTITY x "y">]>
<rss version="2.0"><channel><title>Báo Mẫu &ndash; Tin mới &amp; nhanh</title><link>https://bao.example/</link>
<item><title><![CDATA[Mưa lớn & sạt lở ở Bắc Kạn]]></title>
  <description><![CDATA[<a href="x"><img src="y.jpg"></a></br>Quốc lộ tắc hai giờ.]]></description>
  <link>/mua-lon-4954454.html</link><guid>4954454</guid><author>Phóng viên</author>
  <pubDate>Sun, 5 Jul 2025 08:00:00 +0700</pubDate></item>
<item><title>Chợ phiên vùng cao&nbsp;họp lại</title><link>https://bao.example/cho-phien-4954460.html?utm_source=rss</link>
  <pubDate>Thứ Bảy, 05/07/2025 - 17:30</pubDate></item>
<item><title>Ngày không có thật</title><link>https://bao.example/ngay-4954461.html</link><pubDate>31/02/2025</pubDate></item>
<item><title>A & B &#x1; C</title><link>https://bao.example/ab-4954462.html</link><pubDate>2025-07-04</pubDate></item>
</channel></rss>`

func TestParseReadsRSSAsOutletsWriteIt(t *testing.T) {
	t.Parallel()
	f, err := feed.Parse(address, "text/xml; charset=utf-8", []byte(rss))
	if err != nil {
		t.Fatal(err)
	}
	if f.Kind != feed.RSS || f.Title != "Báo Mẫu – Tin mới & nhanh" || f.Partial {
		t.Errorf("Parse = %s %q partial %v, want rss, the title, whole", f.Kind, f.Title, f.Partial)
	}
	want := []feed.Item{
		{URL: "https://bao.example/cho-phien-4954460.html?utm_source=rss", Title: "Chợ phiên vùng cao họp lại", PublishedAt: ict(2025, 7, 5, 17, 30, 0)},
		{URL: "https://bao.example/mua-lon-4954454.html", Title: "Mưa lớn & sạt lở ở Bắc Kạn", Summary: "Quốc lộ tắc hai giờ.", GUID: "4954454", PublishedAt: ict(2025, 7, 5, 8, 0, 0)},
		{URL: "https://bao.example/ab-4954462.html", Title: "A & B C", PublishedAt: ict(2025, 7, 4, 23, 59, 59), PublishedDay: true},
		{URL: "https://bao.example/ngay-4954461.html", Title: "Ngày không có thật"},
	}
	checkItems(t, f.Items, want)
}

func TestParseTellsTheKinds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		kind       feed.Kind
		title      string
		items      []feed.Item
	}{
		{"atom", `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://bao.example/"><title>Tin</title>
			<entry><title type="html">M&#432;a &lt;b&gt;lớn&lt;/b&gt;</title><link rel="alternate" href="a-1.html"/><id>tag:1</id><updated>2025-07-05T10:00:00</updated></entry></feed>`,
			feed.Atom, "Tin", []feed.Item{{URL: "https://bao.example/a-1.html", Title: "Mưa lớn", GUID: "tag:1", PublishedAt: ict(2025, 7, 5, 10, 0, 0), UpdatedAt: ict(2025, 7, 5, 10, 0, 0)}}},
		{"rdf", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Tin</title></channel>
			<item><title>Mưa</title><link>/a</link><dc:date>2025-07-05T10:00:00Z</dc:date></item></rdf:RDF>`,
			feed.RSS, "Tin", []feed.Item{{URL: "https://bao.example/a", Title: "Mưa", PublishedAt: time.Date(2025, 7, 5, 10, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2025, 7, 5, 10, 0, 0, 0, time.UTC)}}},
		{"json", `{"version":"https://jsonfeed.org/version/1.1","title":"Tin","items":[{"id":7,"url":"/a","title":"Mưa","content_html":"<p>Lớn</p>","date_published":"2025-07-05T10:00:00+07:00"},{"id":"https://bao.example/b","author":{"name":"x"}}]}`,
			feed.JSON, "Tin", []feed.Item{
				{URL: "https://bao.example/a", Title: "Mưa", Summary: "Lớn", GUID: "7", PublishedAt: ict(2025, 7, 5, 10, 0, 0)},
				{URL: "https://bao.example/b", GUID: "https://bao.example/b"}}},
		{"sitemap", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc> https://bao.example/a?x=1&y=2 </loc><lastmod>2025-07-05</lastmod><image:image><image:loc>https://bao.example/a.jpg</image:loc></image:image></url></urlset>`,
			feed.Sitemap, "", []feed.Item{{URL: "https://bao.example/a?x=1&y=2", UpdatedAt: ict(2025, 7, 5, 23, 59, 59)}}},
		{"news sitemap", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://bao.example/a</loc><news:news><news:publication><news:name>Báo Mẫu</news:name></news:publication><news:publication_date>2025-07-05T10:00:00+07:00</news:publication_date><news:title>Mưa lớn</news:title></news:news></url></urlset>`,
			feed.NewsSitemap, "", []feed.Item{{URL: "https://bao.example/a", Title: "Mưa lớn", PublishedAt: ict(2025, 7, 5, 10, 0, 0)}}},
		{"news sitemap of a quiet day", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"></urlset>`, feed.NewsSitemap, "", nil},
		{"sitemap index", `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://bao.example/s1.xml</loc></sitemap></sitemapindex>`,
			feed.SitemapIndex, "", []feed.Item{{URL: "https://bao.example/s1.xml"}}},
		{"rubbish first", "Warning: mysql_connect() in /x.php on line 3 <br />\n<?xml version=\"1.0\"?><rss><channel><title>Tin</title><item><link>/a</link></item></channel></rss>",
			feed.RSS, "Tin", []feed.Item{{URL: "https://bao.example/a"}}},
		{"no link, guid is one", `<rss><channel><title>Tin</title><item><guid>https://bao.example/a</guid></item></channel></rss>`,
			feed.RSS, "Tin", []feed.Item{{URL: "https://bao.example/a", GUID: "https://bao.example/a"}}},
		{"no address at all", `<rss><channel><title>Tin</title><item><title>Chỉ có tít</title><link>javascript:void(0)</link></item></channel></rss>`,
			feed.RSS, "Tin", []feed.Item{{Title: "Chỉ có tít"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := feed.Parse(address, "", []byte(tt.body))
			if err != nil || f.Kind != tt.kind || f.Title != tt.title || f.Partial {
				t.Fatalf("Parse = %s %q partial %v, %v, want %s %q", f.Kind, f.Title, f.Partial, err, tt.kind, tt.title)
			}
			checkItems(t, f.Items, tt.items)
		})
	}
}

func TestABrokenFeedGivesItsWholeItems(t *testing.T) {
	t.Parallel()
	const head = `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Tin</title>`
	item := func(n int) string {
		return fmt.Sprintf("<item><title>Bài %d</title><link>/bai-%d</link></item>", n, n)
	}
	tests := []struct{ name, body string }{
		{"cut in an item", head + item(1) + item(2) + "<item><title>Bài"},
		{"unclosed CDATA", head + item(1) + item(2) + "<item><title><![CDATA[Bài 3</title></item></channel></rss>"},
		{"one item of rubbish", head + item(1) + "<item><title></link <<< </item>" + item(2) + "</channel></rss>"},
		{"bad head", strings.Replace(head, "<title>", "<x <y><title>", 1) + item(1) + item(2) + "</channel></rss>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := feed.Parse(address, "", []byte(tt.body))
			if err != nil || !f.Partial || f.Title != "Tin" {
				t.Fatalf("Parse = %q partial %v, %v, want the title and partial", f.Title, f.Partial, err)
			}
			checkItems(t, f.Items, []feed.Item{{URL: "https://bao.example/bai-1", Title: "Bài 1"}, {URL: "https://bao.example/bai-2", Title: "Bài 2"}})
		})
	}
	cut := `{"version":"https://jsonfeed.org/version/1","items":[{"url":"/bai-1","title":"Bài 1"},{"url":"/bai`
	f, err := feed.Parse(address, "", []byte(cut))
	if err != nil || !f.Partial || len(f.Items) != 1 {
		t.Errorf("Parse of a cut JSON feed = %d items, partial %v, %v, want 1, partial", len(f.Items), f.Partial, err)
	}
	f, err = feed.Parse(address, "", []byte(`<urlset><url><loc>https://bao.example/a</loc></url><url><loc>https://bao.`))
	if err != nil || !f.Partial || len(f.Items) != 1 {
		t.Errorf("Parse of a cut sitemap = %d items, partial %v, %v, want 1, partial", len(f.Items), f.Partial, err)
	}
}

func TestWhatIsNoFeedIsToldApart(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]error{"": feed.ErrEmpty, " \n": feed.ErrEmpty, "không phải kênh tin": feed.ErrUnknown, `{"a":1}`: feed.ErrUnknown, "\x89PNG\r\n\x1a\n0000": feed.ErrUnknown} {
		if _, err := feed.Parse(address, "", []byte(body)); !errors.Is(err, want) {
			t.Errorf("Parse(%q) error = %v, want %v", body, err, want)
		}
	}
}

const listPage = `<!DOCTYPE html><html><head><title>Thời sự</title><base href="/thoi-su/">
<link rel="alternate" type="application/rss+xml" title="Tin mới" href="/rss/tin-moi.rss"></head><body>
<nav><a href="/the-thao">Thể thao</a></nav>
<div class="item"><a href="bai-1.html"><img src="1.jpg"></a><h3><a href="bai-1.html">Mưa lớn gây sạt lở ở vùng cao</a></h3><p class="sapo">Đường tắc.</p><span class="time">2 giờ trước</span></div>
<div class="item"><h3><a href="/thoi-su/bai-2.html">Chợ phiên vùng cao đông khách trở lại</a></h3><time datetime="2025-07-05T06:00:00">sáng nay</time></div>
<div class="item"><h3><a href="https://quang-cao.example/x">Quảng cáo của một nơi khác, rất dài</a></h3></div>
<a href="/rss">RSS</a></body></html>`

func TestParseListFollowsTheSelectors(t *testing.T) {
	t.Parallel()
	seen := ict(2025, 7, 5, 10, 0, 0)
	f, err := feed.ParseList("https://bao.example/thoi-su", "text/html", []byte(listPage),
		feed.Selectors{Item: "div.item:not(:last-of-type)", Summary: ".sapo", Date: ".time, time"}, seen)
	if err != nil || f.Kind != feed.HTML {
		t.Fatalf("ParseList = %s, %v", f.Kind, err)
	}
	checkItems(t, f.Items, []feed.Item{
		{URL: "https://bao.example/thoi-su/bai-1.html", Title: "Mưa lớn gây sạt lở ở vùng cao", Summary: "Đường tắc.", PublishedAt: ict(2025, 7, 5, 8, 0, 0)},
		{URL: "https://bao.example/thoi-su/bai-2.html", Title: "Chợ phiên vùng cao đông khách trở lại", PublishedAt: ict(2025, 7, 5, 6, 0, 0)},
	})
	for _, s := range []feed.Selectors{{}, {Item: "div["}, {Item: "div", Date: ":::"}} {
		if _, err := feed.ParseList(address, "", []byte(listPage), s, seen); !errors.Is(err, feed.ErrSelector) {
			t.Errorf("ParseList with %+v: %v, want ErrSelector", s, err)
		}
	}
}

func TestAFeedThatIsAPageNamesTheFeedsOfThePage(t *testing.T) {
	t.Parallel()
	f, err := feed.Parse(address, "application/rss+xml", []byte(listPage))
	if err != nil || f.Kind != feed.HTML || len(f.Links) != 2 {
		t.Fatalf("Parse = %s, links %v, %v, want html with two feeds", f.Kind, f.Links, err)
	}
	if want := (feed.Link{URL: "https://bao.example/rss/tin-moi.rss", Title: "Tin mới"}); f.Links[0] != want {
		t.Errorf("Links[0] = %v, want %v", f.Links[0], want)
	}
	if len(f.Items) != 2 {
		t.Errorf("Parse found %d headlines of the site, want 2: %v", len(f.Items), f.Items)
	}
}

func TestAHugeFeedKeepsItsNewestItems(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<rss><channel><title>Tin</title>")
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		fmt.Fprintf(&b, "<item><link>/%d</link><pubDate>%s</pubDate></item>", i, start.Add(time.Duration(i)*time.Minute).Format(time.RFC1123Z))
	}
	f, err := feed.Parse(address, "", []byte(b.String()+"</channel></rss>"))
	if err != nil || len(f.Items) != feed.MaxItems || f.Items[0].URL != "https://bao.example/9999" {
		t.Fatalf("Parse = %d items, %v, want the newest %d", len(f.Items), err, feed.MaxItems)
	}
}

func TestFixturesOfOtherParsers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file, contentType string
		title             string
		items             int
		partial           bool
	}{
		{"feedparser/utf-32le-bom.xml", "", "", 0, false},
		{"feedparser/bozo_invalid-bytes-with-bom.xml", "", "Valid UTF8: ѨInvalid UTF8: Espa\uFFFDa", 0, true},
		{"feedparser/732.xml", "", "testing ˜ entity", 0, true},
		{"feedparser/hex_entity_x_lowercase.xml", "", "", 1, true},
		{"feedparser/rss_incomplete_cdata.xml", "", "can feedparser read this xml", 0, true},
		{"feedparser/item_abstract_map_summary.xml", "", "", 1, false},
		{"gofeed/rdf_feed.xml", "", "", 0, false},
		{"gofeed/rss_feed_bom.xml", "", "", 0, false},
		{"gofeed/atom03_feed.xml", "", "", 0, false},
		{"gofeed/version_json_11.json", "", "title", 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(tt.file)))
			if err != nil {
				t.Fatal(err)
			}
			f, err := feed.Parse(address, tt.contentType, body)
			if err != nil || f.Partial != tt.partial || tt.title != "" && f.Title != tt.title || len(f.Items) < tt.items {
				t.Errorf("Parse = %s %q, %d items, partial %v, %v, want %q, %d, %v", f.Kind, f.Title, len(f.Items), f.Partial, err, tt.title, tt.items, tt.partial)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{rss, listPage, `{"version":"https://jsonfeed.org/version/1","items":[{"id":1}]}`,
		`<urlset><url><loc>a</loc><lastmod>2025-07-05</lastmod></url></urlset>`, "<rss><channel><item><![CDATA[</item><item></item>", "<feed><entry/><entry></entry>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := feed.Parse(address, "", body)
		if err != nil {
			return
		}
		if got.Kind == "" || len(got.Items) > feed.MaxItems {
			t.Fatalf("Parse = kind %q with %d items", got.Kind, len(got.Items))
		}
		for _, it := range got.Items {
			if it.URL != "" && !strings.HasPrefix(it.URL, "http") {
				t.Fatalf("item has address %q", it.URL)
			}
		}
	})
}

func BenchmarkParseRSS(b *testing.B) {
	body := []byte(rss)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := feed.Parse(address, "", body); err != nil {
			b.Fatal(err)
		}
	}
}

func ict(y int, m time.Month, d, h, min, s int) time.Time {
	return time.Date(y, m, d, h, min, s, 0, time.FixedZone("", 7*3600))
}

func checkItems(t *testing.T, got, want []feed.Item) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d items, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		g, w := got[i], want[i]
		if !g.PublishedAt.Equal(w.PublishedAt) || !g.UpdatedAt.Equal(w.UpdatedAt) {
			t.Errorf("item %d: published %v, updated %v, want %v, %v", i, g.PublishedAt, g.UpdatedAt, w.PublishedAt, w.UpdatedAt)
		}
		g.PublishedAt, g.UpdatedAt, w.PublishedAt, w.UpdatedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		if g != w {
			t.Errorf("item %d = %+v, want %+v", i, g, w)
		}
	}
}
