// Package control is how a command reaches an installation: one lock for each data directory, a
// Unix socket in it, and typed calls as JSON over HTTP. With no process running, the same calls
// go straight to the same handlers, opened by the command itself. What the calls do is others' work.
package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// Error is a refusal that a person can act on. It travels over the socket as it is.
type Error struct {
	Code    string `json:"code"`               // for programs: "invalid", "not-found", "conflict", "internal"
	Message string `json:"message"`            // for people: what happened, where, what to do
	Pos     *int   `json:"position,omitempty"` // byte position in what was given, for queries
}

func (e *Error) Error() string { return e.Message }

// Invalid is an Error about what was asked.
func Invalid(format string, args ...any) *Error {
	return &Error{Code: "invalid", Message: fmt.Sprintf(format, args...)}
}

// NotFound is an Error about something that is not there.
func NotFound(format string, args ...any) *Error {
	return &Error{Code: "not-found", Message: fmt.Sprintf(format, args...)}
}

// Mux holds the calls of an installation.
type Mux struct{ mux *http.ServeMux }

// NewMux returns a Mux without calls.
func NewMux() *Mux { return &Mux{mux: http.NewServeMux()} }

func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

const maxCall = 64 << 20 // bytes of one call's JSON: a long list of sources, never a page

// Register adds the call name to m. fn may return an *Error; any other error reaches the caller
// as code "internal" with its text, since only the operator can open the socket.
func Register[In, Out any](m *Mux, name string, fn func(ctx context.Context, in In) (Out, error)) {
	m.mux.HandleFunc("POST /v1/"+name, func(w http.ResponseWriter, r *http.Request) {
		var in In
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCall))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&in); err != nil {
			refuse(w, Invalid("call %s: %v", name, err))
			return
		}
		out, err := fn(r.Context(), in)
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out) // a caller that went away has nobody to tell
	})
}

func refuse(w http.ResponseWriter, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Code: "internal", Message: err.Error()}
	}
	status := map[string]int{"invalid": 400, "not-found": 404, "conflict": 409}[e.Code]
	if status == 0 {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(e)
}

// Client makes calls, over the socket or straight to a Mux.
type Client struct{ http *http.Client }

// Direct returns a Client whose calls run in this process.
func Direct(m *Mux) *Client {
	return &Client{&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		a := &answer{header: http.Header{}, status: http.StatusOK}
		m.ServeHTTP(a, r)
		return &http.Response{
			StatusCode: a.status, Status: http.StatusText(a.status), Header: a.header,
			Body: io.NopCloser(&a.body), Request: r,
		}, nil
	})}}
}

// answer collects what a handler writes for a call that never leaves the process.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// ErrNotRunning means that no process serves the data directory.
var ErrNotRunning = errors.New("no lamro process is running on this data directory")

// Dial connects to the process that serves dir, or returns ErrNotRunning.
func Dial(ctx context.Context, dir string) (*Client, error) {
	path, err := findSocket(dir)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: 5 * time.Second}
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w (%s: %w)", ErrNotRunning, path, err)
	}
	_ = conn.Close()
	return &Client{&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, "unix", path)
		},
	}}}, nil
}

// Call makes the call name with in and decodes its answer into out, which may be nil.
// A refusal comes back as *Error.
func (c *Client) Call(ctx context.Context, name string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://lamro/v1/"+name, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refusal(name, resp)
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("call %s: answer: %w", name, err)
	}
	return nil
}

func refusal(name string, resp *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("call %s: answer: %w", name, err)
	}
	e := &Error{}
	if json.Unmarshal(text, e) == nil && e.Code != "" {
		return e
	}
	// A running process of another version may not know the call.
	return fmt.Errorf("call %s: the running process answered %d %s; restart it if it is of another version",
		name, resp.StatusCode, strings.TrimSpace(string(text)))
}

// findSocket returns the path of dir's socket, which a long directory name puts elsewhere.
func findSocket(dir string) (string, error) {
	path := socketPath(dir)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	elsewhere, err := os.ReadFile(path + ".path")
	if err != nil {
		return "", ErrNotRunning
	}
	return strings.TrimSpace(string(elsewhere)), nil
}
