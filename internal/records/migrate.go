package records

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, options ...goose.ProviderOption) error {
	dir, err := migrationsFor(dialect)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, dir, options...)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Migrations are written once, for both engines. Where they must say something twice, a comment
// names the engine that the lines after it are for: "-- lamro:sqlite", "-- lamro:postgres", and
// "-- lamro:both" to go on.

// migrationsFor are the migrations as an engine reads them.
func migrationsFor(dialect goose.Dialect) (fs.FS, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	drop := "-- lamro:postgres"
	if dialect == goose.DialectPostgres {
		drop = "-- lamro:sqlite"
	}
	return dialectFS{dir, drop}, nil
}

// dialectFS leaves out of every file the lines that are for another engine.
type dialectFS struct {
	fs.FS
	drop string
}

// Open implements fs.FS.
func (d dialectFS) Open(name string) (fs.File, error) {
	f, err := d.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	defer f.Close()
	var all, kept bytes.Buffer
	if _, err := all.ReadFrom(f); err != nil {
		return nil, err
	}
	dropping := false
	for line := range bytes.Lines(all.Bytes()) {
		if mark := string(bytes.TrimSpace(line)); strings.HasPrefix(mark, "-- lamro:") {
			dropping = mark == d.drop
			continue
		}
		if !dropping {
			kept.Write(line)
		}
	}
	info, err := f.Stat()
	return memoryFile{&kept, info}, err
}

// memoryFile is a file whose bytes are at hand.
type memoryFile struct {
	*bytes.Buffer
	info fs.FileInfo
}

func (f memoryFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (memoryFile) Close() error                 { return nil }
