package fetch

import "net/http"

// product is the name by which robots.txt knows us.
const product = "Lamro"

// userAgent is the honest name: product token first, and whom to write to.
func userAgent(version, contact string) string {
	agent := product + "/" + version
	if ContactSet(contact) {
		agent += " (+" + contact + ")"
	}
	return agent
}

// identity says who asks and what for. It sends no cookie and does not tell where it came from.
func (f *Fetcher) identity(v *visit) policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.Header = http.Header{
				"User-Agent":      {f.agent},
				"Accept":          {accept(v.req.Kind)},
				"Accept-Language": {"vi,en;q=0.5"},
			}
			return next.RoundTrip(r)
		})
	}
}

func accept(kind string) string {
	switch kind {
	case KindFeed:
		return "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,text/html;q=0.5,*/*;q=0.1"
	case KindPage:
		return "text/html,application/xhtml+xml,*/*;q=0.1"
	}
	return "text/plain,*/*;q=0.1"
}
