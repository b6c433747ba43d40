package extract_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"lamro/crawler/extract"
	"lamro/crawler/page"
	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// The article that every layout below shows. All of it is invented.
const (
	title = "Mưa lớn gây sạt lở trên tuyến đường lên các xã vùng cao"
	lead  = "Đất đá đổ xuống mặt đường trong đêm, hàng chục xe phải chờ đến sáng mới qua được đoạn dốc."
	para1 = "Đội bảo dưỡng của tuyến đường có mặt từ ba giờ sáng, dùng hai máy xúc để dọn một làn cho xe con đi trước, xe tải đi sau."
	para2 = "Theo Ủy ban nhân dân xã, không có ai bị thương; ba hộ ở sát chân đồi đã được chuyển sang nhà văn hóa thôn ở tạm cho đến khi trời tạnh hẳn."
	para3 = "Ngành khí tượng dự báo mưa còn kéo dài đến hết tuần, lượng mưa mỗi ngày từ 50 đến 80 milimét, có nơi cao hơn."
	body  = para1 + "\n\n" + para2 + "\n\n" + para3
)

// What stands around an article and must never be taken for it.
const (
	head = `<header><div id="clock">Thứ 6, ngày 16 tháng 8, 2019, 8:36:21 Chiều</div><nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/thoi-su">Thời sự</a></li><li><a href="/kinh-te">Kinh tế</a></li></ul></nav>
<select><option>Hà Nội</option><option>Bắc Kạn</option><option>Cao Bằng</option></select><div class="weather"><a href="/w">Bắc Kạn 24°C</a></div></header>`
	related = `<div class="box-tin-lien-quan"><h3>Tin liên quan</h3><ul><li><a href="/1">Bắc Kạn chuẩn bị lễ hội xuân ở ba địa điểm</a></li><li><a href="/2">Thêm một cây cầu dân sinh được khánh thành</a></li></ul></div>`
	foot    = `<aside><h3>Đọc nhiều</h3><ul><li><a href="/3">Chợ phiên cuối năm ở Bắc Kạn đông khách trở lại</a></li></ul></aside><footer>Giấy phép số 1. Điện thoại 0209 000 000</footer>`
)

func paragraphs(ps ...string) string { return "<p>" + strings.Join(ps, "</p>\n<p>") + "</p>" }

func document(htmlHead, content string) string {
	return `<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>` + title + ` - Báo Mẫu</title>` + htmlHead + `</head><body>` + head + content + foot + `</body></html>`
}

// layouts are pages of the content systems that Vietnamese outlets share: their classes are
// facts, the texts ours.
var layouts = []struct{ name, html string }{
	{"VnExpress", document(``, `<section class="page-detail"><div class="header-content"><span class="date">Thứ bảy, 5/7/2025, 08:15 (GMT+7)</span></div><h1 class="title-detail">`+title+`</h1>
<p class="description"><span class="location-stamp"></span>`+lead+`</p><article class="fck_detail">`+paragraphs(para1, para2, para3)+`<p class="author_mail"><strong>Phóng Viên Mẫu</strong></p></article>`+related+`</section>`)},
	{"VCCorp", document(``, `<h1 class="detail-title" data-role="title">`+title+`</h1><div class="detail-time"><div data-role="publishdate">05/07/2025 08:15 GMT+7</div></div><h2 class="detail-sapo" data-role="sapo">`+lead+`</h2>
<div class="detail-cmain"><div class="detail-content afcbc-body" data-role="content">`+paragraphs(para1, para2)+`<div class="VCSortableInPreviewMode" type="RelatedNewsBox"><div class="related-news"><a href="/1">Bắc Kạn chuẩn bị lễ hội xuân</a></div></div>`+paragraphs(para3)+`</div></div>`+related)},
	{"Dân trí", document(``, `<article class="singular-container"><h1 class="title-page detail">`+title+`</h1><time class="author-time" datetime="2025-07-05 08:15">Thứ bảy, 05/07/2025 - 08:15</time><h2 class="singular-sapo">(Báo Mẫu) - `+lead+`</h2>
<div class="singular-content">`+paragraphs(para1, para2, para3)+`<p style="text-align:right"><strong>Nhóm Phóng Viên</strong></p></div>`+related+`</article>`)},
	{"ePi", document(``, `<h1 class="article__title cms-title">`+title+`</h1><div class="article__meta"><time class="time" datetime="2025-07-05T08:15:00+0700">05/07/2025 08:15</time></div><div class="article__sapo cms-desc">`+lead+`</div>
<div class="article__body zce-content-body cms-body" itemprop="articleBody">`+paragraphs(para1, para2, para3)+`<div class="cms-relate"><a href="/1">Bắc Kạn chuẩn bị lễ hội xuân ở ba địa điểm</a></div><div class="article__tag">Từ khóa: <a href="/t">Bắc Kạn</a></div></div>`+related)},
	{"VietNamNet", document(``, `<h1 class="content-detail-title">`+title+`</h1><div class="bread-crumb-detail__time">05/07/2025 08:15 (GMT+07:00)</div><div class="content-detail-sapo">`+lead+`</div>
<div class="maincontent main-content">`+paragraphs(para1, para2)+`<div class="ck-cms-insert-neww-group"><a href="/1">Bắc Kạn chuẩn bị lễ hội xuân ở ba địa điểm</a></div>`+paragraphs(para3)+`</div>`)},
	{"hemera", document(``, `<h1 data-field="title">`+title+`</h1><div class="date">08:15, 05/07/2025</div><div data-field="sapo">`+lead+`</div><div data-field="body">`+paragraphs(para1, para2, para3)+`</div>`+related)},
	{"NukeViet", document(``, `<div class="news_column panel"><h1 class="title margin-bottom-lg" itemprop="headline">`+title+`</h1><em class="pull-left">Thứ bảy - 05/07/2025 08:15</em>
<div class="clearfix"><div class="hometext m-bottom">`+lead+`</div></div><div id="news-bodyhtml" class="bodytext margin-bottom-lg">`+paragraphs(para1, para2, para3)+`</div><p class="author">Tác giả: Ban biên tập</p></div>`+related)},
	{"provincial paper", document(``, `<div class="post"><h1>`+title+`</h1><p class="time">Cập nhật lúc 08:15, Thứ Bảy, 05/07/2025 (GMT+7)</p><div id="content-detail"><p><strong>`+lead+`</strong></p>`+paragraphs(para1, para2, para3)+`<p>Xem thêm: Bắc Kạn chuẩn bị lễ hội</p></div></div>`+related)},
	{"portal with breaks", document(`<meta name="description" content="`+lead+`">`, `<div class="portlet"><h1>`+title+`</h1><span>Ngày đăng: 05/07/2025 08:15</span><div class="ArticleContent">`+lead+`<br><br>`+para1+`<br />&nbsp;<br />`+para2+`<br><br>`+para3+`<br></div></div>`)},
	{"portal whose name is a heading too", strings.Replace(document(``, `<div id="banner"><h1 class="site-title"><a href="/">Cổng thông tin điện tử huyện Mẫu</a></h1><span>Thứ 6, ngày 16 tháng 8, 2019</span></div>
<div class="journal-content-article"><h1 class="news-title">`+title+`</h1><p class="news-date">Ngày đăng: 05-07-2025 08:15</p><p class="news-sapo"><strong>`+lead+`</strong></p><div class="news-content">`+paragraphs(para1, para2, para3)+`</div></div>
<div class="other-news"><h3>Các tin khác</h3><ul><li><a href="/1">Bắc Kạn chuẩn bị lễ hội xuân ở ba địa điểm</a></li></ul></div>`), "<title>"+title+" - Báo Mẫu", "<title>Chi tiết tin - Cổng thông tin điện tử huyện Mẫu", 1)},
	{"unknown system", document(`<meta property="og:description" content="`+lead[:90]+`..."><script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},{"@type":["NewsArticle"],"headline":"x","datePublished":"2025-07-05T08:15:00","author":{"name":"Phóng Viên Mẫu"}}]}</script>`,
		`<main><h1>`+title+`</h1><div class="zz-intro">`+lead+`</div><div class="zz-text">`+paragraphs(para1, para2, para3)+`</div></main>`+related)},
}

func TestExtractReadsTheCommonLayouts(t *testing.T) {
	t.Parallel()
	for _, tt := range layouts {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := extract.Extract(extract.Input{URL: "https://bao.example/mua-lon-4954454.html", ContentType: "text/html", Body: []byte(tt.html), FetchedAt: time.Date(2025, 7, 5, 3, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			if p.Title != title {
				t.Errorf("title = %q, want %q", p.Title, title)
			}
			want := lead + "\n\n" + body
			if got := strings.Replace(p.Text(), "(Báo Mẫu) - ", "", 1); got != want {
				t.Errorf("text by %s = %q, want %q", p.Method, got, want)
			}
			if got := p.PublishedAt.Format(time.RFC3339); got != "2025-07-05T08:15:00+07:00" {
				t.Errorf("published = %s from %q, want 2025-07-05T08:15:00+07:00", got, p.PublishedFrom)
			}
			if p.Language != "vi" || p.Problem != "" || p.Truncated {
				t.Errorf("language %q, problem %q, truncated %v, want vi and nothing", p.Language, p.Problem, p.Truncated)
			}
		})
	}
}

func TestLeadStandsApartFromTheBody(t *testing.T) {
	t.Parallel()
	og := `<meta property="og:description" content="` + lead + `">`
	tests := []struct{ name, html, lead, body string }{
		{"first paragraph of the body", document(``, `<h1>`+title+`</h1><h2 class="sapo">`+lead+`</h2><div class="detail-content">`+paragraphs(lead, para1, para2)+`</div>`), lead, para1 + "\n\n" + para2},
		{"description that the body holds", document(og, `<h1>`+title+`</h1><div class="detail-content">`+paragraphs(para1, lead, para2)+`</div>`), "", para1 + "\n\n" + lead + "\n\n" + para2},
		{"description that the body lacks", document(og, `<h1>`+title+`</h1><div class="detail-content">`+paragraphs(para1, para2)+`</div>`), lead, para1 + "\n\n" + para2},
		{"description that is the title", document(`<meta property="og:description" content="`+title+`">`, `<h1>`+title+`</h1><div class="detail-content">`+paragraphs(para1, para2)+`</div>`), "", para1 + "\n\n" + para2},
		{"links in the lead", document(``, `<h1>`+title+`</h1><div class="sapo">`+lead+`<ul><li><a href="/1">Bắc Kạn chuẩn bị lễ hội xuân</a></li></ul></div><div class="detail-content">`+paragraphs(para1, para2)+`</div>`), lead, para1 + "\n\n" + para2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := mustExtract(t, tt.html)
			if p.Lead != tt.lead || p.Body != tt.body {
				t.Errorf("lead %q, body %q, want %q and %q", p.Lead, p.Body, tt.lead, tt.body)
			}
		})
	}
}

func TestSelectorsOfTheSourceComeFirst(t *testing.T) {
	t.Parallel()
	html := document(``, `<h1>Một tiêu đề khác hẳn</h1><div class="t">`+title+`</div><div class="when">Hôm qua lúc 21:15</div><div class="l">`+lead+`</div><div class="b">`+paragraphs(para1, para2, para3)+`<p class="x">Bỏ đoạn này đi</p></div>`)
	in := extract.Input{URL: "https://bao.example/a", Body: []byte(html), FetchedAt: time.Date(2025, 7, 5, 3, 0, 0, 0, time.UTC),
		Selectors: extract.Selectors{Title: ".t", Lead: ".l", Body: ".b", Published: ".when", Remove: ".x"}}
	p, err := extract.Extract(in)
	if err != nil || p.Title != title || p.Lead != lead || p.Body != body || p.Method != extract.BySelectors {
		t.Errorf("Extract = %+v, %v", p, err)
	}
	if got := p.PublishedAt.Format(time.RFC3339); got != "2025-07-04T21:15:00+07:00" || p.PublishedFrom != news.FromText {
		t.Errorf("published = %s from %s, want yesterday 21:15 from text", got, p.PublishedFrom)
	}
	in.Selectors.Body = "div["
	if _, err := extract.Extract(in); !errors.Is(err, extract.ErrSelector) || extract.Code(err) != "selector" {
		t.Errorf("Extract with a bad selector = %v, want ErrSelector", err)
	}
}

func TestPublishedTakesTheMostTrustedPlace(t *testing.T) {
	t.Parallel()
	const ld = `<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2025-07-01T07:00:00"}</script>`
	const meta = `<meta property="article:published_time" content="2025-07-02T07:00:00+07:00">`
	const element = `<time datetime="2025-07-03T07:00:00Z">3/7</time>`
	const line = `<p class="d">Thứ sáu, 04/07/2025</p>`
	const url = "https://bao.example/2025/07/05/mua-lon.html"
	tests := []struct{ name, head, content, url, want, from string }{
		{"json-ld", ld + meta, element + line, url, "2025-07-01T07:00:00+07:00", news.FromJSONLD},
		{"meta", meta, element + line, url, "2025-07-02T07:00:00+07:00", news.FromMeta},
		{"time", "", element + line, url, "2025-07-03T07:00:00Z", news.FromTime},
		{"text, a day is its end", "", line, url, "2025-07-04T23:59:59+07:00", news.FromText},
		{"address", "", "", url, "2025-07-05T23:59:59+07:00", news.FromURL},
		{"stamp in the address", "", "", "https://bao.example/mua-lon-20250705081500123.htm", "2025-07-05T08:15:00+07:00", news.FromURL},
		{"impossible", `<meta property="article:published_time" content="31/02/2025">`, line, "", "2025-07-04T23:59:59+07:00", news.FromText},
		{"far in the future", `<meta property="article:published_time" content="2035-01-01">`, line, "", "2025-07-04T23:59:59+07:00", news.FromText},
		{"nowhere, and the page has a clock", "", "", "https://bao.example/a", "", ""},
		{"broken json", "<script type=\"application/ld+json\">\n//<![CDATA[\n[{\"@type\":\"Organization\"},{\"@type\":\"Article\",\"headline\":\"a\nb\",\"datePublished\":\"2025-07-01T07:00:00\"}]\n//]]></script>", line, "", "2025-07-01T07:00:00+07:00", news.FromJSONLD},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			html := document(tt.head, `<h1>`+title+`</h1>`+tt.content+`<div class="detail-content">`+paragraphs(para1, para2)+`</div>`)
			p, err := extract.Extract(extract.Input{URL: tt.url, Body: []byte(html), FetchedAt: time.Date(2025, 7, 6, 0, 0, 0, 0, time.UTC)})
			got := p.PublishedAt.Format(time.RFC3339)
			if p.PublishedAt.IsZero() {
				got = ""
			}
			if err != nil || got != tt.want || p.PublishedFrom != tt.from {
				t.Errorf("published = %s from %q, %v, want %s from %q", got, p.PublishedFrom, err, tt.want, tt.from)
			}
		})
	}
}

func TestLegacyEncodingsComeOutComposed(t *testing.T) {
	t.Parallel()
	html := layouts[0].html
	w1258, err := charmap.Windows1258.NewEncoder().Bytes([]byte(toneApart(html)))
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]extract.Input{
		"windows-1258": {Body: w1258, ContentType: "text/html; charset=windows-1258"},
		"decomposed":   {Body: []byte(norm.NFD.String(html))},
		"one bad byte": {Body: append([]byte(html), 0xFF)},
	} {
		p, err := extract.Extract(in)
		if err != nil || p.Title != title || p.Text() != lead+"\n\n"+body {
			t.Errorf("%s: title %q, text %q, %v", name, p.Title, p.Text(), err)
		}
	}
}

// toneApart writes Vietnamese as Windows-1258 does: letters with their own marks, tones behind.
func toneApart(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		letter, tones := "", ""
		for _, d := range norm.NFD.String(string(r)) {
			if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", d) {
				tones += string(d)
			} else {
				letter += string(d)
			}
		}
		b.WriteString(norm.NFC.String(letter) + tones)
	}
	return b.String()
}

func TestPagesThatAreNoArticles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, html string
		want       extract.Problem
	}{
		{"not found", `<html lang="vi"><head><title>404 - Không tìm thấy trang</title></head><body><h1>Rất tiếc</h1><p>Trang bạn tìm không còn ở đây nữa.</p></body></html>`, extract.SoftNotFound},
		{"not found, in a part of the title", `<html lang="vi"><head><title>Không tìm thấy | Báo Mẫu</title></head><body><p>Mời bạn về trang chủ.</p></body></html>`, extract.SoftNotFound},
		{"an item about what does not exist", `<html lang="vi"><head><title>Dòng suối không tồn tại trên bản đồ</title></head><body><article><h1>Dòng suối không tồn tại trên bản đồ</h1><p>Người dân chỉ cho đoàn khảo sát dòng suối chưa có tên.</p></article></body></html>`, ""},
		{"an item about who is not found", `<html lang="vi"><head><title>Chưa và không tìm thấy thêm nạn nhân ở cây số 404</title></head><body><article><h1>Chưa và không tìm thấy thêm nạn nhân ở cây số 404</h1><p>Lực lượng cứu hộ vẫn làm việc tại hiện trường.</p></article></body></html>`, ""},
		{"removed", `<html><head><title>Báo Mẫu</title></head><body><p>Bài viết đã bị xóa hoặc không còn được lưu.</p></body></html>`, extract.SoftNotFound},
		{"login", `<html><head><title>Đăng nhập</title></head><body><form><input name="u"><input type="password"></form></body></html>`, extract.Login},
		{"cloudflare", `<html><head><title>Just a moment...</title></head><body><p>Checking if the site connection is secure</p></body></html>`, extract.Challenge},
		{"cookie script", `<html><body><script>document.cookie="D1N=abc";window.location.reload(true);</script></body></html>`, extract.Challenge},
		{"empty", `<html><body></body></html>`, extract.Empty},
		{"nothing", ``, extract.Empty},
		{"an article about a page that is gone", layouts[0].html, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if p := mustExtract(t, tt.html); p.Problem != tt.want {
				t.Errorf("problem = %q, want %q: %+v", p.Problem, tt.want, p)
			}
		})
	}
}

func TestHostilePagesAreBounded(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, html, has string }{
		{"nested", strings.Repeat("<div>", 100_000) + para1, para1},
		{"many tags", "<p>" + para1 + "</p>" + strings.Repeat("<p>x</p>", 200_000), para1},
		{"pictures in the page", document(``, `<h1>`+title+`</h1><div class="detail-content"><p><img src="data:image/png;base64,`+strings.Repeat("A", 9<<20)+`"></p>`+paragraphs(para1, para2)+`</div>`), para1},
		{"unclosed script", "<p>" + para1 + "</p><script>" + strings.Repeat("x", 1<<20), para1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if p := mustExtract(t, tt.html); !strings.Contains(p.Body, tt.has) {
				t.Errorf("body of %d bytes by %s does not hold the paragraph", len(p.Body), p.Method)
			}
		})
	}
	_, err := extract.Extract(extract.Input{Body: []byte(strings.Repeat("a ", 3<<20))})
	if !errors.Is(err, page.ErrTooLarge) || extract.Code(err) != "too-large" {
		t.Errorf("Extract of 6 MB = %v, want ErrTooLarge", err)
	}
	_, err = extract.Extract(extract.Input{Body: []byte("%PDF-1.7\n...")})
	if !errors.Is(err, extract.ErrNotPage) || extract.Code(err) != "not-html" {
		t.Errorf("Extract of a PDF = %v, want ErrNotPage", err)
	}
}

func TestALongBodyIsCutBetweenParagraphs(t *testing.T) {
	t.Parallel()
	var ps []string
	for i := range 6000 {
		ps = append(ps, fmt.Sprintf("%d %s", i, para1))
	}
	p := mustExtract(t, document(``, `<h1>`+title+`</h1><div class="detail-content">`+paragraphs(ps...)+`</div>`))
	if !p.Truncated || len(p.Body) > news.MaxBody || !strings.HasSuffix(p.Body, para1) {
		t.Errorf("body of %d bytes, truncated %v, want whole paragraphs up to %d", len(p.Body), p.Truncated, news.MaxBody)
	}
}

func TestExtractIsDeterministic(t *testing.T) {
	t.Parallel()
	for _, tt := range layouts {
		first := mustExtract(t, tt.html)
		for range 5 {
			if again := mustExtract(t, tt.html); again != first {
				t.Fatalf("%s: Extract gave %+v, then %+v", tt.name, first, again)
			}
		}
	}
}

func TestNoBylineIsKept(t *testing.T) {
	t.Parallel()
	for _, tt := range layouts {
		p := mustExtract(t, tt.html)
		for _, byline := range []string{"Phóng Viên Mẫu", "Nhóm Phóng Viên", "Ban biên tập"} {
			if strings.Contains(fmt.Sprintf("%+v", p), byline) {
				t.Errorf("%s: %q is in the page", tt.name, byline)
			}
		}
	}
}

func FuzzExtract(f *testing.F) {
	for _, l := range layouts {
		f.Add([]byte(l.html))
	}
	f.Add([]byte("<table><td><p>a<br><br>b</table><svg><title>x</title></svg><script type=ld+json>{}"))
	f.Fuzz(func(t *testing.T, html []byte) {
		p, err := extract.Extract(extract.Input{URL: "https://bao.example/a", Body: html})
		if err != nil {
			return
		}
		for _, s := range []string{p.Title, p.Lead, p.Body} {
			if !utf8.ValidString(s) || vietnamese.Normalize(s) != s || strings.ContainsAny(s, "\x00\uE000\uE001") {
				t.Fatalf("text is not as it is stored: %q", s)
			}
		}
		if p.PublishedAt.IsZero() != (p.PublishedFrom == "") {
			t.Fatalf("published %v from %q", p.PublishedAt, p.PublishedFrom)
		}
	})
}

func BenchmarkExtract(b *testing.B) {
	for _, kb := range []int{20, 170} {
		for name, class := range map[string]string{"layout": "detail-content", "content": "zz"} {
			b.Run(fmt.Sprintf("%dKB/%s", kb, name), func(b *testing.B) {
				menu := strings.Repeat(`<li class="menu-item"><a href="/muc">Một mục của trang</a></li>`, kb*8)
				html := document(``, `<ul>`+menu+`</ul><h1>`+title+`</h1><div class="`+class+`">`+strings.Repeat(paragraphs(para1, para2, para3), kb/10)+`</div>`)
				b.SetBytes(int64(len(html)))
				for b.Loop() {
					if _, err := extract.Extract(extract.Input{URL: "https://bao.example/a", Body: []byte(html)}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func mustExtract(t *testing.T, html string) extract.Page {
	t.Helper()
	p, err := extract.Extract(extract.Input{URL: "https://bao.example/mua-lon.html", Body: []byte(html), FetchedAt: time.Date(2025, 7, 6, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
