package extract

import (
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The content systems that Vietnamese outlets and portals share, by the classes of their pages.
// They are tried on Vietnamese pages only, in this order; sources may name their own instead.
var (
	bodyLayouts = compile(
		"article.fck_detail", // VnExpress
		"[data-role=content].detail-content, div.detail-content.afcbc-body, div.detail-cmain", // VCCorp
		"div.singular-content",                                   // Dân trí
		"div.article__body, div.zce-content-body",                // ePi, ZCE
		"div.maincontent.main-content, div.maincontent",          // VietNamNet
		"div[data-field=body]",                                   // hemera
		"#news-bodyhtml, div.bodytext",                           // NukeViet
		"div#content-detail, div.content-detail",                 // provincial papers
		"div.detail-content, div.detail-content-body",            //
		"div.article-body, div.ArticleContent, .article-content", // portals
		"[itemprop=articleBody]",
	)
	leadLayouts = compile(
		"h2.detail-sapo, .detail-sapo, h2.singular-sapo, .singular-sapo, div.article__sapo, div.content-detail-sapo, [data-field=sapo]",
		"p.description", // VnExpress
		"h2.sapo, p.sapo, div.sapo, [class*=sapo]",
		"#hometext, .hometext", // NukeViet
		".article-summary, .article__summary, .chapeau, .article-lead, .news-lead, .lead-detail",
	)
	titleLayouts = compile("h1.title-detail, h1.detail-title, h1.title-page, h1.article__title, h1.content-title, h1[itemprop=headline]")
)

func compile(css ...string) []cascadia.SelectorGroup {
	out := make([]cascadia.SelectorGroup, len(css))
	for i, s := range css {
		group, err := cascadia.ParseGroup(s)
		if err != nil {
			panic(err) // a mistake in the table above
		}
		out[i] = group
	}
	return out
}

// find gives the elements that css selects, none for CSS that cannot be read.
func find(root *html.Node, css string) []*html.Node {
	if css == "" {
		return nil
	}
	group, err := cascadia.ParseGroup(css)
	if err != nil {
		return nil
	}
	return cascadia.QueryAll(root, group)
}

// chrome reports what of any page is never the article: navigation and footers.
func chrome(n *html.Node) bool {
	return n.DataAtom == atom.Nav || n.DataAtom == atom.Footer || n.DataAtom == atom.Aside
}

// extra reports what stands inside the body's element of known layouts without being the
// article: related links, bylines, sharing, tags.
func extra(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Aside, atom.Footer, atom.Form:
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "type", "data-type", "rel":
			for name := range strings.FieldsSeq(strings.ToLower(a.Val)) {
				if extraName(name) {
					return true
				}
			}
		}
	}
	return false
}

func extraName(name string) bool {
	for _, whole := range []string{"relatednews", "relatedonenews", "related", "author", "ads", "ad", "tags", "tag", "comment", "comments", "qc", "share", "social"} {
		if name == whole {
			return true
		}
	}
	for _, part := range []string{
		"tinlienquan", "tin-lien-quan", "lien-quan", "lienquan", "related-", "-related", "_related", "relate-", "insert-neww", "box-tin", "tin-khac", "tinkhac",
		"xem-them", "xemthem", "doc-them", "docthem", "readmore", "read-more", "author-", "-author", "author_", "_author", "byline", "tac-gia", "tacgia",
		"social-", "-social", "share-", "-share", "comment-", "-comment", "binh-luan", "banner", "adsbygoogle", "quangcao", "quang-cao",
		"list-tag", "tag-list", "box-tag", "tags-", "-tags", "__tag", "tu-khoa", "tukhoa", "keyword", "breadcrumb", "newsletter", "rating", "list-news", "news-other", "othernews",
	} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
