package fetch

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"
)

// maxRedirects is how many hops a document may be away from the address that was asked for.
const maxRedirects = 10

// follow is asked before each redirect; the policies then check the new address.
func follow(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return &Error{Code: CodeRedirectLoop, URL: req.URL.String(), Words: fmt.Sprintf("more than %d redirects", maxRedirects)}
	}
	return nil
}

// record keeps the request and its answer as they went over the wire. The last hop is the one
// that stays; those before it are left as redirects.
func record(v *visit) policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if last := v.exchange; last.Status/100 == 3 {
				v.hops = append(v.hops, Hop{URL: last.URL, Status: last.Status})
			}
			now := time.Now()
			if v.started.IsZero() {
				v.started = now
			}
			v.ended = now
			v.exchange = Exchange{URL: r.URL.String(), Method: r.Method, FetchedAt: now, RequestHeader: r.Header.Clone()}
			v.exchange.RequestHeader.Set("Host", r.URL.Host)
			ctx := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
				GotConn: func(info httptrace.GotConnInfo) { v.exchange.RemoteIP = address(info.Conn) },
			})
			resp, err := next.RoundTrip(r.WithContext(ctx))
			v.ended = time.Now()
			if err != nil {
				return nil, err
			}
			v.exchange.Status = resp.StatusCode
			v.exchange.Proto = resp.Proto
			v.exchange.ResponseHeader = resp.Header.Clone()
			resp.Body = &recorded{v: v, r: r, body: resp.Body}
			return resp, nil
		})
	}
}

// minRecord is how much of an answer is read at least, in bytes, whatever becomes of it.
const minRecord = 1 << 20

// recorded is a body that leaves a copy on the visit. It has a limit of its own, because gzip can
// be written so that endless bytes decode to nothing.
type recorded struct {
	v    *visit
	r    *http.Request
	body io.ReadCloser
}

func (b *recorded) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.v.ended = time.Now()
	if int64(len(b.v.exchange.Body)+n) > max(b.v.maxBody, minRecord) {
		return 0, &Error{Code: CodeTooLarge, URL: b.r.URL.String(), Words: "the answer has no end"}
	}
	b.v.exchange.Body = append(b.v.exchange.Body, p[:n]...)
	return n, err
}

func (b *recorded) Close() error { return b.body.Close() }
