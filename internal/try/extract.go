package try

import (
	"context"
	"math"
	"time"

	"lamro/crawler/extract"
)

type extractInput struct {
	URL         string `json:"url"`
	HTMLPath    string `json:"html_path"`
	HTMLBase64  string `json:"html_base64"`
	ContentType string `json:"content_type"`
	FetchedAt   string `json:"fetched_at"`
}

type extractOutput struct {
	Title         string  `json:"title"`
	Text          string  `json:"text"`
	PublishedAt   *string `json:"published_at"`
	PublishedFrom *string `json:"published_from"`
	CanonicalURL  *string `json:"canonical_url"`
	Language      *string `json:"language"`
	Ms            float64 `json:"ms"`
	Problem       string  `json:"problem,omitempty"` // why the crawler would not keep this page

	size int
}

func (o extractOutput) Size() int { return o.size }

// Extract is `try extract`, a function for Run: the article of one page.
func Extract(_ context.Context, raw []byte) (any, error) {
	var in extractInput
	if err := decode(raw, &in); err != nil {
		return nil, err
	}
	var fetched time.Time
	if in.FetchedAt != "" {
		var err error
		if fetched, err = time.Parse(time.RFC3339, in.FetchedAt); err != nil {
			return nil, failure("bad-input", "%v", err)
		}
	}
	body, err := document(in.HTMLPath, in.HTMLBase64)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	p, err := extract.Extract(extract.Input{URL: in.URL, ContentType: in.ContentType, Body: body, FetchedAt: fetched})
	if err != nil {
		return nil, failure(extract.Code(err), "%v", err)
	}
	return extractOutput{
		Title:         p.Title,
		Text:          p.Text(),
		PublishedAt:   timeOrNull(p.PublishedAt),
		PublishedFrom: orNull(p.PublishedFrom),
		CanonicalURL:  orNull(p.Canonical),
		Language:      orNull(p.Language),
		Ms:            math.Round(float64(time.Since(start).Microseconds())/10) / 100,
		Problem:       string(p.Problem),
		size:          len(body),
	}, nil
}
