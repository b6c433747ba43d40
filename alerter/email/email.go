// Package email sends alerts as mails: text and HTML, one recipient each, over one connection per
// mail to the office's own mail server. When to send and to whom is decided by alerter.
package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"lamro/alerter"
)

// The ways to protect the connection.
const (
	StartTLS = "starttls"
	TLS      = "tls"  // from the first byte
	None     = "none" // loopback only
)

// Config is the mail server and what mails say about the office.
type Config struct {
	Host     string
	Port     int
	TLS      string
	Username string
	Password func() string // asked for at each sign-in, so that no copy lies about; may be nil without Username
	From     string
	Timeout  time.Duration // for one mail
	Office   string        // name in the sender and at the foot
	BaseURL  string        // of the interface, without a slash at the end

	TLSConfig *tls.Config // for a server with its own authority; may be nil
}

// Validate reports what is missing or contradicts itself.
func (c Config) Validate() error {
	var errs []error
	if c.Host == "" || c.Port < 1 || c.Port > 65535 {
		errs = append(errs, fmt.Errorf("%s:%d is no mail server", c.Host, c.Port))
	}
	if c.TLS != StartTLS && c.TLS != TLS && c.TLS != None {
		errs = append(errs, fmt.Errorf("tls %q is none of starttls, tls, none", c.TLS))
	}
	if _, err := mail.ParseAddress(c.From); err != nil {
		errs = append(errs, fmt.Errorf("sender %q: %w", c.From, err))
	}
	if c.Username != "" && c.Password == nil {
		errs = append(errs, errors.New("no password to sign in with"))
	}
	if c.Timeout <= 0 {
		errs = append(errs, errors.New("no timeout"))
	}
	return errors.Join(errs...)
}

// Notifier sends mails. It is safe for several goroutines.
type Notifier struct {
	cfg  Config
	from *mail.Address
}

var _ alerter.Notifier = (*Notifier)(nil)

// New makes a notifier; nothing is connected before the first mail.
func New(cfg Config) (*Notifier, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("email: %w", err)
	}
	from, err := mail.ParseAddress(cfg.From)
	if err != nil {
		return nil, fmt.Errorf("email: %w", err)
	}
	if from.Name == "" {
		from.Name = strings.TrimSpace("Lamro " + cfg.Office)
	}
	return &Notifier{cfg: cfg, from: from}, nil
}

// Codes of failures, for the interface to put into words.
const (
	CodeUnreachable = "smtp-unreachable"
	CodeTLS         = "smtp-tls"
	CodeSignIn      = "smtp-sign-in"
	CodeLater       = "smtp-later"   // the server asks to try again
	CodeRefused     = "smtp-refused" // the server will not take this mail
	CodeBroken      = "smtp-broken"  // the connection broke
	CodeAddress     = "bad-address"
)

// Notify sends one mail.
func (n *Notifier) Notify(ctx context.Context, m alerter.Message) error {
	to, err := mail.ParseAddress(m.To.Email)
	if err != nil {
		return &alerter.Failure{Code: CodeAddress, Permanent: true, Answered: true, Err: err}
	}
	msg, err := n.compose(m, to)
	if err != nil {
		return &alerter.Failure{Code: "error", Permanent: true, Answered: true, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, n.cfg.Timeout)
	defer cancel()
	client, stop, err := n.connect(ctx)
	if err != nil {
		return n.classify(ctx, err, CodeUnreachable)
	}
	defer stop()
	if err := n.signIn(client); err != nil {
		return n.classify(ctx, err, CodeSignIn)
	}
	return n.deliver(ctx, client, msg, to.Address, m.HandOver)
}

// deliver speaks the part of the dialogue in which the mail changes hands.
func (n *Notifier) deliver(ctx context.Context, client *smtp.Client, msg *gomail.Msg, to string, handOver func(context.Context) error) error {
	if err := client.Mail(n.from.Address); err != nil {
		return n.classify(ctx, err, CodeBroken)
	}
	if err := client.Rcpt(to); err != nil {
		return n.classify(ctx, err, CodeBroken)
	}
	w, err := client.Data()
	if err != nil {
		return n.classify(ctx, err, CodeBroken)
	}
	if _, err := msg.WriteTo(w); err != nil {
		return n.classify(ctx, err, CodeBroken)
	}
	// The final dot makes the mail the server's. Nothing before it can arrive.
	if err := handOver(ctx); err != nil {
		return &alerter.Failure{Code: "records", Err: err}
	}
	if err := w.Close(); err != nil {
		return n.classify(ctx, err, CodeBroken)
	}
	// The mail is accepted; how the conversation ends changes nothing.
	_ = client.Quit()
	return nil
}

// connect opens the connection with the protection that the settings ask for. stop ends it. The
// connection is closed when ctx ends, which ends whatever waits on it.
func (n *Notifier) connect(ctx context.Context) (client *smtp.Client, stop func(), err error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(n.cfg.Host, strconv.Itoa(n.cfg.Port)))
	if err != nil {
		return nil, nil, err
	}
	watch := context.AfterFunc(ctx, func() { _ = conn.Close() })
	end := func() {
		watch()
		_ = conn.Close()
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, nil, err
		}
	}
	wire := conn
	if n.cfg.TLS == TLS {
		secure := tls.Client(conn, n.tlsConfig())
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, nil, &alerter.Failure{Code: CodeTLS, Err: err}
		}
		wire = secure
	}
	if client, err = smtp.NewClient(wire, n.cfg.Host); err != nil {
		return nil, nil, err
	}
	if err := client.Hello(n.domain()); err != nil {
		return nil, nil, err
	}
	if n.cfg.TLS == StartTLS {
		if ok, _ := client.Extension("STARTTLS"); !ok {
			return nil, nil, &alerter.Failure{Code: CodeTLS, Err: errors.New("the server offers no STARTTLS")}
		}
		if err := client.StartTLS(n.tlsConfig()); err != nil {
			return nil, nil, &alerter.Failure{Code: CodeTLS, Err: err}
		}
	}
	return client, end, nil
}

func (n *Notifier) tlsConfig() *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if n.cfg.TLSConfig != nil {
		cfg = n.cfg.TLSConfig.Clone()
	}
	cfg.ServerName = n.cfg.Host
	return cfg
}

// signIn uses the first method that the server offers and that does not show the password to
// whoever listens.
func (n *Notifier) signIn(client *smtp.Client) error {
	if n.cfg.Username == "" {
		return nil
	}
	ok, offered := client.Extension("AUTH")
	if !ok {
		return errors.New("the server offers no sign-in")
	}
	methods := strings.Fields(offered)
	password := n.cfg.Password()
	for _, method := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(n.cfg.Username, password)},
		{"PLAIN", smtp.PlainAuth("", n.cfg.Username, password, n.cfg.Host, false)},
		{"LOGIN", smtp.LoginAuth(n.cfg.Username, password, n.cfg.Host, false)},
	} {
		for _, m := range methods {
			if strings.EqualFold(m, method.name) {
				return client.Auth(method.auth)
			}
		}
	}
	return fmt.Errorf("the server offers only %s", offered)
}

// classify turns an error of the dialogue into a failure. otherwise is the code of what is no
// answer of the server.
func (n *Notifier) classify(ctx context.Context, err error, otherwise string) error {
	if f, ok := errors.AsType[*alerter.Failure](err); ok {
		return f
	}
	if ctx.Err() != nil {
		return &alerter.Failure{Code: alerter.CodeTimeout, Err: ctx.Err()}
	}
	if netErr, ok := errors.AsType[net.Error](err); ok && netErr.Timeout() {
		return &alerter.Failure{Code: alerter.CodeTimeout, Err: err}
	}
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return &alerter.Failure{Code: otherwise, Err: n.redact(err)}
	}
	f := &alerter.Failure{Code: CodeLater, Answered: true, Err: n.redact(err)}
	if answer.Code >= 500 {
		// A server that refuses the sign-in, or to speak at all, refuses no mail in particular: that is for
		// the operator to put right, and the mail waits.
		f.Code, f.Permanent = CodeRefused, true
		if otherwise != CodeBroken {
			f.Code, f.Permanent = otherwise, false
		}
	}
	return f
}

// redact keeps the password out of what a careless server repeats.
func (n *Notifier) redact(err error) error {
	if n.cfg.Password == nil {
		return err
	}
	if p := n.cfg.Password(); p != "" && strings.Contains(err.Error(), p) {
		return errors.New(strings.ReplaceAll(err.Error(), p, "***"))
	}
	return err
}

// domain is the part of the sender after the @, under which mails and the client are known.
func (n *Notifier) domain() string {
	_, domain, _ := strings.Cut(n.from.Address, "@")
	return domain
}
