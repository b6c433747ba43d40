// Package recordstest opens records for tests, on each engine that the product has. A package
// whose tests are about records lets Main run them once on SQLite and once on PostgreSQL.
package recordstest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"lamro/internal/records"
)

// server is where Open makes its databases, nil for SQLite. Main sets it between two runs.
var server *postgres

// Main runs all tests of a package on SQLite and then on a PostgreSQL server of its own. Where
// there is no PostgreSQL it says so in one line; with CI=true that is a failure. It returns the
// exit status for os.Exit.
func Main(m *testing.M) int {
	if status := m.Run(); status != 0 {
		return status
	}
	s, err := startPostgres()
	if err != nil {
		if os.Getenv("CI") == "true" {
			fmt.Println("FAIL: records on PostgreSQL:", err)
			return 1
		}
		fmt.Println("skipped on PostgreSQL:", err)
		return 0
	}
	defer s.stop()
	fmt.Println("again on PostgreSQL")
	server = s
	return m.Run()
}

// Server is the address of an empty database on a PostgreSQL server that ends with the test. Where
// there is no PostgreSQL the test is skipped, with CI=true it fails.
func Server(tb testing.TB) string {
	tb.Helper()
	s, err := startPostgres()
	if err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatal(err)
		}
		tb.Skip(err)
	}
	tb.Cleanup(s.stop)
	address, err := s.create(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return address
}

// OnServer says that Open gives databases of a PostgreSQL server.
func OnServer() bool { return server != nil }

// Open opens new, empty records and closes them when the test ends.
func Open(tb testing.TB) *records.DB {
	tb.Helper()
	return OpenAt(tb, Place(tb))
}

// OpenAt opens records at a place that Place gave, also again.
func OpenAt(tb testing.TB, place string) *records.DB {
	tb.Helper()
	db, err := records.Open(tb.Context(), place)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close records: %v", err)
		}
	})
	return db
}

// Place is where records can be opened that are empty: a path, or the address of a database.
func Place(tb testing.TB) string {
	tb.Helper()
	if server == nil {
		return filepath.Join(tb.TempDir(), "records.db")
	}
	address, err := server.create(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return address
}
