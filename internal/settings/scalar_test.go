package settings_test

import (
	"testing"
	"time"

	"lamro/internal/settings"
)

func TestDurationIsWrittenAsItIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"30d": 30 * 24 * time.Hour, "24h": 24 * time.Hour, "15m": 15 * time.Minute, "1h30m": 90 * time.Minute,
		"5s": 5 * time.Second, "250ms": 250 * time.Millisecond, "0s": 0,
	} {
		var d settings.Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || d.Std() != want {
			t.Errorf("UnmarshalText(%q) = %v, %v; want %v", text, d.Std(), err, want)
		}
		if d.String() != text {
			t.Errorf("String() = %q, want %q", d, text)
		}
	}
	for _, text := range []string{"", "5", "d", "-1s", "1.5d", "99999999d", "soon"} {
		var d settings.Duration
		if err := d.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("UnmarshalText(%q) = %v, want a refusal", text, d)
		}
	}
}

func TestBytesAreWrittenAsTheyAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"20MiB": 20 << 20, "8GiB": 8 << 30, "512KiB": 512 << 10, "7B": 7, "0B": 0} {
		var b settings.Bytes
		if err := b.UnmarshalText([]byte(text)); err != nil || int64(b) != want {
			t.Errorf("UnmarshalText(%q) = %d, %v; want %d", text, b, err, want)
		}
		if b.String() != text {
			t.Errorf("String() = %q, want %q", b, text)
		}
	}
	for _, text := range []string{"", "20", "20MB", "-1B", "9223372036854775807GiB", "GiB"} {
		var b settings.Bytes
		if err := b.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("UnmarshalText(%q) = %v, want a refusal", text, b)
		}
	}
}

func TestContactUnderAReservedNameCountsAsUnset(t *testing.T) {
	t.Parallel()
	for contact, want := range map[string]bool{
		"": false, "baochi@thainguyen.gov.vn": true, "https://thainguyen.gov.vn/lamro": true,
		"a@b.example": false, "https://office.test/": false, "a@localhost": false, "http://x.invalid:80/": false,
		"press@example.com": false, "a@sub.example.org": false, "a@EXAMPLE.": false, "a@notexample.vn": true,
	} {
		if got := (settings.Office{Contact: contact}).Identified(); got != want {
			t.Errorf("Identified(%q) = %v, want %v", contact, got, want)
		}
	}
}

func TestWebhookRefusal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url     string
		private bool
		allowed bool
	}{
		{"https://chat.vn/x", false, true},
		{"http://chat.vn/x", false, false},
		{"https://127.0.0.1/x", false, false},
		{"https://[::1]/x", false, false},
		{"https://10.0.0.8/x", false, false},
		{"https://[::ffff:10.0.0.8]/x", false, false},
		{"https://169.254.169.254/x", false, false},
		{"https://localhost/x", false, false},
		{"http://127.0.0.1:9/x", true, true},
	} {
		if why := settings.WebhookRefusal(c.url, c.private); (why == "") != c.allowed {
			t.Errorf("WebhookRefusal(%q, %v) = %q, want allowed = %v", c.url, c.private, why, c.allowed)
		}
	}
}

func FuzzReadWatches(f *testing.F) {
	f.Add([]byte("watches:\n  - {id: a, name: b, query: 'place:06', severity: low}\n"))
	f.Add([]byte("watches: [&a {id: x}, *a]\n"))
	f.Add([]byte("\x00watches: [[[[["))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := settings.ReadWatches("w.yaml", data, func(q, _ string) (int, error) { return len(q), nil })
		if err != nil {
			return
		}
		if len(list) == 0 {
			t.Error("no watches and nothing said about it")
		}
		for _, w := range list {
			if w.ID == "" || w.Query == "" || w.Severity.Rank() == 0 {
				t.Errorf("accepted a watch that is not whole: %+v", w)
			}
		}
	})
}
