package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// What can be wrong with a fetch. The codes are stored with sources and pages and are the keys
// of the words that people read.
const (
	CodeNoContact         = "no-contact"         // the office has not said who it is: nothing public is fetched
	CodeBadURL            = "bad-url"            // not an address that we fetch: scheme, port, credentials, length
	CodeNotPublic         = "address-not-public" // the name leads to a private, local or reserved address
	CodeScaledPace        = "scaled-pace"        // a compressed clock and a public address do not go together
	CodeRobotsDisallowed  = "robots-disallowed"  // robots.txt says no
	CodeRobotsUnreachable = "robots-unreachable" // robots.txt could not be read, so nothing is allowed for now
	CodeBackingOff        = "backing-off"        // the host asked for a rest that is not over
	CodeLater             = "later"              // the pace of the host puts the next start too far away to wait for
	CodeUnreachable       = "unreachable"        // no name, no route, no connection
	CodeCertificate       = "certificate"        // the host did not prove that it is the host
	CodeTimeout           = "timeout"            // no answer, or no end of it, in time
	CodeTooSlow           = "too-slow"           // the body comes below the minimum rate
	CodeTooLarge          = "too-large"          // the body is over the limit
	CodeBadEncoding       = "bad-encoding"       // compressed in a way we did not ask for, or as a bomb
	CodeIncomplete        = "incomplete"         // the connection ended before the body did
	CodeBadResponse       = "bad-response"       // not HTTP as we know it
	CodeRedirectLoop      = "redirect-loop"      // more than ten redirects
	CodeWrongType         = "wrong-type"         // a picture, a film, an archive: nothing to read
	CodeBlocked           = "blocked"            // 401, 403, 451, or a challenge for browsers
	CodeNotFound          = "not-found"          // 404
	CodeGone              = "gone"               // 410
	CodeTooMany           = "too-many-requests"  // 429
	CodeServerError       = "server-error"       // 5xx
	CodeHTTPStatus        = "http-status"        // any other status that brings nothing
)

// Error is why a fetch brought nothing. Callers decide by Code, and by Retry where it is set.
type Error struct {
	Code   string    // one of the constants above
	URL    string    // the hop that failed
	Words  string    // what happened, for logs
	Status int       // of the answer, 0 when there was none
	Retry  time.Time // asking again earlier is of no use; zero when not known
	Err    error     // the cause, if there is one
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("fetch %s: %s", e.URL, e.Words)
	}
	return fmt.Sprintf("fetch %s: %s: %v", e.URL, e.Words, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of an error of this package, "" for any other error and for nil.
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// errSlow and errDeadline are the causes with which the patience policy ends a request.
var (
	errSlow     = errors.New("below the minimum rate")
	errDeadline = errors.New("not finished in time")
)

// describe turns what the network said about a request into an Error. The end of the caller's
// own context stays what it is: stopping is not failing.
func describe(r *http.Request, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	cause := context.Cause(r.Context())
	fail := func(code, words string) error {
		return &Error{Code: code, URL: r.URL.String(), Words: words, Err: err}
	}
	var timeout net.Error
	switch {
	case errors.Is(cause, errSlow):
		return fail(CodeTooSlow, "the answer comes too slowly")
	case errors.Is(cause, errDeadline):
		return fail(CodeTimeout, "the answer did not end in time")
	case cause != nil:
		return err
	case isCertificate(err):
		return fail(CodeCertificate, "the certificate does not hold")
	case errors.As(err, &timeout) && timeout.Timeout():
		return fail(CodeTimeout, "no answer in time")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fail(CodeIncomplete, "the connection ended early")
	case isNetwork(err):
		return fail(CodeUnreachable, "could not be reached")
	}
	return fail(CodeBadResponse, "the answer cannot be read")
}

func isNetwork(err error) bool {
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	_, ok := errors.AsType[*net.DNSError](err)
	return ok
}

func isCertificate(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.HostnameError](err)
	return ok
}

// statusError is the Error for an answer that brings no document, nil for one that does.
func statusError(url string, status int, header http.Header) error {
	code := ""
	switch {
	case status >= 200 && status < 300, status == http.StatusNotModified:
		return nil
	case header.Get("Cf-Mitigated") == "challenge":
		code = CodeBlocked
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusUnavailableForLegalReasons:
		code = CodeBlocked
	case status == http.StatusNotFound:
		code = CodeNotFound
	case status == http.StatusGone:
		code = CodeGone
	case status == http.StatusTooManyRequests:
		code = CodeTooMany
	case status >= 500:
		code = CodeServerError
	default:
		code = CodeHTTPStatus
	}
	return &Error{Code: code, URL: url, Words: fmt.Sprintf("answered %d", status), Status: status}
}
