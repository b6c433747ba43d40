package fetch

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const (
	maxRatio   = 200     // decoded bytes for each byte received
	ratioAfter = 1 << 20 // decoded bytes that are allowed whatever the ratio
)

// decode asks for gzip and takes off exactly one layer of it, whether the header announces it or
// the file is one (sitemap.xml.gz). What would grow out of all proportion is refused on the way.
func decode() policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.Header.Set("Accept-Encoding", "gzip")
			resp, err := next.RoundTrip(r)
			if err != nil {
				return nil, err
			}
			if err := unpack(r, resp); err != nil {
				resp.Body.Close()
				return nil, err
			}
			return resp, nil
		})
	}
}

func unpack(r *http.Request, resp *http.Response) error {
	encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding")))
	switch encoding {
	case "", "identity", "gzip", "x-gzip":
	default:
		return badEncoding(r, fmt.Sprintf("the answer is encoded as %q, which was not asked for", encoding), nil)
	}
	in := &counter{r: resp.Body}
	peek := bufio.NewReader(in)
	packed, err := isGzip(peek)
	if err != nil && !errors.Is(err, io.EOF) {
		return describe(r, err)
	}
	announced := strings.HasSuffix(encoding, "gzip")
	if !packed {
		// A body that is not packed although announced so has the readable text at least.
		resp.Body = body{peek, resp.Body}
		resp.Header = resp.Header.Clone()
		resp.Header.Del("Content-Encoding")
		resp.Uncompressed = true // colly must not look for a layer of its own
		return nil
	}
	if !announced && !gzipFile(r, resp) {
		resp.Body = body{peek, resp.Body}
		return nil
	}
	z, err := gzip.NewReader(peek)
	if err != nil {
		return badEncoding(r, "the gzip layer cannot be read", err)
	}
	inner := bufio.NewReader(&unpacked{r: r, z: z, in: in})
	if twice, _ := isGzip(inner); twice {
		return badEncoding(r, "the answer is packed twice", nil)
	}
	resp.Body = body{inner, resp.Body}
	resp.Header = resp.Header.Clone()
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength = -1
	resp.Uncompressed = true
	return nil
}

func isGzip(r *bufio.Reader) (bool, error) {
	head, err := r.Peek(2)
	if err != nil {
		return false, err
	}
	return head[0] == 0x1f && head[1] == 0x8b, nil
}

// gzipFile tells whether the document itself is a gzip file.
func gzipFile(r *http.Request, resp *http.Response) bool {
	return strings.HasSuffix(strings.ToLower(r.URL.Path), ".gz") ||
		strings.Contains(strings.ToLower(resp.Header.Get("Content-Type")), "gzip")
}

func badEncoding(r *http.Request, words string, err error) error {
	return &Error{Code: CodeBadEncoding, URL: r.URL.String(), Words: words, Err: err}
}

// A body reads from one place and closes another.
type body struct {
	io.Reader
	io.Closer
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// unpacked reads through the gzip layer and watches how much comes out of how little.
type unpacked struct {
	r   *http.Request
	z   *gzip.Reader
	in  *counter
	out int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	u.out += int64(n)
	if u.out > ratioAfter && u.out > maxRatio*u.in.n {
		return n, badEncoding(u.r, fmt.Sprintf("over %d bytes come out of each byte: a gzip bomb", maxRatio), nil)
	}
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		err = badEncoding(u.r, "the gzip layer is damaged", err)
	}
	return n, err
}
