package webhook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lamro/alerter"
	"lamro/alerter/notifiertest"
	"lamro/alerter/webhook"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// receiver keeps what arrived and answers as told.
type receiver struct {
	answer func(w http.ResponseWriter, r *http.Request)

	mu    sync.Mutex
	calls []call
}

type call struct {
	header http.Header
	body   []byte
}

func (s *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if s.answer != nil {
		s.answer(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call{r.Header.Clone(), body})
}

func (s *receiver) arrived() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for _, c := range s.calls {
		keys = append(keys, c.header.Get("Idempotency-Key"))
	}
	return keys
}

func config(url string) webhook.Config {
	return webhook.Config{
		URL: url, Secret: func() string { return notifiertest.Secret }, Timeout: 5 * time.Second,
		AllowPrivate: true, BaseURL: "https://lamro.tinh.example", UserAgent: "Lamro/test (+baochi@tinh.example)",
	}
}

func open(t *testing.T, cfg webhook.Config) *webhook.Notifier {
	t.Helper()
	n, err := webhook.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func serve(t *testing.T, s *receiver) string {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return srv.URL + "/hooks/" + notifiertest.Secret // as chat servers have it
}

func status(code int, text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, text, code) }
}

func TestConformance(t *testing.T) {
	t.Parallel()
	notifiertest.Run(t, func(t *testing.T, a notifiertest.Answer) notifiertest.Server {
		hold := make(chan struct{})
		s := &receiver{answer: map[notifiertest.Answer]func(http.ResponseWriter, *http.Request){
			notifiertest.Later:    status(http.StatusServiceUnavailable, "starting"),
			notifiertest.Refuse:   status(http.StatusUnprocessableEntity, "no such channel"),
			notifiertest.Careless: status(http.StatusServiceUnavailable, "you signed with "+notifiertest.Secret),
			notifiertest.Hang:     func(http.ResponseWriter, *http.Request) { <-hold },
			notifiertest.Break:    func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		}[a]}
		url := serve(t, s)
		t.Cleanup(func() { close(hold) }) // before the server is closed: it waits for its handlers
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		nowhere := "http://" + l.Addr().String() + "/hooks/" + notifiertest.Secret
		_ = l.Close()
		return notifiertest.Server{Notifier: open(t, config(url)), Arrived: s.arrived, Unreachable: open(t, config(nowhere))}
	})
}

func TestPayload(t *testing.T) {
	t.Parallel()
	s := &receiver{}
	n := open(t, config(serve(t, s)))
	m := notifiertest.Message("khoa", nil)
	m.MaybeRepeat = true
	if err := n.Notify(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	c := s.calls[0]
	if got, want := c.header.Get("X-Signature"), webhook.Sign(notifiertest.Secret, c.body); got != want {
		t.Errorf("X-Signature = %q, want %q", got, want)
	}
	if got := c.header.Get("User-Agent"); got != "Lamro/test (+baochi@tinh.example)" {
		t.Errorf("User-Agent = %q", got)
	}
	var p webhook.Payload
	if err := json.Unmarshal(c.body, &p); err != nil {
		t.Fatal(err)
	}
	if age := time.Since(p.SentAt); age < 0 || age > time.Minute {
		t.Errorf("sent_at is %v old, want the time of this try", age)
	}
	p.SentAt = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	got, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "payload.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(got, '\n'), want) {
		t.Errorf("payload differs from %s (go test -update rewrites it):\n%s", golden, got)
	}
}

// The signature is what receivers write their own code against.
func TestSignatureIsStable(t *testing.T) {
	t.Parallel()
	const want = "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
	if got := webhook.Sign("key", []byte("The quick brown fox jumps over the lazy dog")); got != want {
		t.Errorf("Sign = %q, want %q", got, want)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status    int
		code      string
		permanent bool
		after     time.Duration
	}{
		{http.StatusFound, webhook.CodeRefused, true, 0}, // a redirect would carry the alert to who knows whom
		{http.StatusBadRequest, webhook.CodeRefused, true, 0},
		{http.StatusUnauthorized, webhook.CodeRefused, true, 0},
		{http.StatusTooManyRequests, webhook.CodeLater, false, 90 * time.Second},
		{http.StatusInternalServerError, webhook.CodeLater, false, 90 * time.Second},
	} {
		s := &receiver{answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			if !c.permanent {
				w.Header().Set("Retry-After", "90")
			}
			w.WriteHeader(c.status)
		}}
		err := open(t, config(serve(t, s))).Notify(t.Context(), notifiertest.Message("khoa", nil))
		f, ok := errors.AsType[*alerter.Failure](err)
		if !ok || f.Code != c.code || f.Permanent != c.permanent || f.RetryAfter != c.after || !f.Answered {
			t.Errorf("status %d: %+v (%v), want %s", c.status, f, err, c.code)
		}
	}
}

func TestPrivateAddressesNeedTheSwitch(t *testing.T) {
	t.Parallel()
	s := &receiver{}
	srv := httptest.NewTLSServer(s)
	t.Cleanup(srv.Close)
	cfg := config(strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)) // a name, so that only the dialled address tells
	cfg.AllowPrivate = false
	err := open(t, cfg).Notify(t.Context(), notifiertest.Message("khoa", nil))
	f, ok := errors.AsType[*alerter.Failure](err)
	if !ok || f.Code != webhook.CodePrivate || len(s.arrived()) != 0 {
		t.Errorf("Notify = %v with %q arrived, want %s and nothing", err, s.arrived(), webhook.CodePrivate)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change func(*webhook.Config)
		want   string
	}{
		{func(c *webhook.Config) { c.URL = "ftp://x/" }, "not http(s)"},
		{func(c *webhook.Config) { c.URL, c.AllowPrivate = "http://chat.vn/", false }, "must be https"},
		{func(c *webhook.Config) { c.Secret = func() string { return "" } }, "no secret"},
		{func(c *webhook.Config) { c.Timeout = 0 }, "no timeout"},
	} {
		cfg := config("https://chat.vn/")
		c.change(&cfg)
		if _, err := webhook.New(cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("New = %v, want %q in it", err, c.want)
		}
	}
}
