// Package sink receives what the alerter sends, for the demo and for tests: a mail server and a
// webhook that keep each message with the time of its arrival. Both can refuse on request, and
// neither knows the code that sends.
package sink

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// MaxMessage is the longest mail that is taken, in bytes.
const MaxMessage = 4 << 20

// A Stage is a point of the SMTP dialogue.
type Stage string

// The stages at which a server may refuse.
const (
	AtMail Stage = "mail" // the sender
	AtRcpt Stage = "rcpt" // the recipient
	AtData Stage = "data" // the message, after it was read
)

// A Refusal makes the server answer a stage with a code: 4xx asks to try again, 5xx does not.
type Refusal struct {
	Stage Stage
	Code  int
	Text  string
}

// A Mail is one message that the server has accepted.
type Mail struct {
	At        time.Time // when the last byte was read, before the answer
	From      string
	To        []string // of the envelope
	MessageID string   // without angle brackets
	Header    mail.Header
	Body      []byte // as received, after the header
}

// SMTP is a mail server on loopback, without encryption or sign-in. Its methods may be called
// from several goroutines.
type SMTP struct {
	listener net.Listener
	server   *smtp.Server
	serving  sync.WaitGroup

	mu       sync.Mutex
	mails    []Mail
	refusal  *Refusal
	refused  int
	accepted func(Mail)
}

// StartSMTP opens the server on a free port. The caller closes it.
func StartSMTP() (*SMTP, error) {
	l, err := listen()
	if err != nil {
		return nil, fmt.Errorf("open mail server: %w", err)
	}
	s := &SMTP{listener: l}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{server: s}, nil
	}))
	s.server.Domain = "localhost"
	s.server.MaxMessageBytes = MaxMessage
	s.server.MaxRecipients = 100
	s.server.ReadTimeout = time.Minute
	s.server.WriteTimeout = time.Minute
	s.server.EnableSMTPUTF8 = true
	s.server.ErrorLog = silent{}
	s.serving.Go(func() { _ = s.server.Serve(l) }) // ends with Close
	return s, nil
}

// listen takes a free port of loopback.
func listen() (net.Listener, error) {
	return new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
}

// Host is the address at which the server listens.
func (s *SMTP) Host() string { return "127.0.0.1" }

// Port is the port of Host.
func (s *SMTP) Port() int {
	if addr, ok := s.listener.Addr().(*net.TCPAddr); ok {
		return addr.Port
	}
	return 0
}

// Refuse makes the server refuse from now on; nil makes it accept again.
func (s *SMTP) Refuse(r *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = r
}

// Refused counts the refusals so far.
func (s *SMTP) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// OnAccept calls f for each accepted mail before the client hears of it, so that a test can
// stop the client in that very moment. f must not call the server.
func (s *SMTP) OnAccept(f func(Mail)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted = f
}

// Mails returns a copy of all accepted mails, in order of arrival.
func (s *SMTP) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Counts tells how often each Message-ID reached each recipient: "ID recipient" to a number.
func (s *SMTP) Counts() map[string]int {
	counts := make(map[string]int)
	for _, m := range s.Mails() {
		for _, to := range m.To {
			counts[m.MessageID+" "+to]++
		}
	}
	return counts
}

// Close stops the server and its connections. A second call is harmless.
func (s *SMTP) Close() error {
	err := s.server.Close()
	_ = s.listener.Close() // the server does not know the listener before its first turn
	s.serving.Wait()
	if errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}

// refuse answers a stage if it is to be refused.
func (s *SMTP) refuse(stage Stage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusal == nil || s.refusal.Stage != stage {
		return nil
	}
	s.refused++
	return &smtp.SMTPError{Code: s.refusal.Code, EnhancedCode: smtp.NoEnhancedCode, Message: s.refusal.Text}
}

func (s *SMTP) accept(m Mail) {
	s.mu.Lock()
	s.mails = append(s.mails, m)
	f := s.accepted
	s.mu.Unlock()
	if f != nil {
		f(m)
	}
}

// A session is one connection.
type session struct {
	server *SMTP
	from   string
	to     []string
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	c.from, c.to = from, nil
	return c.server.refuse(AtMail)
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := c.server.refuse(AtRcpt); err != nil {
		return err
	}
	c.to = append(c.to, to)
	return nil
}

func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read mail: %w", err)
	}
	if err := c.server.refuse(AtData); err != nil {
		return err
	}
	m, err := parse(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	m.From, m.To = c.from, slices.Clone(c.to)
	c.server.accept(m)
	return nil
}

func (c *session) Reset()        { c.from, c.to = "", nil }
func (c *session) Logout() error { return nil }

func parse(raw []byte) (Mail, error) {
	read, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, fmt.Errorf("read the mail's header: %w", err)
	}
	body, err := io.ReadAll(read.Body)
	if err != nil {
		return Mail{}, fmt.Errorf("read the mail's body: %w", err)
	}
	return Mail{
		At: time.Now(), Header: read.Header, Body: body,
		MessageID: strings.Trim(read.Header.Get("Message-Id"), "<> "),
	}, nil
}

// Subject is the decoded subject.
func (m Mail) Subject() string {
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return m.Header.Get("Subject")
	}
	return subject
}

// Text returns every text part of the mail, decoded and one after the other: plain and HTML.
func (m Mail) Text() (string, error) {
	var out strings.Builder
	if err := decode(&out, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), bytes.NewReader(m.Body)); err != nil {
		return "", fmt.Errorf("decode mail %s: %w", m.MessageID, err)
	}
	return out.String(), nil
}

func decode(out *strings.Builder, contentType, encoding string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain" // a mail without a type is text
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := decode(out, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
				return err
			}
		}
	}
	if !strings.HasPrefix(kind, "text/") {
		return nil
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if _, err := io.Copy(out, body); err != nil {
		return err
	}
	out.WriteByte('\n')
	return nil
}

// silent drops the server's own complaints about broken connections: tests break them.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}
