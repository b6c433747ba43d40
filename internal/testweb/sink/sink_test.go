package sink

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/smtp"
	"strings"
	"testing"
)

const letter = "From: phong-bao-chi@localhost\r\nTo: can-bo@localhost\r\nMessage-ID: <lan-gui-7@lamro>\r\n" +
	"Subject: =?utf-8?q?C=E1=BA=A3nh_b=C3=A1o?=\r\nX-Any: 1\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/alternative; boundary=b1\r\n\r\n" +
	"--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"http://127.0.0.2:8000/bai=\r\n-1.html\r\n" +
	"--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
	"PHA+QuG6r2MgS+G6oW48L3A+\r\n--b1--\r\n"

func startSMTP(t *testing.T) *SMTP {
	t.Helper()
	s, err := StartSMTP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func send(s *SMTP, to ...string) error {
	return smtp.SendMail(fmt.Sprintf("%s:%d", s.Host(), s.Port()), nil, "phong-bao-chi@localhost", to, []byte(letter))
}

func TestSMTPCountsByMessageAndRecipient(t *testing.T) {
	t.Parallel()
	s := startSMTP(t)
	for range 2 {
		if err := send(s, "can-bo@localhost", "truc-ban@localhost"); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Counts()["lan-gui-7@lamro can-bo@localhost"]; got != 2 {
		t.Errorf("Counts for one recipient = %d, want 2", got)
	}
	m := s.Mails()[0]
	if got, want := m.Subject(), "Cảnh báo"; got != want {
		t.Errorf("Subject() = %q, want %q", got, want)
	}
	text, err := m.Text()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"http://127.0.0.2:8000/bai-1.html", "<p>Bắc Kạn</p>"} {
		if !strings.Contains(text, want) {
			t.Errorf("Text() = %q, want %q in it", text, want)
		}
	}
}

func TestSMTPRefusesAtEachStage(t *testing.T) {
	t.Parallel()
	s := startSMTP(t)
	for i, stage := range []Stage{AtMail, AtRcpt, AtData} {
		code := 450 + 100*(i%2) // 450, 550, 450
		s.Refuse(&Refusal{Stage: stage, Code: code, Text: "no room"})
		err := send(s, "can-bo@localhost")
		if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprint(code)) {
			t.Errorf("refused at %s: error %v, want %d", stage, err, code)
		}
	}
	if got := s.Refused(); got != 3 {
		t.Errorf("Refused() = %d, want 3", got)
	}
	s.Refuse(nil)
	if err := send(s, "can-bo@localhost"); err != nil {
		t.Errorf("after Refuse(nil): %v", err)
	}
	if got := len(s.Mails()); got != 1 {
		t.Errorf("accepted %d mails, want 1", got)
	}
}

// Whoever tests a crash between acceptance and answer needs the mail to be counted first.
func TestSMTPTellsOfAcceptanceBeforeTheClientHears(t *testing.T) {
	t.Parallel()
	s := startSMTP(t)
	counted := 0
	s.OnAccept(func(Mail) { counted = len(s.Mails()) })
	if err := send(s, "can-bo@localhost"); err != nil {
		t.Fatal(err)
	}
	if counted != 1 {
		t.Errorf("in OnAccept %d mails were counted, want 1", counted)
	}
}

func TestSMTPClosesTwice(t *testing.T) {
	t.Parallel()
	s := startSMTP(t)
	if err := s.Close(); err != nil {
		t.Errorf("first Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestWebhookChecksTheSignature(t *testing.T) {
	t.Parallel()
	h, err := StartWebhook("bí mật")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	mac := hmac.New(sha256.New, []byte("bí mật"))
	mac.Write([]byte("{}"))
	right := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	cases := []struct {
		name, signature string
		answer, want    int
	}{
		{"right", right, 0, http.StatusNoContent},
		{"wrong", "sha256=00", 0, http.StatusUnauthorized},
		{"none", "", 0, http.StatusUnauthorized},
		{"told to refuse", right, http.StatusServiceUnavailable, http.StatusServiceUnavailable},
	}
	for _, c := range cases {
		h.Answer(c.answer)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL(), strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Signature", c.signature)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: status %d, want %d", c.name, resp.StatusCode, c.want)
		}
	}
	if got := len(h.Calls()); got != len(cases) {
		t.Errorf("%d calls kept, want %d", got, len(cases))
	}
}
