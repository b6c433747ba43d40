package try

import (
	"context"

	"lamro/crawler/feed"
)

type feedInput struct {
	URL         string `json:"url"`
	Path        string `json:"path"`
	ContentType string `json:"content_type"`
}

type feedOutput struct {
	Kind  feed.Kind  `json:"kind"`
	Title string     `json:"title"`
	Items []feedItem `json:"items"`

	size int
}

func (o feedOutput) Size() int { return o.size }

type feedItem struct {
	URL         string  `json:"url"`
	Title       string  `json:"title"`
	PublishedAt *string `json:"published_at"` // of a sitemap: when the page last changed
	Summary     string  `json:"summary"`
	GUID        string  `json:"guid"`
}

// Feed is `try feed`, a function for Run: what one feed, sitemap or list page offers.
func Feed(_ context.Context, raw []byte) (any, error) {
	var in feedInput
	if err := decode(raw, &in); err != nil {
		return nil, err
	}
	body, err := document(in.Path, "")
	if err != nil {
		return nil, err
	}
	f, err := feed.Parse(in.URL, in.ContentType, body)
	if err != nil {
		return nil, failure(feed.Code(err), "%v", err)
	}
	out := feedOutput{Kind: kindOf(f.Kind), Title: f.Title, Items: make([]feedItem, len(f.Items)), size: len(body)}
	for i, it := range f.Items {
		at := it.PublishedAt
		if at.IsZero() {
			at = it.UpdatedAt
		}
		out.Items[i] = feedItem{URL: it.URL, Title: it.Title, PublishedAt: timeOrNull(at), Summary: it.Summary, GUID: it.GUID}
	}
	return out, nil
}

// kindOf is the kind in the words of the output, which calls an index of sitemaps a sitemap.
func kindOf(k feed.Kind) feed.Kind {
	if k == feed.SitemapIndex {
		return feed.Sitemap
	}
	return k
}
