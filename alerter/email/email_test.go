package email_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lamro/alerter"
	"lamro/alerter/email"
	"lamro/alerter/notifiertest"
	"lamro/internal/news"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestConformance(t *testing.T) {
	t.Parallel()
	notifiertest.Run(t, func(t *testing.T, a notifiertest.Answer) notifiertest.Server {
		s := &server{answer: a, refuseAt: "data", auth: true}
		cfg := start(t, s, email.StartTLS)
		cfg.Username, cfg.Password = "lamro", func() string { return notifiertest.Secret }
		nowhere := cfg
		nowhere.Port = closedPort(t)
		return notifiertest.Server{Notifier: open(t, cfg), Arrived: s.arrived, Unreachable: open(t, nowhere)}
	})
}

func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// parts decodes the text and the HTML of a mail.
func parts(t *testing.T, m *mail.Message) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("Content-Type = %q, %v; want multipart/alternative", kind, err)
	}
	var found []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Fatalf("a part is %s", p.Header)
		}
		data, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, strings.ReplaceAll(string(data), "\r\n", "\n"))
	}
	if len(found) != 2 {
		t.Fatalf("%d parts, want text and HTML", len(found))
	}
	return found[0], found[1]
}

func TestMailIsWhatPeopleSee(t *testing.T) {
	t.Parallel()
	s := &server{}
	n := open(t, start(t, s, email.None))
	english := notifiertest.Message("khoa-en", nil)
	english.To.Language, english.MaybeRepeat, english.Severity = "en", true, news.High
	english.Article.PublishedAt, english.Matches[0].Words = time.Time{}, nil
	for name, m := range map[string]alerter.Message{"vi": notifiertest.Message("khoa-vi", nil), "en": english} {
		if err := n.Notify(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		text, html := parts(t, s.last(t))
		for ext, got := range map[string]string{"txt": text, "html": html} {
			golden := filepath.Join("testdata", "alert."+name+"."+ext)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("mail differs from %s (go test -update rewrites it):\n%s", golden, got)
			}
		}
	}
}

func TestTextOfTheWebIsNeverMarkup(t *testing.T) {
	t.Parallel()
	s := &server{}
	n := open(t, start(t, s, email.None))
	m := notifiertest.Message("khoa", nil)
	m.Article.Title = "<script>alert(1)</script>\r\nBcc: ai-do@example.com"
	m.Article.TitleMarks = []alerter.Mark{{Start: -1, End: 4}, {Start: 2, End: 9999}, {Start: 1, End: 7}}
	m.Article.URL = "javascript:alert(1)"
	m.Article.Snippet, m.Article.SnippetMarks = `"><img src=x onerror=alert(1)>`, nil
	m.Matches[0].Words = []string{"<b>"}
	m.To.Name = "Cán bộ\r\nBcc: ai-do@example.com"
	if err := n.Notify(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := s.last(t)
	if got.Header.Get("Bcc") != "" {
		t.Error("a title or a name wrote a header")
	}
	_, html := parts(t, got)
	for _, bad := range []string{"<script", "<img", "<b>", `href="javascript:`} {
		if strings.Contains(html, bad) {
			t.Errorf("the HTML holds %q from the web", bad)
		}
	}
}

func TestHeadersForMachines(t *testing.T) {
	t.Parallel()
	s := &server{}
	n := open(t, start(t, s, email.None))
	m := notifiertest.Message("khoa", nil)
	var ids []string
	for _, repeat := range []bool{false, true} {
		m.MaybeRepeat = repeat
		if err := n.Notify(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, s.last(t).Header.Get("Message-Id"))
	}
	if ids[0] != ids[1] || ids[0] != "<khoa@tinh.example>" {
		t.Errorf("Message-IDs %q, want the same for every try", ids)
	}
	h := s.last(t).Header
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "List-Id": "<alerts.lamro.tinh.example>", "X-Lamro-Delivery": "khoa",
		"X-Lamro-Maybe-Repeat": "yes", "References": "<article-0123456789abcdefghijklmnop@tinh.example>", "Importance": "high",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if want := `[Khẩn cấp] Sạt lở <quốc lộ 3> ở "Chợ Mới"`; err != nil || subject != want {
		t.Errorf("Subject = %q, %v; want %q", subject, err, want)
	}
	to, err := mail.ParseAddress(h.Get("To"))
	if err != nil || to.Name != "Cán bộ trực báo chí" || to.Address != "truc@phong.example" {
		t.Errorf("To = %v, %v", to, err)
	}
}

func TestProtectionOfTheConnection(t *testing.T) {
	t.Parallel()
	secret := func() string { return notifiertest.Secret }
	for _, c := range []struct {
		name     string
		mode     string // of the server
		change   func(*email.Config)
		wantCode string // "" for an accepted mail
	}{
		{"starttls and sign-in", email.StartTLS, func(*email.Config) {}, ""},
		{"tls and sign-in", email.TLS, func(*email.Config) {}, ""},
		{"server without starttls", email.None, func(c *email.Config) { c.TLS = email.StartTLS }, email.CodeTLS},
		{"unknown certificate", email.StartTLS, func(c *email.Config) { c.TLSConfig = nil }, email.CodeTLS},
		{"unknown certificate from the first byte", email.TLS, func(c *email.Config) { c.TLSConfig = nil }, email.CodeTLS},
		{"wrong password", email.StartTLS, func(c *email.Config) { c.Password = func() string { return "sai" } }, email.CodeSignIn},
		{"no sign-in offered in clear text", email.None, func(*email.Config) {}, email.CodeSignIn},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &server{auth: true}
			cfg := start(t, s, c.mode)
			cfg.Username, cfg.Password = "lamro", secret
			c.change(&cfg)
			err := open(t, cfg).Notify(t.Context(), notifiertest.Message("khoa", nil))
			if c.wantCode == "" {
				if err != nil || len(s.arrived()) != 1 {
					t.Errorf("Notify = %v with %q arrived, want one mail", err, s.arrived())
				}
				return
			}
			f, ok := errors.AsType[*alerter.Failure](err)
			if !ok || f.Code != c.wantCode || f.Permanent {
				t.Errorf("Notify = %v, want a failure %s that waits for the operator", err, c.wantCode)
			}
		})
	}
}

func TestServerMayRefuseAtEveryStep(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"mail", "rcpt", "data"} {
		for answer, want := range map[notifiertest.Answer]string{
			notifiertest.Later: email.CodeLater, notifiertest.Refuse: email.CodeRefused,
		} {
			s := &server{answer: answer, refuseAt: at}
			err := open(t, start(t, s, email.None)).Notify(t.Context(), notifiertest.Message("khoa", nil))
			f, ok := errors.AsType[*alerter.Failure](err)
			if !ok || f.Code != want || f.Permanent != (answer == notifiertest.Refuse) || !f.Answered {
				t.Errorf("refused at %s: %v, want %s", at, err, want)
			}
		}
	}
}

func TestAddressThatIsNone(t *testing.T) {
	t.Parallel()
	s := &server{}
	m := notifiertest.Message("khoa", func(context.Context) error {
		t.Error("handed over without an address")
		return nil
	})
	m.To.Email = "không phải địa chỉ"
	err := open(t, start(t, s, email.None)).Notify(t.Context(), m)
	if f, ok := errors.AsType[*alerter.Failure](err); !ok || f.Code != email.CodeAddress || !f.Permanent {
		t.Errorf("Notify = %v, want %s for good", err, email.CodeAddress)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	_, err := email.New(email.Config{TLS: "ssl", From: "x", Username: "u"})
	if err == nil {
		t.Fatal("New = nil error, want every mistake")
	}
	for _, want := range []string{":0 is no mail server", `tls "ssl"`, `sender "x"`, "no password", "no timeout"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("New = %v, want %q in it", err, want)
		}
	}
}
