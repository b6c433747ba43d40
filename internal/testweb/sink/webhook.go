package sink

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Call is one request that reached the webhook, accepted or not.
type Call struct {
	At     time.Time
	Header http.Header
	Body   []byte
	Signed bool // the signature is right
	Status int  // what was answered
}

// A Webhook is an HTTP receiver on loopback that checks signatures. Its methods may be called
// from several goroutines.
type Webhook struct {
	// Payload returns the bytes that the signature covers; nil: the body alone. Set it before
	// the first call.
	Payload func(h http.Header, body []byte) []byte

	secret  []byte
	url     string
	server  *http.Server
	serving sync.WaitGroup

	mu     sync.Mutex
	calls  []Call
	status int // answered instead of 204; 0: none
}

// StartWebhook opens the receiver on a free port. Requests must carry
// X-Signature: sha256=HEX, the HMAC-SHA256 of the payload with the secret; others get 401.
// The caller closes it.
func StartWebhook(secret string) (*Webhook, error) {
	l, err := listen()
	if err != nil {
		return nil, fmt.Errorf("open webhook: %w", err)
	}
	h := &Webhook{secret: []byte(secret), url: "http://" + l.Addr().String() + "/hook"}
	h.server = &http.Server{Handler: http.HandlerFunc(h.handle), ReadHeaderTimeout: 10 * time.Second}
	h.serving.Go(func() { _ = h.server.Serve(l) }) // ends with Close
	return h, nil
}

// URL is where to send.
func (h *Webhook) URL() string { return h.url }

// Answer makes the receiver answer each call with a status from now on; 0 makes it accept again.
func (h *Webhook) Answer(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

// Calls returns a copy of all calls, in order of arrival.
func (h *Webhook) Calls() []Call {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.calls)
}

// Close stops the receiver.
func (h *Webhook) Close() error {
	err := h.server.Close()
	h.serving.Wait()
	return err
}

func (h *Webhook) handle(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxMessage))
	if err != nil {
		http.Error(w, "unreadable body", http.StatusBadRequest)
		return
	}
	c := Call{At: time.Now(), Header: r.Header.Clone(), Body: body, Signed: h.signed(r.Header, body)}
	h.mu.Lock()
	switch {
	case h.status != 0:
		c.Status = h.status
	case !c.Signed:
		c.Status = http.StatusUnauthorized
	default:
		c.Status = http.StatusNoContent
	}
	h.calls = append(h.calls, c)
	h.mu.Unlock()
	w.WriteHeader(c.Status)
}

func (h *Webhook) signed(header http.Header, body []byte) bool {
	payload := body
	if h.Payload != nil {
		payload = h.Payload(header, body)
	}
	mac := hmac.New(sha256.New, h.secret)
	mac.Write(payload)
	want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(header.Get("X-Signature")))
}
