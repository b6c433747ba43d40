// Package webhook posts alerts as signed JSON to an address of the office's choice, such as a chat
// server. The receiver checks the signature, its time, and drops what it has by the key. When to
// send is decided by alerter.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lamro/alerter"
	"lamro/internal/news"
)

// Config is one address that receives alerts.
type Config struct {
	URL          string
	Secret       func() string // key of the signature
	Timeout      time.Duration
	AllowPrivate bool   // allow loopback and private addresses, and http
	BaseURL      string // of the interface, without a slash at the end
	UserAgent    string

	TLSConfig *tls.Config // for a server with its own authority; may be nil
}

// Validate reports what is missing or contradicts itself.
func (c Config) Validate() error {
	var errs []error
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		errs = append(errs, errors.New("the address is not http(s)"))
	} else if u.Scheme == "http" && !c.AllowPrivate {
		errs = append(errs, errors.New("the address must be https"))
	}
	if c.Secret == nil || c.Secret() == "" {
		errs = append(errs, errors.New("no secret to sign with"))
	}
	if c.Timeout <= 0 {
		errs = append(errs, errors.New("no timeout"))
	}
	return errors.Join(errs...)
}

// Notifier posts to one address. It is safe for several goroutines.
type Notifier struct {
	cfg    Config
	client *http.Client
}

var _ alerter.Notifier = (*Notifier)(nil)

// New makes a notifier; nothing is connected before the first alert. It follows no redirects and
// uses no proxy of the environment.
func New(cfg Config) (*Notifier, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("webhook: %w", err)
	}
	dialer := &net.Dialer{Timeout: cfg.Timeout}
	if !cfg.AllowPrivate {
		dialer.Control = publicOnly
	}
	return &Notifier{cfg: cfg, client: &http.Client{
		Timeout: cfg.Timeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: cfg.TLSConfig, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: cfg.Timeout, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

var errPrivate = errors.New("a private address")

// publicOnly looks at the address that is really dialled, after every name was resolved.
func publicOnly(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := ap.Addr().Unmap()
	shared := netip.MustParsePrefix("100.64.0.0/10")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || shared.Contains(ip) {
		return fmt.Errorf("%s is %w", ip, errPrivate)
	}
	return nil
}

// Codes of failures, for the interface to put into words.
const (
	CodeUnreachable = "webhook-unreachable"
	CodePrivate     = "webhook-private" // the name leads to a private address
	CodeRefused     = "webhook-refused" // 3xx, 4xx: this alert will not be taken
	CodeLater       = "webhook-later"   // 408, 425, 429, 5xx
)

// Notify posts one alert. Any 2xx answer means that it was accepted.
func (n *Notifier) Notify(ctx context.Context, m alerter.Message) error {
	body, err := json.Marshal(n.payload(m, time.Now()))
	if err != nil {
		return &alerter.Failure{Code: "error", Permanent: true, Answered: true, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, n.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return &alerter.Failure{Code: "error", Permanent: true, Answered: true, Err: errors.New("the address is not usable")}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", n.cfg.UserAgent)
	req.Header.Set("Idempotency-Key", m.Key)
	req.Header.Set("X-Signature", Sign(n.cfg.Secret(), body))
	req.GetBody = nil // the transport would send again by itself
	if err := m.HandOver(ctx); err != nil {
		return &alerter.Failure{Code: "records", Err: err}
	}
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	resp, err := n.client.Do(req.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		return transportFailure(ctx, err, connected)
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
	return n.judge(resp, string(said))
}

// Sign is the value of X-Signature: the HMAC-SHA256 of the body, which holds its own time.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// transportFailure keeps the address out of the error: chat servers put their key into it.
func transportFailure(ctx context.Context, err error, connected bool) error {
	f := &alerter.Failure{Code: CodeUnreachable, Answered: !connected, Err: err}
	if u, ok := errors.AsType[*url.Error](err); ok {
		f.Err = u.Err
	}
	switch {
	case errors.Is(err, errPrivate):
		f.Code = CodePrivate
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded):
		f.Code = alerter.CodeTimeout
	}
	return f
}

func (n *Notifier) judge(resp *http.Response, said string) error {
	if resp.StatusCode/100 == 2 {
		return nil
	}
	said = strings.ReplaceAll(strings.TrimSpace(said), n.cfg.Secret(), "***")
	f := &alerter.Failure{Code: CodeRefused, Permanent: true, Answered: true, Err: fmt.Errorf("answered %s %s", resp.Status, said)}
	switch s := resp.StatusCode; {
	case s >= 500, s == http.StatusTooManyRequests, s == http.StatusRequestTimeout, s == http.StatusTooEarly:
		f.Code, f.Permanent = CodeLater, false
		if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
			f.RetryAfter = min(time.Duration(seconds)*time.Second, time.Hour)
		}
	}
	return f
}

// Payload is what is posted. Fields are added, never changed; Schema would be raised.
type Payload struct {
	Schema      int           `json:"schema"`
	ID          string        `json:"id"`      // the same for every try, as Idempotency-Key
	SentAt      time.Time     `json:"sent_at"` // of this try; refuse what is old
	MaybeRepeat bool          `json:"maybe_repeat,omitempty"`
	Severity    news.Severity `json:"severity"`
	Route       string        `json:"route"`
	AlertedAt   time.Time     `json:"alerted_at"`
	Link        string        `json:"link"`
	Text        string        `json:"text"` // one line for chat servers
	Article     Article       `json:"article"`
	Alerts      []Alert       `json:"alerts"`
}

// Article is the article of a payload.
type Article struct {
	ID          string    `json:"id"`
	URL         string    `json:"url"`
	Title       string    `json:"title"`
	Snippet     string    `json:"snippet"`
	Source      string    `json:"source"`
	SourceName  string    `json:"source_name"`
	Tier        int       `json:"tier,omitempty"`
	Places      []string  `json:"places,omitempty"`
	PublishedAt time.Time `json:"published_at,omitzero"`
	FirstSeen   time.Time `json:"first_seen"`
}

// Alert is one watch that the article met.
type Alert struct {
	ID       int64         `json:"id"`
	Watch    string        `json:"watch"`
	Name     string        `json:"name"`
	Severity news.Severity `json:"severity"`
	Class    news.Class    `json:"class"`
	Words    []string      `json:"words"`
}

func (n *Notifier) payload(m alerter.Message, now time.Time) Payload {
	p := Payload{
		Schema: 1, ID: m.Key, SentAt: now.UTC(), MaybeRepeat: m.MaybeRepeat, Severity: m.Severity, Route: m.RouteName,
		AlertedAt: m.AlertedAt.UTC(), Link: n.cfg.BaseURL + "/articles/" + m.Article.ID,
		Text: m.Article.SourceName + ": " + m.Article.Title,
		Article: Article{
			ID: m.Article.ID, URL: m.Article.URL, Title: m.Article.Title, Snippet: m.Article.Snippet,
			Source: m.Article.Source, SourceName: m.Article.SourceName, Tier: m.Article.Tier, Places: m.Article.Places,
			PublishedAt: m.Article.PublishedAt.UTC(), FirstSeen: m.Article.FirstSeen.UTC(),
		},
	}
	if m.Article.PublishedAt.IsZero() {
		p.Article.PublishedAt = time.Time{}
	}
	for _, match := range m.Matches {
		p.Alerts = append(p.Alerts, Alert{match.Alert, match.Watch, match.Name, match.Severity, match.Class, match.Words})
	}
	return p
}
