// Package articles holds what outlets published: the article at its addresses, its versions as
// they were seen, and the revision that tells the index what is newer. It decides what a new
// version is; fetching, matching and publishing belong to others.
package articles

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/outbox"
)

// ErrErased is returned where a version's text is asked for and gone, because the article was
// deleted or forgotten.
var ErrErased = errors.New("text erased")

// An Article is what is known of one page, apart from its text.
type Article struct {
	ID            string    `json:"id"`
	Source        string    `json:"source"`
	Feed          string    `json:"feed"`
	URL           string    `json:"url"` // "" once deleted
	FirstSeen     time.Time `json:"first_seen,omitzero"`
	Month         string    `json:"month"` // of FirstSeen, such as "2026-11": its index directory
	Lane          news.Lane `json:"lane"`
	Rev           int64     `json:"rev"`
	Latest        int       `json:"latest"` // number of the newest version
	PublishedAt   time.Time `json:"published_at,omitzero"`
	PublishedFrom string    `json:"published_from"`
	EverMentioned bool      `json:"ever_mentioned"`
	DeletedAt     time.Time `json:"deleted_at,omitzero"`   // a person took it down
	ForgottenAt   time.Time `json:"forgotten_at,omitzero"` // never matched, texts dropped after the back-test window
}

// A Version is the text as seen at one time.
type Version struct {
	Article       string
	N             int
	Source        string
	Feed          string
	URL           string
	Title         string
	Lead          string
	Body          string
	Truncated     bool
	Language      string
	Bytes         int64 // of title, lead and body; stays when they go
	VersionHash   string
	VersionRule   int
	BodyHash      string
	BodyRule      int
	Cause         news.Cause
	Extractor     string
	Lane          news.Lane
	NotNews       string
	SeenAt        time.Time
	PublishedAt   time.Time
	PublishedFrom string
	DateClamped   bool
	Capture       string
	ErasedAt      time.Time
}

// ID is the id of the article first met at key. It is given once and never computed again.
func ID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

const articleColumns = `SELECT id, source, feed, url, first_seen, month, lane, rev, latest, published_at,
	published_from, ever_mentioned, deleted_at, forgotten_at FROM articles `

// Get reads an article, or records.ErrNotFound.
func Get(ctx context.Context, q records.Querier, id string) (Article, error) {
	a, err := scanArticle(q.QueryRowContext(ctx, articleColumns+`WHERE id = $1`, id))
	if err != nil {
		return Article{}, fmt.Errorf("article %s: %w", id, err)
	}
	return a, nil
}

// ByURLKey reads the article that was met at key, or records.ErrNotFound. A deleted article is
// still found.
func ByURLKey(ctx context.Context, q records.Querier, key string) (Article, error) {
	a, err := scanArticle(q.QueryRowContext(ctx, articleColumns+`WHERE id =
		(SELECT article FROM url_keys WHERE key IN ($1, $2) LIMIT 1)`, key, hiddenKey(key)))
	if err != nil {
		return Article{}, fmt.Errorf("article at this address: %w", err)
	}
	return a, nil
}

const versionColumns = `SELECT article, n, source, feed, url, title, lead, body, truncated, language, bytes,
	version_hash, version_rule, body_hash, body_rule, cause, extractor, lane, not_news, seen_at,
	published_at, published_from, date_clamped, capture, erased_at FROM versions `

// Versions returns all versions of an article, oldest first.
func Versions(ctx context.Context, q records.Querier, id string) ([]Version, error) {
	rows, err := q.QueryContext(ctx, versionColumns+`WHERE article = $1 ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("versions of %s: %w", id, err)
	}
	defer rows.Close()
	var out []Version
	for rows.Next() {
		v, err := scanVersion(rows)
		if err != nil {
			return nil, fmt.Errorf("versions of %s: %w", id, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("versions of %s: %w", id, err)
	}
	return out, nil
}

// GetVersion reads one version, or records.ErrNotFound.
func GetVersion(ctx context.Context, q records.Querier, id string, n int) (Version, error) {
	v, err := scanVersion(q.QueryRowContext(ctx, versionColumns+`WHERE article = $1 AND n = $2`, id, n))
	if err != nil {
		return Version{}, fmt.Errorf("article %s version %d: %w", id, n, err)
	}
	return v, nil
}

// Message builds the message of version n for ARTICLES. It returns records.ErrNotFound where
// there is no such version, and ErrErased where its text is gone.
func Message(ctx context.Context, q records.Querier, id string, n int) (news.Article, error) {
	a, err := Get(ctx, q, id)
	if err != nil {
		return news.Article{}, err
	}
	v, err := GetVersion(ctx, q, id, n)
	if err != nil {
		return news.Article{}, err
	}
	if !v.ErasedAt.IsZero() {
		return news.Article{}, fmt.Errorf("article %s version %d: %w", id, n, ErrErased)
	}
	return message(a, v), nil
}

func message(a Article, v Version) news.Article {
	return news.Article{
		Schema: news.Schema, ID: a.ID, N: v.N, Source: v.Source, URL: v.URL,
		Title: v.Title, Lead: v.Lead, Body: v.Body, Truncated: v.Truncated, Language: v.Language,
		PublishedAt: v.PublishedAt, PublishedFrom: v.PublishedFrom,
		FirstSeen: a.FirstSeen, SeenAt: v.SeenAt, Cause: v.Cause, Lane: v.Lane, NotNews: v.NotNews,
		BodyHash: v.BodyHash,
	}
}

// Newest is when the newest version was seen, the zero time while there is none: the age of what
// people look at.
func Newest(ctx context.Context, q records.Querier) (time.Time, error) {
	var at int64
	if err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(seen_at), 0) FROM versions`).Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("newest version: %w", err)
	}
	return records.Time(at), nil
}

// Each calls fn with the newest version of every article first seen in [from, to), oldest first,
// and stops at the first error of fn. What is deleted or forgotten is left out. It reads in
// slices, so fn may take its time and write. The zero to is no end.
func Each(ctx context.Context, q records.Querier, from, to time.Time, fn func(news.Article) error) error {
	const slice = 100
	end := records.Millis(to)
	if to.IsZero() {
		end = 1<<63 - 1
	}
	at, id := records.Millis(from), ""
	for {
		page, err := eachSlice(ctx, q, at, id, end, slice)
		if err != nil {
			return err
		}
		for _, a := range page {
			v, err := GetVersion(ctx, q, a.ID, a.Latest)
			if err != nil {
				return err
			}
			at, id = records.Millis(a.FirstSeen), a.ID
			if !v.ErasedAt.IsZero() {
				continue
			}
			if err := fn(message(a, v)); err != nil {
				return err
			}
		}
		if len(page) < slice {
			return nil
		}
	}
}

func eachSlice(ctx context.Context, q records.Querier, at int64, id string, end int64, limit int) ([]Article, error) {
	rows, err := q.QueryContext(ctx, articleColumns+`WHERE (first_seen > $1 OR first_seen = $1 AND id > $2)
		AND first_seen < $3 AND deleted_at = 0 AND forgotten_at = 0 ORDER BY first_seen, id LIMIT $4`, at, id, end, limit)
	if err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	defer rows.Close()
	var out []Article
	for rows.Next() {
		a, err := scanArticle(rows)
		if err != nil {
			return nil, fmt.Errorf("read articles: %w", err)
		}
		out = append(out, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	return out, nil
}

// RaiseRev raises the revision of an article, in the transaction of any change that the index
// shows, and returns the new one; records.ErrNotFound where there is no such article.
func RaiseRev(ctx context.Context, tx *records.Tx, id string) (int64, error) {
	var rev int64
	err := tx.QueryRowContext(ctx, `UPDATE articles SET rev = rev + 1 WHERE id = $1 RETURNING rev`, id).Scan(&rev)
	if errors.Is(err, sql.ErrNoRows) {
		err = records.ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("raise revision of %s: %w", id, err)
	}
	return rev, nil
}

// MarkMentioned notes that a watch matched the article: its text and captures stay, and the
// index hears of later versions without mentions.
func MarkMentioned(ctx context.Context, tx *records.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `UPDATE articles SET ever_mentioned = 1 WHERE id = $1 AND ever_mentioned = 0`, id)
	if err != nil {
		return fmt.Errorf("mark %s as mentioned: %w", id, err)
	}
	return nil
}

// Republish makes a version go through ARTICLES once more, for a replay: under a message id of
// its own, so that the stream takes it whenever the first one was.
func Republish(ctx context.Context, tx *records.Tx, id string, n int, at time.Time) error {
	v, err := GetVersion(ctx, tx, id, n)
	if err != nil {
		return err
	}
	return outbox.Add(ctx, tx, outbox.Row{
		Topic: outbox.Articles, Subject: outbox.ArticleSubject(v.Lane, v.Source),
		Message: fmt.Sprintf("%s:replay-%d", outbox.MessageID(id, int64(n)), records.Millis(at)),
		Article: id, N: int64(n), AddedAt: at,
	})
}

// hiddenKey is how the key of a deleted article is kept: found again, but not readable.
func hiddenKey(key string) string {
	return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(key)))
}

type row interface{ Scan(...any) error }

func scanArticle(r row) (Article, error) {
	var (
		a                                           Article
		firstSeen, published, deleted, forgotten, m int64
	)
	err := r.Scan(&a.ID, &a.Source, &a.Feed, &a.URL, &firstSeen, &a.Month, &a.Lane, &a.Rev, &a.Latest,
		&published, &a.PublishedFrom, &m, &deleted, &forgotten)
	if errors.Is(err, sql.ErrNoRows) {
		return Article{}, records.ErrNotFound
	}
	if err != nil {
		return Article{}, err
	}
	a.FirstSeen, a.PublishedAt = records.Time(firstSeen), records.Time(published)
	a.DeletedAt, a.ForgottenAt, a.EverMentioned = records.Time(deleted), records.Time(forgotten), m != 0
	return a, nil
}

func scanVersion(r row) (Version, error) {
	var (
		v                        Version
		seen, published, erased  int64
		truncated, dateIsClamped int64
	)
	err := r.Scan(&v.Article, &v.N, &v.Source, &v.Feed, &v.URL, &v.Title, &v.Lead, &v.Body, &truncated, &v.Language,
		&v.Bytes, &v.VersionHash, &v.VersionRule, &v.BodyHash, &v.BodyRule, &v.Cause, &v.Extractor, &v.Lane, &v.NotNews,
		&seen, &published, &v.PublishedFrom, &dateIsClamped, &v.Capture, &erased)
	if errors.Is(err, sql.ErrNoRows) {
		return Version{}, records.ErrNotFound
	}
	if err != nil {
		return Version{}, err
	}
	v.SeenAt, v.PublishedAt, v.ErasedAt = records.Time(seen), records.Time(published), records.Time(erased)
	v.Truncated, v.DateClamped = truncated != 0, dateIsClamped != 0
	return v, nil
}
