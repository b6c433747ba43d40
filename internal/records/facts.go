package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Fact reads a fact about the installation, "" when it is not known.
func Fact(ctx context.Context, q Querier, name string) (string, error) {
	var v string
	err := q.QueryRowContext(ctx, `SELECT value FROM facts WHERE name = $1`, name).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read fact %s: %w", name, err)
	}
	return v, nil
}

// SetFact writes a fact about the installation.
func SetFact(ctx context.Context, tx *Tx, name, value string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("write fact %s: %w", name, err)
	}
	return nil
}

// Applied is the hash of a settings file as it was last applied, "" when it never was.
func Applied(ctx context.Context, q Querier, file string) (string, error) {
	var hash string
	err := q.QueryRowContext(ctx, `SELECT hash FROM applied_settings WHERE file = $1`, file).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read what was applied of %s: %w", file, err)
	}
	return hash, nil
}

// SetApplied remembers that a settings file was applied at a time.
func SetApplied(ctx context.Context, tx *Tx, file, hash string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO applied_settings (file, hash, applied_at) VALUES ($1, $2, $3)
		ON CONFLICT (file) DO UPDATE SET hash = excluded.hash, applied_at = excluded.applied_at`, file, hash, Millis(at))
	if err != nil {
		return fmt.Errorf("remember what was applied of %s: %w", file, err)
	}
	return nil
}
