package alerter

import (
	"context"
	"errors"
	"time"

	"lamro/internal/news"
)

// A Notifier sends one message by one channel. notifiertest holds what every one must do.
type Notifier interface {
	// Notify sends m and returns nil when the other side has accepted it. It calls m.HandOver
	// when everything is ready and the next byte could make the message arrive, and sends
	// nothing after an error of it. Its error is a *Failure that names no secret. It ends soon
	// after ctx does.
	Notify(ctx context.Context, m Message) error
}

// A Message is what one person, or one webhook, is told about one article.
type Message struct {
	Key         string // the same for every try: the other side can drop a repeat by it
	To          Person // the zero Person for a webhook
	MaybeRepeat bool   // an earlier try may have arrived
	RouteName   string
	Severity    news.Severity
	Article     Article
	Matches     []Match // most severe first, at least one
	AlertedAt   time.Time

	HandOver func(ctx context.Context) error
}

// Article is what a message says about the article.
type Article struct {
	ID           string
	URL          string
	Title        string
	TitleMarks   []Mark
	Snippet      string
	SnippetMarks []Mark
	Source       string
	SourceName   string
	Tier         int
	Places       []string // names
	PublishedAt  time.Time
	FirstSeen    time.Time
}

// A Mark is a range of bytes that matched.
type Mark struct{ Start, End int }

// A Match is one watch that the article met.
type Match struct {
	Alert    int64
	Watch    string
	Name     string
	Severity news.Severity
	Class    news.Class
	Words    []string // as they stand in the text
	InTitle  bool
	Why      string
}

// A Failure says why a message did not go out. It is what a Notifier returns.
type Failure struct {
	Code       string        // for the interface to put into words, such as "smtp-refused"
	Permanent  bool          // the other side says that trying again cannot help
	Answered   bool          // the other side said no: this try has not arrived
	RetryAfter time.Duration // the other side asks to wait this long; 0: no wish
	Err        error
}

// Error is the code with what happened.
func (f *Failure) Error() string {
	if f.Err == nil {
		return f.Code
	}
	return f.Code + ": " + f.Err.Error()
}

// Unwrap is what happened.
func (f *Failure) Unwrap() error { return f.Err }

// CodeTimeout is the code of a try that took too long, or was stopped.
const CodeTimeout = "timeout"

// asFailure is err as a Failure; what a notifier did not classify is tried again.
func asFailure(err error) *Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return &Failure{Code: CodeTimeout, Err: err}
	}
	return &Failure{Code: "error", Err: err}
}
