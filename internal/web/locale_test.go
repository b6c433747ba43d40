package web

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"lamro/internal/account"
	"lamro/internal/news"
	"lamro/internal/records/people"
)

func locales(t *testing.T) map[string]*locale {
	t.Helper()
	all, err := loadLocales(func() time.Time { return now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// made lists the keys that are put together while a page is made, with all values they may get.
func made() map[string]bool {
	keys := map[string]bool{}
	add := func(prefix string, values ...string) {
		for _, v := range values {
			keys[prefix+v] = true
		}
	}
	for _, r := range people.Roles() {
		add("role.", string(r))
	}
	for _, sev := range severities {
		add("severity.", string(sev))
		add("severity.note.", string(sev))
	}
	for _, m := range []string{ModeAuto, ModeExact, ModeFold} {
		add("mode.", m, m+".what")
	}
	add("class-of-match.", string(news.Exact), string(news.Canonical), string(news.Folded))
	add("sources.count.", stateOrder...)
	add("weekday.", "0", "1", "2", "3", "4", "5", "6")
	add("sent.", SentDone, SentWaiting, SentFailed, SentBundled, SentNoRecipient)
	add("not-news.", news.NotNewsFirstPoll, news.NotNewsOld, news.NotNewsReExtracted, news.NotNewsBackfill, "uncertain", "copy", "silent", "minor", "revised")
	add("from.", news.FromFeed, news.FromSitemap, news.FromJSONLD, news.FromMeta, news.FromTime, news.FromText, news.FromURL)
	add("facet.", append([]string{}, filters...)...)
	add("class.", "press", "state-portal", "aggregator", "foreign", "other")
	add("backfill.", BackfillWaits, BackfillRuns, BackfillDone)
	add("robots.", "allowed", "partly", "disallowed", "none", "unreachable")
	add("language-of.", "vi", "en")
	add("match.in.", news.FieldTitle, news.FieldLead, news.FieldBody)
	add("done.", "password", "seen", "acknowledged", "check", "source-paused", "source-resumed", "watch-paused", "watch-resumed", "watch-saved")
	for _, status := range []string{"400", "401", "403", "404", "413", "500"} {
		add("problem."+status+".", "title", "text")
	}
	return keys
}

// Codes that other packages make; a code without a text gets the general one.
var foreignCodes = []string{"error.", "query."}

func TestEveryKeyInEveryLanguage(t *testing.T) {
	t.Parallel()
	all := locales(t)
	first := all[account.Languages()[0]]
	verb := regexp.MustCompile(`%(?:\[(\d)\])?[sd]`)
	for lang, l := range all {
		for key, text := range l.texts {
			other, ok := first.texts[key]
			if !ok {
				t.Errorf("%s has %q, %s does not", lang, key, first.lang)
			}
			if strings.TrimSpace(text) == "" || !norm.NFC.IsNormalString(text) {
				t.Errorf("%s: %q is empty or not NFC", lang, key)
			}
			for form := range strings.SplitSeq(text, "|") {
				if got, want := len(verb.FindAllString(form, -1)), len(verb.FindAllString(other, -1)); got != want {
					t.Errorf("%s: %q takes %d arguments, in %s %d", lang, key, got, first.lang, want)
				}
			}
		}
		if len(l.texts) != len(first.texts) {
			t.Errorf("%s has %d texts, %s has %d", lang, len(l.texts), first.lang, len(first.texts))
		}
		for key := range made() {
			if l.texts[key] == "" {
				t.Errorf("%s: no text for %q", lang, key)
			}
		}
	}
}

func TestEveryKeyIsUsedAndEveryUsedKeyExists(t *testing.T) {
	t.Parallel()
	texts := locales(t)["vi"].texts
	literal := regexp.MustCompile(`"([a-z0-9][a-z0-9.-]*)"`)
	called := regexp.MustCompile(`(?:\b[TN]|v\.[TN]|l\.[TN])[ (]"([a-z0-9.-]+)"`)
	used := made()
	scan := func(name string, b []byte) {
		for _, m := range literal.FindAllSubmatch(b, -1) {
			used[string(m[1])] = true
		}
		for _, m := range called.FindAllSubmatch(b, -1) {
			if key := string(m[1]); texts[key] == "" && !strings.HasSuffix(key, ".") {
				t.Errorf("%s uses %q, which has no text", name, key)
			}
		}
	}
	for _, dir := range []fs.FS{templateFiles, os.DirFS(".")} {
		names, err := fs.Glob(dir, "*.go")
		if err != nil {
			t.Fatal(err)
		}
		pages, err := fs.Glob(dir, "templates/*.html")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append(names, pages...) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := fs.ReadFile(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			scan(name, b)
		}
	}
	for key := range texts {
		if !used[key] && !slices.ContainsFunc(foreignCodes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("nothing uses %q", key)
		}
	}
}

func TestNumbersAndTimesInWords(t *testing.T) {
	t.Parallel()
	all := locales(t)
	vi, en := all["vi"], all["en"]
	cases := []struct{ got, want string }{
		{vi.Num(0), "0"}, {vi.Num(999), "999"}, {vi.Num(1204), "1.204"}, {en.Num(1234567), "1,234,567"}, {vi.Num(-1204), "-1.204"},
		{vi.N("bell.unseen", 1), "1 cảnh báo chưa xem"}, {en.N("bell.unseen", 1), "1 unseen alert"}, {en.N("bell.unseen", 1204), "1,204 unseen alerts"},
		{vi.Exact(ago(0)), "06:52 23/11/2026 (giờ Việt Nam)"}, {en.Exact(ago(0).UTC()), "06:52, 23 Nov 2026 (Vietnam time)"},
		{vi.At(ago(time.Hour)), "05:52"}, {vi.At(ago(8 * time.Hour)), "22:52 22/11"}, {vi.At(ago(400 * 24 * time.Hour)), "06:52 19/10/2025"}, {en.At(ago(8 * time.Hour)), "22:52 22 Nov"},
		{vi.Ago(ago(0)), "vừa xong"}, {vi.Ago(ago(5 * time.Minute)), "5 phút trước"}, {vi.Ago(ago(8 * time.Hour)), "8 giờ trước"},
		{vi.Ago(ago(14 * time.Hour)), "16:52 hôm qua"}, {vi.Ago(ago(40 * time.Hour)), "14:52 21/11"}, {vi.Ago(now.Add(time.Hour)), "07:52"}, {en.Ago(ago(time.Minute)), "1 minute ago"},
		{vi.Span(30 * time.Second), "30 giây"}, {vi.Span(440 * time.Minute), "7 giờ 20 phút"}, {vi.Span(2 * time.Hour), "2 giờ"}, {vi.Span(26 * time.Hour), "1 ngày 2 giờ"}, {vi.Span(80 * time.Hour), "3 ngày"}, {en.Span(61 * time.Minute), "1 hour 1 minute"},
		{vi.Weekday(now), "Thứ Hai"}, {vi.Date(now), "23/11/2026"}, {vi.Size(512), "512 B"}, {vi.Size(20480), "20 KB"}, {vi.Size(3_400_000), "3 MB"},
		{vi.T("no.such.key"), "no.such.key"},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDatesAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 5, 0, 0, 0, 0, news.Zone())
	for _, s := range []string{"5/11/2026", "05/11/2026", " 5-11-2026 ", "5.11.2026", "2026-11-05"} {
		if got, ok := parseDate(s); !ok || !got.Equal(want) {
			t.Errorf("parseDate(%q) = %v, %v; want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "31/02/2026", "11/31/2026", "hôm nay", "5/11"} {
		if _, ok := parseDate(s); ok {
			t.Errorf("parseDate(%q) is a date", s)
		}
	}
}
