package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
