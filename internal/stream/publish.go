package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lamro/internal/news"
	"lamro/internal/records/outbox"
)

// A Topic is a stream of messages of one type.
type Topic[T any] struct {
	s       *Stream
	name    string
	prefix  string
	subject func(T) string
	id      func(T) string
	article func(T) string
}

// Articles is the topic of versions as they were read.
func Articles(s *Stream) Topic[news.Article] {
	return Topic[news.Article]{
		s: s, name: outbox.Articles, prefix: "articles",
		subject: func(a news.Article) string { return outbox.ArticleSubject(a.Lane, a.Source) },
		id:      func(a news.Article) string { return outbox.MessageID(a.ID, int64(a.N)) },
		article: func(a news.Article) string { return a.ID },
	}
}

// Mentions is the topic of changes of what the index shows.
func Mentions(s *Stream) Topic[news.MentionEvent] {
	return Topic[news.MentionEvent]{
		s: s, name: outbox.Mentions, prefix: "mentions",
		subject: outbox.MentionSubject,
		id:      func(e news.MentionEvent) string { return outbox.MessageID(e.Article, e.Rev) },
		article: func(e news.MentionEvent) string { return e.Article },
	}
}

// Send publishes v under the subject and id that its content gives it.
func (t Topic[T]) Send(ctx context.Context, v T) error {
	return t.Publish(ctx, t.subject(v), t.id(v), v)
}

// Publish returns when v is on the server's disk. The same id within two minutes is stored once;
// later a second copy is harmless to handlers. An error is marked: Permanent where the message
// itself is refused, else Infrastructure, among them ErrFull.
func (t Topic[T]) Publish(ctx context.Context, subject, id string, v T) error {
	data, err := Encode(v)
	if err != nil {
		return Permanent(fmt.Errorf("publish %s: %w", id, err))
	}
	_, err = t.s.Publish(ctx, t.name, subject, id, data)
	return err
}

// Encode is v as messages carry it. It leaves <, > and & as they are: escaped, a body of markup
// could outgrow a message.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Publish puts an encoded message into the named stream and returns its sequence there. Of two
// with one id the second returns the sequence of the first.
func (s *Stream) Publish(ctx context.Context, stream, subject, id string, data []byte) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	ack, err := s.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: data},
		jetstream.WithMsgID(id), jetstream.WithExpectStream(stream))
	if err != nil {
		return 0, publishError(id, err)
	}
	return ack.Sequence, nil
}

// storeLimit is the server's code for a stream that has reached its limit.
const storeLimit jetstream.ErrorCode = 10077

func publishError(id string, err error) error {
	var api jetstream.JetStreamError
	switch {
	case errors.Is(err, nats.ErrMaxPayload), errors.Is(err, nats.ErrBadSubject):
		return Permanent(fmt.Errorf("publish %s: %w", id, err))
	case errors.As(err, &api) && api.APIError() != nil && api.APIError().ErrorCode == storeLimit:
		return Infrastructure(fmt.Errorf("publish %s: %w: %w", id, ErrFull, err))
	}
	return Infrastructure(fmt.Errorf("publish %s: %w", id, err))
}
