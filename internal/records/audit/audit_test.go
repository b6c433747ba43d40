package audit_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/audit"
	"lamro/internal/records/recordstest"
)

func chain(t *testing.T) (*records.DB, string) {
	t.Helper()
	place := recordstest.Place(t)
	db := recordstest.OpenAt(t, place)
	for i, action := range []string{"user.add", "capture.write", "article.delete"} {
		add(t, db, audit.Entry{
			At: time.Date(2026, 11, 22, 7, i, 0, 123, time.UTC), Actor: "admin", Action: action, Subject: "x1",
			Detail: map[string]any{"lý do": "<trùng>", "n": i},
		})
	}
	return db, place
}

func add(t *testing.T, db *records.DB, e audit.Entry) {
	t.Helper()
	err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error { return audit.Append(ctx, tx, e) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestChainHolds(t *testing.T) {
	t.Parallel()
	db, _ := chain(t)
	old, err := audit.Verify(t.Context(), db.Read())
	if err != nil || old.Seq != 3 || len(old.Hash) != 64 {
		t.Fatalf("Verify = %+v, %v", old, err)
	}
	add(t, db, audit.Entry{At: time.Now(), Actor: "crawler", Action: "capture.write", Subject: "x2"})
	head, err := audit.Verify(t.Context(), db.Read(), old, audit.Head{})
	if err != nil || head.Seq != 4 {
		t.Errorf("Verify with an older head = %+v, %v; want row 4", head, err)
	}
	if got, err := audit.ReadHead(t.Context(), db.Read()); err != nil || got != head {
		t.Errorf("ReadHead = %+v, %v; want %+v", got, err, head)
	}
	rows, err := audit.List(t.Context(), db.Read(), audit.Filter{Subject: "x1", Limit: 2})
	if err != nil || len(rows) != 2 || rows[0].Action != "article.delete" || rows[1].Action != "capture.write" {
		t.Errorf("List = %+v, %v", rows, err)
	}
	rows, err = audit.List(t.Context(), db.Read(), audit.Filter{Before: 2})
	if err != nil || len(rows) != 1 || rows[0].Action != "user.add" {
		t.Errorf("List before row 2 = %+v, %v", rows, err)
	}
}

func TestEmptyChainHolds(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	if head, err := audit.Verify(t.Context(), db.Read()); err != nil || head != (audit.Head{}) {
		t.Errorf("Verify = %+v, %v; want the zero head", head, err)
	}
}

func TestDatabaseRefusesChanges(t *testing.T) {
	t.Parallel()
	db, _ := chain(t)
	replace := `INSERT OR REPLACE INTO audit SELECT 2, at, 'other', action, subject, detail, prev, hash FROM audit WHERE seq = 2`
	if recordstest.OnServer() {
		replace = `TRUNCATE audit`
	}
	for _, statement := range []string{
		replace,
		`UPDATE audit SET actor = 'other' WHERE seq = 2`,
		`DELETE FROM audit WHERE seq = 3`,
		`INSERT INTO audit SELECT 9, at, actor, action, subject, detail, prev, hash FROM audit WHERE seq = 2`,
	} {
		err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
			_, err := tx.ExecContext(ctx, statement)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s = %v, want a refusal", statement, err)
		}
	}
	if _, err := audit.Verify(t.Context(), db.Read()); err != nil {
		t.Error(err)
	}
}

// Somebody with the file and without scruples: the triggers are gone, the chain tells.
func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, statement, want string }{
		{"changed detail", `UPDATE audit SET detail = '{}' WHERE seq = 2`, "row 2 was changed"},
		{"changed time", `UPDATE audit SET at = at + 1 WHERE seq = 1`, "row 1 was changed"},
		{"changed actor", `UPDATE audit SET actor = 'other' WHERE seq = 3`, "row 3 was changed"},
		{"row taken out", `DELETE FROM audit WHERE seq = 2`, "row 3 follows row 1"},
		{"first row taken out", `DELETE FROM audit WHERE seq = 1`, "row 2 follows row 0"},
		{"end cut off", `DELETE FROM audit WHERE seq = 3`, "row 3 with the hash known elsewhere"},
		{"closed up", `DELETE FROM audit WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3`, "row 2 does not continue row 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db, place := chain(t)
			known, err := audit.ReadHead(t.Context(), db.Read())
			if err != nil {
				t.Fatal(err)
			}
			driver, untie := "sqlite", `DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;`
			if recordstest.OnServer() {
				driver, untie = "pgx", `DROP TRIGGER audit_in_order ON audit;`
			}
			raw, err := sql.Open(driver, place)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			_, err = raw.ExecContext(t.Context(), untie+c.statement)
			if err != nil {
				t.Fatal(err)
			}
			_, err = audit.Verify(t.Context(), db.Read(), known)
			if !errors.Is(err, audit.ErrBroken) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Verify = %v, want %q", err, c.want)
			}
		})
	}
}
