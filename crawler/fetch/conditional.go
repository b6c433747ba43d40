package fetch

import "net/http"

// Validators let a host say that nothing has changed. They belong to the address that gave them.
type Validators struct {
	URL          string
	ETag         string
	LastModified string
}

// conditional asks for the document only if it has changed. A hop at another address, where the
// same mark may mean something else, is asked without.
func conditional(v *visit) policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			known := v.req.Validators
			if known.URL == r.URL.String() {
				r = r.Clone(r.Context())
				if known.ETag != "" {
					r.Header.Set("If-None-Match", known.ETag)
				}
				if known.LastModified != "" {
					r.Header.Set("If-Modified-Since", known.LastModified)
				}
			}
			return next.RoundTrip(r)
		})
	}
}
