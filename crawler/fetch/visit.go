package fetch

import (
	"net/http"
	"time"
)

// A visit is what the policies of one Fetch share: what was asked, and what has been seen so far.
// One goroutine at a time uses it.
type visit struct {
	req           Request
	maxBody       int64
	cut           bool // a body over the limit is cut instead of refused (robots.txt)
	crawlDelay    time.Duration
	robots        Decision
	robotsFetches []RobotsFetch
	sitemaps      []string
	hops          []Hop
	exchange      Exchange
	body          []byte
	status        int
	started       time.Time
	ended         time.Time
	fault         error // of ours, not of the host
}

// internal marks an error as ours unless it says itself what it is.
func (v *visit) internal(err error) error {
	if CodeOf(err) == "" {
		v.fault = err
	}
	return err
}

// An Exchange is one request and its answer, as received: what a capture keeps. Go rebuilds the
// header block, so order and case of the header are not those of the wire.
type Exchange struct {
	URL            string
	Method         string
	RequestHeader  http.Header
	Status         int
	Proto          string
	ResponseHeader http.Header
	Body           []byte // before decoding
	FetchedAt      time.Time
	RemoteIP       string
	Truncated      string // why Body is not whole, "" when it is; in the words of WARC-Truncated
}

// A Hop is a redirect that was followed.
type Hop struct {
	URL    string
	Status int
}

// result is the visit as its caller sees it.
func (v *visit) result(final string) Result {
	res := Result{
		URL: final, Status: v.status, NotModified: v.status == http.StatusNotModified,
		Header: v.exchange.ResponseHeader, Body: v.body, Raw: v.exchange,
		Robots: v.robots, RobotsFetches: v.robotsFetches, Sitemaps: v.sitemaps,
		Redirects: v.hops, Started: v.started,
	}
	if res.Status == 0 {
		res.Status = v.exchange.Status
	}
	if !v.started.IsZero() && v.ended.After(v.started) {
		res.Took = v.ended.Sub(v.started)
	}
	switch {
	case res.NotModified:
		res.Validators = v.req.Validators
	case res.Status == http.StatusOK:
		res.Validators = Validators{
			URL: final, ETag: res.Header.Get("Etag"), LastModified: res.Header.Get("Last-Modified"),
		}
	}
	return res
}
