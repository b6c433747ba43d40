package email_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"lamro/alerter/email"
	"lamro/alerter/notifiertest"
)

// server is a mail server in this process that behaves as a test asks.
type server struct {
	answer   notifiertest.Answer
	refuseAt string // "mail", "rcpt" or "data"
	auth     bool
	hold     chan struct{} // closed with the test

	mu    sync.Mutex
	mails []*mail.Message
	raw   [][]byte
}

type session struct {
	*server
	conn *smtp.Conn
}

func (s *session) refuse(at string) error {
	if at != s.refuseAt {
		return nil
	}
	switch s.answer {
	case notifiertest.Later:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.NoEnhancedCode, Message: "greylisted"}
	case notifiertest.Refuse:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.NoEnhancedCode, Message: "no such user"}
	case notifiertest.Careless:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.NoEnhancedCode, Message: "you said " + notifiertest.Secret}
	case notifiertest.Hang:
		<-s.hold
	case notifiertest.Break:
		_ = s.conn.Conn().Close()
	}
	return nil
}

func (s *session) AuthMechanisms() []string {
	if s.auth {
		return []string{sasl.Plain}
	}
	return nil
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "lamro" || password != notifiertest.Secret {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error { return s.refuse("mail") }
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return s.refuse("rcpt") }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // the client went away before the final dot: nothing has arrived
	}
	if err := s.refuse("data"); err != nil {
		return err
	}
	if s.answer == notifiertest.Hang || s.answer == notifiertest.Break {
		return errors.New("unreachable")
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails, s.raw = append(s.mails, m), append(s.raw, raw)
	return nil
}

func (s *server) arrived() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for _, m := range s.mails {
		key, _, _ := strings.Cut(strings.Trim(m.Header.Get("Message-Id"), "<>"), "@")
		keys = append(keys, key)
	}
	return keys
}

func (s *server) last(t *testing.T) *mail.Message {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mails) == 0 {
		t.Fatal("no mail arrived")
	}
	return s.mails[len(s.mails)-1]
}

// start runs the server on loopback with the protection of mode and returns the settings that
// reach it.
func start(t *testing.T, s *server, mode string) email.Config {
	t.Helper()
	s.hold = make(chan struct{})
	cfg := email.Config{
		Host: "127.0.0.1", TLS: mode, From: "Phòng báo chí <baochi@tinh.example>", Timeout: 5 * time.Second,
		Office: "Phòng báo chí", BaseURL: "https://lamro.tinh.example",
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Port = l.Addr().(*net.TCPAddr).Port
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	srv.Domain, srv.ErrorLog = "localhost", quiet{}
	if mode != email.None {
		certified := httptest.NewTLSServer(nil)
		certified.Close()
		pool := x509.NewCertPool()
		pool.AddCert(certified.Certificate())
		cfg.TLSConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
		srv.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}
	}
	if mode == email.TLS {
		l = tls.NewListener(l, srv.TLSConfig)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = srv.Serve(l) })
	t.Cleanup(func() {
		close(s.hold)
		_ = srv.Close()
		_ = l.Close() // the server may not have begun to know it
		serving.Wait()
	})
	return cfg
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func open(t *testing.T, cfg email.Config) *email.Notifier {
	t.Helper()
	n, err := email.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
