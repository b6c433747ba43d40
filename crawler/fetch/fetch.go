// Package fetch gets one document from the web as a guest should: with an honest name, only from
// public addresses, as robots.txt and the pace of the host allow, and within limits of size and
// time. Every policy is a RoundTripper of its own, in a file of its own; what a document means,
// and when to come again, is left to the crawler.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"
)

// Config is what a Fetcher goes by. The zero value of each limit means its default.
type Config struct {
	Version string // of Lamro, for the User-Agent
	Contact string // mail or web address of the office; unset, or under a reserved name: nothing public is fetched

	// AllowPrivate lets requests that ask for it reach private and loopback addresses, at any port.
	AllowPrivate bool
	// Scale divides pace and waiting (a compressed clock); 0 and 1 are real time. Over 1, public
	// addresses are refused.
	Scale float64

	Pace       time.Duration // between two starts at a host; 5 s
	MaxWait    time.Duration // longest wait for a start, longer is CodeLater; 30 s
	PerAddress int           // requests at once to one address; 4
	MaxBody    int64         // bytes of a decoded body; 20 MB
	Timeout    time.Duration // for one answer from the connection on; 60 s
	MinRate    int64         // bytes a second of a body, on average after Grace; 1024
	Grace      time.Duration // before MinRate counts; 3 s

	Paces    Paces         // remembers the pace of hosts over a restart; nil: nobody does
	Resolver *net.Resolver // nil: the system's
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&c.Pace, 5*time.Second)
	def(&c.MaxWait, 30*time.Second)
	def(&c.Timeout, 60*time.Second)
	def(&c.Grace, 3*time.Second)
	if c.Scale == 0 {
		c.Scale = 1
	}
	if c.PerAddress == 0 {
		c.PerAddress = 4
	}
	if c.MaxBody == 0 {
		c.MaxBody = 20 << 20
	}
	if c.MinRate == 0 {
		c.MinRate = 1024
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	return c
}

// Validate says what in the configuration cannot be meant.
func (c Config) Validate() error {
	var errs []error
	if c.Scale < 0 || c.Scale > 0 && c.Scale < 1 {
		errs = append(errs, fmt.Errorf("pace scale %v: must be 1 or more", c.Scale))
	}
	if c.Pace < 0 || c.MaxWait < 0 || c.Timeout < 0 || c.Grace < 0 || c.MaxBody < 0 || c.MinRate < 0 || c.PerAddress < 0 {
		errs = append(errs, errors.New("a limit is negative"))
	}
	if strings.ContainsFunc(c.Contact+c.Version, func(r rune) bool { return r < ' ' || r > '~' }) {
		errs = append(errs, errors.New("contact and version must be printable ASCII"))
	}
	return errors.Join(errs...)
}

// Fetcher fetches documents; any number of goroutines may use one. It remembers robots.txt files
// and when each host was last visited.
type Fetcher struct {
	cfg     Config
	agent   string
	public  *http.Transport
	private *http.Transport
	robots  *robotsCache
	pace    *pacer
	slots   *slots
}

// New makes a Fetcher. It refuses while a COLLY_ environment variable is set: those override what
// the code asks for, robots.txt among it.
func New(cfg Config) (*Fetcher, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("fetch settings: %w", err)
	}
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "COLLY_") {
			return nil, fmt.Errorf("environment variable %s is set: it would override the rules of fetching; unset it", name)
		}
	}
	cfg = cfg.withDefaults()
	f := &Fetcher{
		cfg:    cfg,
		agent:  userAgent(cfg.Version, cfg.Contact),
		robots: newRobotsCache(cfg.Scale),
		pace:   newPacer(cfg),
		slots:  newSlots(cfg.PerAddress),
	}
	// Two pools: a connection to a private address must never serve a request that may not have it.
	f.public = f.transport(false)
	f.private = f.transport(true)
	return f, nil
}

// Close drops idle connections. Fetches that run are not touched.
func (f *Fetcher) Close() {
	f.public.CloseIdleConnections()
	f.private.CloseIdleConnections()
}

// UserAgent is the name under which requests are made.
func (f *Fetcher) UserAgent() string { return f.agent }

// The kinds of documents that are asked for.
const (
	KindFeed = "feed"
	KindPage = "page"
)

// Request asks for one document.
type Request struct {
	URL          string
	Kind         string // KindFeed or KindPage: what is accepted
	Validators   Validators
	Pace         time.Duration // of this source, where it is longer than the configuration's
	AllowPrivate bool          // of this source; counts only where the configuration allows it, too
}

// Result is what came of a request. It is filled as far as the request got, also beside an error.
type Result struct {
	URL           string // after redirects
	Status        int    // 0 when there was no answer
	NotModified   bool   // the document is as the validators say; there is no body
	Header        http.Header
	Body          []byte   // decoded from gzip, in the charset in which it came
	Raw           Exchange // the last request and its answer, for a capture
	Robots        Decision // of the last hop
	RobotsFetches []RobotsFetch
	Sitemaps      []string // that robots.txt of the host names
	Redirects     []Hop
	Validators    Validators // to ask with the next time
	Started       time.Time  // of the first request to the document's hosts
	Took          time.Duration
}

// Fetch gets a document, following up to ten redirects and checking each by every policy. It
// waits as the pace of the host asks, at most Config.MaxWait. An answer without a document, such
// as 404, is an *Error; so is everything but the end of ctx and an error of Config.Paces.
func (f *Fetcher) Fetch(ctx context.Context, req Request) (Result, error) {
	v := &visit{req: req, maxBody: f.cfg.MaxBody}
	if _, err := checkURL(req.URL, f.mayBePrivate(v)); err != nil {
		return Result{URL: req.URL}, err
	}
	c := colly.NewCollector(
		colly.StdlibContext(ctx), colly.UserAgent(f.agent), colly.AllowURLRevisit(),
		colly.ParseHTTPErrorResponse(), colly.MaxBodySize(0))
	c.DisableCookies()
	c.SetRequestTimeout(0) // the patience policy is stricter, and waiting for the pace is no delay of the host's
	c.WithTransport(f.chain(v))
	c.SetRedirectHandler(follow)
	final := req.URL
	c.OnResponse(func(r *colly.Response) {
		v.status = r.StatusCode
		final = r.Request.URL.String()
	})
	err := c.Visit(req.URL)
	if err == nil {
		err = statusError(final, v.status, v.exchange.ResponseHeader)
	}
	if err != nil {
		err = v.plain(ctx, err)
	}
	return v.result(final), err
}

// plain takes an error out of the wrapping of http.Client, which repeats address and method.
func (v *visit) plain(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("fetch %s: %w", v.req.URL, context.Cause(ctx))
	case v.fault != nil:
		return fmt.Errorf("fetch %s: %w", v.req.URL, v.fault)
	}
	return &Error{Code: CodeBadResponse, URL: v.req.URL, Words: "the answer cannot be read", Err: err}
}

// Ready is when the pace lets the next request to host, a HostKey, start; a time in the past
// means now. A crawler visits another host meanwhile.
func (f *Fetcher) Ready(host string, pace time.Duration) time.Time { return f.pace.ready(host, pace) }
