package articles

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/outbox"
	"lamro/internal/vietnamese"
)

// The numbers of the rules that the hashes are made by. A change of a rule raises its number;
// hashes of different rules are never compared.
const (
	// VersionRule: SHA-256 over title, lead and body as stored, NUL between.
	VersionRule = 1
	// BodyRule: SHA-256 over the matching form of lead and body, NUL between; 2: disguised words
	// are read as what they stand for, and a tone has one place in any word with one group of vowels.
	BodyRule = 2
)

// A NewVersion is a page as it was just read.
type NewVersion struct {
	URLKey        string   // the key of the address it was fetched from
	Aliases       []string // keys of further addresses of the same page: canonical, redirects, AMP
	KeyRule       int      // number of the rule that made the keys
	URL           string
	Source        string
	Feed          string
	Title         string
	Lead          string
	Body          string // at most news.MaxBody bytes
	Truncated     bool   // the body was cut to that
	Language      string
	PublishedAt   time.Time // zero is unknown
	PublishedFrom string
	DateClamped   bool // the page gave a date in the future
	SeenAt        time.Time
	Cause         news.Cause
	Extractor     string // name and version of what read it
	Lane          news.Lane
	NotNews       string // one of the constants of news, "" is news
	Capture       string // id of the capture it was read from
}

// A Result says what Put made of a version.
type Result struct {
	ID      string
	N       int   // number of the newest version
	Rev     int64 // revision of the article
	New     bool  // the article was not known
	Changed bool  // a version was written
	Deleted bool  // the article was taken down: nothing was written
}

var sourceID = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// Put stores a page. The same text as the newest version is no new version; a text seen before
// the newest one is. A new version raises the revision and adds its outbox row, all in tx.
// A page of a deleted article leaves nothing. All errors but the database's are the caller's
// mistakes and come back again on another try.
func Put(ctx context.Context, tx *records.Tx, v NewVersion) (Result, error) {
	if err := v.check(); err != nil {
		return Result{}, err
	}
	a, err := find(ctx, tx, v)
	isNew := errors.Is(err, records.ErrNotFound)
	switch {
	case isNew:
		a, err = create(ctx, tx, v)
	case err == nil && !a.DeletedAt.IsZero():
		return Result{ID: a.ID, N: a.Latest, Rev: a.Rev, Deleted: true}, nil
	}
	if err != nil {
		return Result{}, err
	}
	if err := addKeys(ctx, tx, a.ID, v); err != nil {
		return Result{}, err
	}
	same, err := sameAsNewest(ctx, tx, a, v)
	if err != nil {
		return Result{}, err
	}
	if same {
		return Result{ID: a.ID, N: a.Latest, Rev: a.Rev}, nil
	}
	rev, err := addVersion(ctx, tx, a, v)
	if err != nil {
		return Result{}, err
	}
	return Result{ID: a.ID, N: a.Latest + 1, Rev: rev, New: isNew, Changed: true}, nil
}

func (v NewVersion) check() error {
	switch {
	case v.URLKey == "":
		return errors.New("put article: no URL key")
	case !sourceID.MatchString(v.Source):
		return fmt.Errorf("put article: source id %q is not [a-z0-9-]{1,40}", v.Source)
	case v.Lane != news.Live && v.Lane != news.Backfill:
		return fmt.Errorf("put article: unknown lane %q", v.Lane)
	case v.Cause != news.Seen && v.Cause != news.ReExtracted:
		return fmt.Errorf("put article: unknown cause %q", v.Cause)
	case len(v.Body) > news.MaxBody:
		return fmt.Errorf("put article: body of %d bytes, at most %d", len(v.Body), news.MaxBody)
	case v.SeenAt.IsZero():
		return errors.New("put article: no time of seeing")
	}
	return nil
}

// find looks for the article by the fetched address first, so that a page's claim about its
// canonical address never overrules where it was met.
func find(ctx context.Context, tx *records.Tx, v NewVersion) (Article, error) {
	for _, key := range append([]string{v.URLKey}, v.Aliases...) {
		a, err := ByURLKey(ctx, tx, key)
		if !errors.Is(err, records.ErrNotFound) {
			return a, err
		}
	}
	return Article{}, records.ErrNotFound
}

func create(ctx context.Context, tx *records.Tx, v NewVersion) (Article, error) {
	seen := records.Time(records.Millis(v.SeenAt))
	a := Article{
		ID: ID(v.URLKey), Source: v.Source, Feed: v.Feed, URL: v.URL, FirstSeen: seen,
		Month: news.Month(seen), Lane: v.Lane,
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO articles
		(id, source, feed, url, first_seen, month, lane, rev, latest, published_at, published_from)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, '')`,
		a.ID, a.Source, a.Feed, a.URL, records.Millis(seen), a.Month, a.Lane)
	if err != nil {
		return Article{}, fmt.Errorf("create article %s: %w", a.ID, err)
	}
	return a, nil
}

func addKeys(ctx context.Context, tx *records.Tx, id string, v NewVersion) error {
	for _, key := range append([]string{v.URLKey}, v.Aliases...) {
		// A key that belongs to another article stays there: ids are given once.
		_, err := tx.ExecContext(ctx, `INSERT INTO url_keys (key, rule, article, added_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (key) DO NOTHING`, key, v.KeyRule, id, records.Millis(v.SeenAt))
		if err != nil {
			return fmt.Errorf("add address of %s: %w", id, err)
		}
	}
	return nil
}

func sameAsNewest(ctx context.Context, tx *records.Tx, a Article, v NewVersion) (bool, error) {
	if a.Latest == 0 {
		return false, nil
	}
	last, err := GetVersion(ctx, tx, a.ID, a.Latest)
	if err != nil {
		return false, err
	}
	if last.VersionRule == VersionRule {
		return last.VersionHash == versionHash(v.Title, v.Lead, v.Body), nil
	}
	return last.Title == v.Title && last.Lead == v.Lead && last.Body == v.Body, nil
}

func addVersion(ctx context.Context, tx *records.Tx, a Article, v NewVersion) (int64, error) {
	n := a.Latest + 1
	_, err := tx.ExecContext(ctx, `INSERT INTO versions
		(article, n, source, feed, url, title, lead, body, truncated, language, bytes, version_hash, version_rule,
		 body_hash, body_rule, cause, extractor, lane, not_news, seen_at, published_at, published_from, date_clamped, capture)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		a.ID, n, v.Source, v.Feed, v.URL, v.Title, v.Lead, v.Body, number(v.Truncated), v.Language,
		len(v.Title)+len(v.Lead)+len(v.Body), versionHash(v.Title, v.Lead, v.Body), VersionRule,
		bodyHash(v.Lead, v.Body), BodyRule, v.Cause, v.Extractor, v.Lane, v.NotNews,
		records.Millis(v.SeenAt), records.Millis(v.PublishedAt), v.PublishedFrom, number(v.DateClamped), v.Capture)
	if err != nil {
		return 0, fmt.Errorf("add version %d of %s: %w", n, a.ID, err)
	}
	// The first known date stays: an outlet that edits a page often dates it anew.
	var rev int64
	err = tx.QueryRowContext(ctx, `UPDATE articles SET latest = $1, rev = rev + 1, forgotten_at = 0,
		published_from = CASE WHEN published_at = 0 THEN $2 ELSE published_from END,
		published_at = CASE WHEN published_at = 0 THEN $3 ELSE published_at END
		WHERE id = $4 RETURNING rev`, n, v.PublishedFrom, records.Millis(v.PublishedAt), a.ID).Scan(&rev)
	if err != nil {
		return 0, fmt.Errorf("add version %d of %s: %w", n, a.ID, err)
	}
	return rev, outbox.AddArticle(ctx, tx, a.ID, n, v.Lane, v.Source, v.SeenAt)
}

func versionHash(title, lead, body string) string {
	h := sha256.New()
	for i, s := range [...]string{title, lead, body} {
		if i > 0 {
			h.Write([]byte{0})
		}
		h.Write([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// bodyHash is equal for copies that differ in case, punctuation, spacing or spelling only. A
// page without any words has none: empty pages are no copies of each other.
func bodyHash(lead, body string) string {
	l, b := vietnamese.Canonical(lead), vietnamese.Canonical(body)
	if l == "" && b == "" {
		return ""
	}
	h := sha256.New()
	h.Write([]byte(l))
	h.Write([]byte{0})
	h.Write([]byte(b))
	return hex.EncodeToString(h.Sum(nil))
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
