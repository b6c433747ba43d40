package fetch

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// limitBody reads the decoded body into the visit, up to its limit. One byte more is an error and
// never a document with its end missing.
func limitBody(v *visit) policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			v.body = nil
			resp, err := next.RoundTrip(r)
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			if err := checkType(v, r, resp); err != nil {
				v.exchange.Truncated = "unspecified"
				return nil, err
			}
			limit := v.maxBody
			if resp.StatusCode/100 == 3 {
				limit = min(limit, 64<<10) // the words of a redirect
			}
			body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
			switch {
			case int64(len(body)) > limit && (v.cut || resp.StatusCode/100 == 3):
				body = body[:limit]
				v.exchange.Truncated = "length"
			case int64(len(body)) > limit:
				v.exchange.Truncated = "length"
				return nil, &Error{Code: CodeTooLarge, URL: r.URL.String(), Status: resp.StatusCode, Words: fmt.Sprintf("the document is larger than %d bytes", limit)}
			case err != nil:
				v.exchange.Truncated = "disconnect"
				return nil, describe(r, err)
			}
			v.body = body
			resp.Body = io.NopCloser(bytes.NewReader(body))
			resp.ContentLength = int64(len(body))
			return resp, nil
		})
	}
}

// checkType refuses to download what cannot hold text: pictures, sound, films, archives.
func checkType(v *visit, r *http.Request, resp *http.Response) error {
	if v.req.Kind != KindPage || resp.StatusCode/100 != 2 {
		return nil
	}
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return nil //nolint:nilerr // a type that nobody can read refuses nothing: the bytes decide
	}
	kind, sub, _ := strings.Cut(media, "/")
	switch {
	case kind == "image", kind == "audio", kind == "video", kind == "font",
		kind == "application" && (sub == "pdf" || sub == "zip" || sub == "msword" || strings.HasPrefix(sub, "vnd.")):
		return &Error{Code: CodeWrongType, URL: r.URL.String(), Status: resp.StatusCode, Words: "the document is " + media + ", not a page"}
	}
	return nil
}
