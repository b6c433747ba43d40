package e2e

import (
	"log/slog"
	"testing"
	"time"

	"lamro/internal/app"
	"lamro/internal/records/recordstest"
)

// The same loop with the records on a server: the invented web's ledger judges it as it does the
// file.
func TestDemoOnPostgreSQL(t *testing.T) {
	t.Parallel()
	report, err := app.Demo(t.Context(), app.DemoOptions{
		For: 40 * time.Second, Data: t.TempDir(), Log: slog.New(slog.DiscardHandler), Records: recordstest.Server(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() {
		t.Errorf("report = %+v", report)
	}
	t.Logf("%d of %d mentions, %d of %d alerts", report.Demo.Mentions.Found, report.Demo.Mentions.Expected, report.Demo.Alerts.Sent, report.Demo.Alerts.Expected)
}
