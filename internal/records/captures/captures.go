// Package captures keeps the rows of captured pages: where each file lies, what it hashes to,
// when the same bytes were met again. The files themselves belong to internal/captures.
package captures

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lamro/internal/records"
)

// A Capture is one file of evidence.
type Capture struct {
	ID            string    `json:"id"`
	Article       string    `json:"article"` // "" where the page became no article
	URL           string    `json:"url"`
	Path          string    `json:"path"` // below the captures directory
	Bytes         int64     `json:"bytes"`
	SHA256        string    `json:"sha256"` // of the file
	PayloadDigest string    `json:"payload_digest"`
	Status        int       `json:"status"`
	FetchedAt     time.Time `json:"fetched_at,omitzero"`
	SealedAt      time.Time `json:"sealed_at,omitzero"`
	ErasedAt      time.Time `json:"erased_at,omitzero"` // the file is gone, the hashes stay
}

// Add writes the row of a capture; the same capture again changes nothing.
func Add(ctx context.Context, tx *records.Tx, c Capture) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO captures
		(id, article, url, path, bytes, sha256, payload_digest, status, fetched_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
		c.ID, c.Article, c.URL, c.Path, c.Bytes, c.SHA256, c.PayloadDigest, c.Status, records.Millis(c.FetchedAt))
	if err != nil {
		return fmt.Errorf("add capture %s: %w", c.ID, err)
	}
	return nil
}

// Observe notes that the bytes of a capture were met again at t. It returns records.ErrNotFound
// where the capture is gone or erased: the bytes must then be captured anew.
func Observe(ctx context.Context, tx *records.Tx, id string, t time.Time) error {
	c, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	if !c.ErasedAt.IsZero() {
		return fmt.Errorf("observe capture %s, which is erased: %w", id, records.ErrNotFound)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO observations (capture, at) VALUES ($1, $2)
		ON CONFLICT (capture, at) DO NOTHING`, id, records.Millis(t))
	if err != nil {
		return fmt.Errorf("observe capture %s: %w", id, err)
	}
	return nil
}

// Observations returns when the bytes of a capture were met again, oldest first.
func Observations(ctx context.Context, q records.Querier, id string) ([]time.Time, error) {
	rows, err := q.QueryContext(ctx, `SELECT at FROM observations WHERE capture = $1 ORDER BY at`, id)
	if err != nil {
		return nil, fmt.Errorf("read observations of %s: %w", id, err)
	}
	defer rows.Close()
	var out []time.Time
	for rows.Next() {
		var at int64
		if err := rows.Scan(&at); err != nil {
			return nil, fmt.Errorf("read observations of %s: %w", id, err)
		}
		out = append(out, records.Time(at))
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read observations of %s: %w", id, err)
	}
	return out, nil
}

const columns = `SELECT id, article, url, path, bytes, sha256, payload_digest, status, fetched_at, sealed_at, erased_at
	FROM captures `

// Get reads a capture, or records.ErrNotFound.
func Get(ctx context.Context, q records.Querier, id string) (Capture, error) {
	c, err := scan(q.QueryRowContext(ctx, columns+`WHERE id = $1`, id))
	if err != nil {
		return Capture{}, fmt.Errorf("capture %s: %w", id, err)
	}
	return c, nil
}

// Find returns the kept capture of the same bytes from the same address, or records.ErrNotFound.
func Find(ctx context.Context, q records.Querier, url, payloadDigest string) (Capture, error) {
	c, err := scan(q.QueryRowContext(ctx, columns+`WHERE payload_digest = $1 AND url = $2 AND erased_at = 0
		ORDER BY fetched_at LIMIT 1`, payloadDigest, url))
	if err != nil {
		return Capture{}, fmt.Errorf("capture of these bytes: %w", err)
	}
	return c, nil
}

// ForArticle returns the captures of an article, oldest first.
func ForArticle(ctx context.Context, q records.Querier, article string) ([]Capture, error) {
	return list(ctx, q, columns+`WHERE article = $1 ORDER BY fetched_at, id`, article)
}

// list reads the captures that a query finds.
func list(ctx context.Context, q records.Querier, query string, args ...any) ([]Capture, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read captures: %w", err)
	}
	defer rows.Close()
	var out []Capture
	for rows.Next() {
		c, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read captures: %w", err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read captures: %w", err)
	}
	return out, nil
}

// Seal marks the captures of an article as evidence that no retention removes. Sealed again,
// the first time stays.
func Seal(ctx context.Context, tx *records.Tx, article string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE captures SET sealed_at = $1 WHERE article = $2 AND sealed_at = 0`,
		records.Millis(at), article)
	if err != nil {
		return fmt.Errorf("seal captures of %s: %w", article, err)
	}
	return nil
}

// Erase takes the addresses of an article's captures out of their rows and marks them erased.
// The hashes stay. The caller removes the files after the transaction.
func Erase(ctx context.Context, tx *records.Tx, article string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE captures SET url = '', erased_at = $1 WHERE article = $2 AND erased_at = 0`,
		records.Millis(at), article)
	if err != nil {
		return fmt.Errorf("erase captures of %s: %w", article, err)
	}
	return nil
}

func scan(row interface{ Scan(...any) error }) (Capture, error) {
	var (
		c                       Capture
		fetched, sealed, erased int64
	)
	err := row.Scan(&c.ID, &c.Article, &c.URL, &c.Path, &c.Bytes, &c.SHA256, &c.PayloadDigest, &c.Status,
		&fetched, &sealed, &erased)
	if errors.Is(err, sql.ErrNoRows) {
		return Capture{}, records.ErrNotFound
	}
	if err != nil {
		return Capture{}, err
	}
	c.FetchedAt, c.SealedAt, c.ErasedAt = records.Time(fetched), records.Time(sealed), records.Time(erased)
	return c, nil
}

// Each calls fn with every capture whose file is kept, by id, and stops at its first error.
func Each(ctx context.Context, q records.Querier, fn func(Capture) error) error {
	const slice = 500
	after := ""
	for {
		part, err := list(ctx, q, columns+`WHERE id > $1 AND erased_at = 0 ORDER BY id LIMIT $2`, after, slice)
		if err != nil {
			return err
		}
		for _, c := range part {
			if err := fn(c); err != nil {
				return err
			}
		}
		if len(part) < slice {
			return nil
		}
		after = part[len(part)-1].ID
	}
}
