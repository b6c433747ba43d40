package settings_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"lamro/configs"
	"lamro/internal/settings"
)

// write puts files into a new directory and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// problems is what Load finds wrong, one line each, with the directory cut off.
func problems(t *testing.T, dir string, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var list settings.Problems
	if !errors.As(err, &list) {
		t.Fatalf("error is %T, want settings.Problems: %v", err, err)
	}
	lines := strings.Split(strings.ReplaceAll(list.Error(), dir+"/", ""), "\n")
	return lines
}

func expect(t *testing.T, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("problems:\n  got:\n    %s\n  want:\n    %s", strings.Join(got, "\n    "), strings.Join(want, "\n    "))
	}
}

func TestLoadNeedsNoFile(t *testing.T) {
	t.Parallel()
	s, err := settings.Load(settings.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Config.Web.Listen, "127.0.0.1:8080"; got != want {
		t.Errorf("web.listen = %q, want %q", got, want)
	}
	if got := s.Config.Crawl.Pace.String(); got != "5s" {
		t.Errorf("crawl.pace = %q, want 5s", got)
	}
	if s.File != "" || s.Origin("web.listen") != "built in" {
		t.Errorf("File = %q, Origin = %q; want the built-in settings", s.File, s.Origin("web.listen"))
	}
	if len(s.Province.Sources) == 0 || len(s.Province.Watches) == 0 {
		t.Error("the built-in province is empty")
	}
	if s.Config.Office.Identified() {
		t.Error("the shipped settings name a contact; nothing public may be fetched until an office does")
	}
}

func TestFileLiesOverTheShippedOne(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"my.yaml": "web:\n  listen: 127.0.0.1:9000\noffice: {areas: [\"060\", \"061\"]}\n"})
	s, err := settings.Load(settings.Options{File: filepath.Join(dir, "my.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Config.Web.Listen; got != "127.0.0.1:9000" {
		t.Errorf("web.listen = %q, want what the file says", got)
	}
	if got := s.Config.Web.AdminListen; got != "127.0.0.1:8081" {
		t.Errorf("web.admin_listen = %q, want the default", got)
	}
	if got := strings.Join(s.Config.Office.Areas, " "); got != "060 061" {
		t.Errorf("office.areas = %q, want the list of the file and nothing of the shipped one", got)
	}
	if got, want := s.Origin("web.listen"), filepath.Join(dir, "my.yaml")+":2"; got != want {
		t.Errorf("Origin(web.listen) = %q, want %q", got, want)
	}
}

func TestEmptyFileChangesNothing(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "# nothing\n\n", "---\n", "web:\n"} {
		dir := write(t, map[string]string{"my.yaml": data})
		s, err := settings.Load(settings.Options{File: filepath.Join(dir, "my.yaml")})
		if err != nil {
			t.Errorf("%q: %v", data, err)
		} else if s.Config.Web.Listen != "127.0.0.1:8080" {
			t.Errorf("%q: web.listen = %q, want the default", data, s.Config.Web.Listen)
		}
	}
}

func TestEverythingWrongIsToldInOneRun(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"lamro.yaml": `office:
  contact: "nobody"
  areas: ["06"]
wep:
  listen: 127.0.0.1:8080
crawl:
  workers: many
  pace: 5
  max_pages: 20MiB
  timeout: [30s]
smtp: {host: mail.example, tls: tsl, username: lamro}
pace: {scale: 60}
webhooks:
  - {id: Chat, url: "http://127.0.0.1:1/x", secret: s}
  - {url: not-an-address}
`})
	_, err := settings.Load(settings.Options{File: filepath.Join(dir, "lamro.yaml")})
	expect(t, problems(t, dir, err), []string{
		`lamro.yaml:2:12: contact: "nobody" is neither a mail address nor an http(s) address`,
		`lamro.yaml:4:1: unknown key "wep"; did you mean "web"?`,
		`lamro.yaml:7:12: "many" is not a whole number`,
		`lamro.yaml:8:9: "5" is not a duration (write 30s, 15m, 24h or 30d)`,
		`lamro.yaml:9:3: unknown key "max_pages"; did you mean "max_page"?`,
		`lamro.yaml:10:12: a list is not a duration (write 30s, 15m, 24h or 30d)`,
		`lamro.yaml:11:14: host: mails need a sender too: set smtp.from`,
		`lamro.yaml:11:33: tls: "tsl" is none of starttls, tls, none; did you mean "tls"?`,
		`lamro.yaml:11:48: username: lamro needs a password: set it in LAMRO_SMTP_PASSWORD or LAMRO_SMTP_PASSWORD_FILE`,
		`lamro.yaml:12:15: scale: a compressed clock is only for private addresses; set crawl.allow_private too, or leave it at 1`,
		`lamro.yaml:14:10: id: "Chat" is not an id (1 to 40 of a-z, 0-9 and -)`,
		`lamro.yaml:14:21: url: is a private address; crawl.allow_private must be on for that`,
		`lamro.yaml:15:5: "id" is missing: name that routes use`,
		`lamro.yaml:15:5: secret: is missing; set it here or in LAMRO_WEBHOOK__SECRET`,
		`lamro.yaml:15:11: url: "not-an-address" is not an address (http:// or https://)`,
	})
}

func TestBrokenYAMLKeepsItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ data, want string }{
		"bad indent":    {"web:\n  listen: a\n b: [\n", "x.yaml:3:"},
		"unclosed":      {"web: {listen: \"a\n", "x.yaml:"},
		"a list":        {"- web\n", "x.yaml:1:1: a list is not a group of keys"},
		"two of a key":  {"web: {}\nweb: {}\n", `x.yaml:2:1: mapping key "web" already defined at line 1`},
		"two documents": {"web: {}\n---\nlog: {}\n", "x.yaml:1:1: expected single document"},
	} {
		dir := write(t, map[string]string{"x.yaml": c.data})
		_, err := settings.Load(settings.Options{File: filepath.Join(dir, "x.yaml")})
		got := problems(t, dir, err)
		if len(got) == 0 || !strings.HasPrefix(got[0], c.want) {
			t.Errorf("%s: first problem = %q, want %q", name, got, c.want)
		}
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := settings.Load(settings.Options{File: filepath.Join(dir, "no.yaml")})
	expect(t, problems(t, dir, err), []string{"no.yaml: there is no such file"})
}

// shipped is a copy of the shipped province on disk, to break on purpose.
func shipped(t *testing.T, change map[string]func(string) string) string {
	t.Helper()
	files := map[string]string{"lamro.yaml": "province: p\n"}
	for _, name := range []string{"places", "sources", "agencies", "watches", "routes", "rules", "labels"} {
		data, err := configs.FS.ReadFile("provinces/bac-kan/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if f := change[name]; f != nil {
			text = f(text)
		}
		files["p/"+name+".yaml"] = text
	}
	return write(t, files)
}

func constant(s string) func(string) string { return func(string) string { return s } }

func TestFilesOfAProvinceAreHeldAgainstOneAnother(t *testing.T) {
	t.Parallel()
	dir := shipped(t, map[string]func(string) string{
		"places": constant("area: [\"06\"]\nplaces:\n  - code: \"06\"\n"),
		"sources": constant(`sources:
  - {id: a, name: A, home: "https://a.vn/", class: pres, tier: 4, grade: A, place: "99"}
  - {id: a, name: B, home: "https://b.vn/", class: press, tier: 1, grade: A, feeds: [{url: "https://b.vn/rss"}, {url: "https://b.vn/rss"}]}
  - {id: c, name: C, home: c.vn, class: press, tier: 1, grade: A, feeds: [{url: "https://c.vn/", kind: list}]}
`),
		"agencies": constant(`agencies:
  - {id: ubnd, name: UBND, kind: government, place: "06", heir: ubmd}
`),
		"watches": constant(`watches:
  - {id: w1, name: W, query: 'place:07 AND source:b', severity: normal}
  - {id: w2, name: W, query: '"sạt lở', severity: urgent, agency: ubn}
  - {id: w2, name: W, query: "sạt lở", severity: low}
`),
		"routes": constant(`routes:
  - {id: all, name: All, tell: [{roles: [oficer], channels: [bell]}]}
  - {id: late, name: Late, watches: [w9], webhooks: [chat]}
`),
		"rules": constant(`rules:
  - {id: r, text: t, text_en: t, instrument: i, from: "2026-13-01", on: office, clock: hours}
service: [{priority: P1}]
disaster: 15m
aim: 60m
`),
		"labels": func(s string) string { return strings.Replace(s, "officer:", "offizier:", 1) },
	})
	_, err := settings.Load(settings.Options{
		File: filepath.Join(dir, "lamro.yaml"),
		ParseQuery: func(q, _ string) (int, error) {
			if strings.Count(q, `"`)%2 != 0 {
				return strings.LastIndex(q, `"`), errors.New("a quote is not closed")
			}
			return 0, nil
		},
	})
	expect(t, problems(t, dir, err), []string{
		`p/sources.yaml:2:52: class: "pres" is none of press, state-portal, aggregator, foreign, other; did you mean "press"?`,
		`p/sources.yaml:2:64: tier: 4 is more than 3`,
		`p/sources.yaml:2:84: places.yaml has no place "99"`,
		`p/sources.yaml:3:10: id "a" is used twice`,
		`p/sources.yaml:3:119: feed "https://b.vn/rss" is used twice`,
		`p/sources.yaml:4:28: home: "c.vn" is not an address (http:// or https://)`,
		`p/sources.yaml:4:104: a list page needs the selectors item and link`,
		`p/agencies.yaml:2:65: there is no agency "ubmd"; did you mean "ubnd"?`,
		`p/watches.yaml:2:30: places.yaml has no place "07"`,
		`p/watches.yaml:2:30: there is no source "b"; did you mean "a"?`,
		`p/watches.yaml:3:31: query of w2: a quote is not closed`,
		`p/watches.yaml:3:51: severity: "urgent" is none of critical, high, normal, low`,
		`p/watches.yaml:3:67: there is no agency "ubn"; did you mean "ubnd"?`,
		`p/watches.yaml:4:10: id "w2" is used twice`,
		`p/routes.yaml:2:42: roles: "oficer" is none of officer, analyst, verifier, approver, leader, contact, operator, auditor, admin; did you mean "officer"?`,
		`p/routes.yaml:3:5: is never reached: "all" before it takes everything`,
		`p/routes.yaml:3:38: no watch is called "w9"; did you mean "w1"?`,
		`p/routes.yaml:3:54: there is no webhook "chat" in lamro.yaml`,
		`p/rules.yaml:2:55: from: "2026-13-01" is not a day (write 2026-07-01)`,
		`p/rules.yaml:2:88: a clock of hours with the limit 0`,
		`p/labels.yaml:34:3: roles lacks "officer"`,
		`p/labels.yaml:34:13: roles has no "offizier"; did you mean "officer"?`,
	})
}

func TestPlaceInsideAQuery(t *testing.T) {
	t.Parallel()
	const data = "watches:\n" +
		"  - id: plain\n    name: W\n    severity: low\n    query: xã Ba!Bể\n" +
		"  - id: quoted\n    name: W\n    severity: low\n    query: 'xã \"Ba!Bể'\n" +
		"  - id: folded\n    name: W\n    severity: low\n    query: >-\n      xã\n      Ba!Bể\n"
	_, err := settings.ReadWatches("w.yaml", []byte(data), func(q, _ string) (int, error) {
		return strings.Index(q, "!"), errors.New("unexpected !")
	})
	expect(t, problems(t, "-", err), []string{
		"w.yaml:5:17: query of plain: unexpected !",
		"w.yaml:9:19: query of quoted: unexpected !",
		"w.yaml:13:12: query of folded: unexpected !",
	})
}

func TestPlacesAreCheckedByWhoKnowsThem(t *testing.T) {
	t.Parallel()
	_, err := settings.LoadProvince("configs/provinces/bac-kan", settings.Options{
		CheckPlaces: func(_ io.Reader, file string) error {
			return errors.Join(fmt.Errorf("%s:7: two names", file), errors.New("no area"))
		},
	})
	expect(t, problems(t, "-", err), []string{
		"built-in provinces/bac-kan/places.yaml: 7: two names",
		"built-in provinces/bac-kan/places.yaml: no area",
	})
}

func TestProvinceThatIsNotThere(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"lamro.yaml": "province: nowhere\n"})
	_, err := settings.Load(settings.Options{File: filepath.Join(dir, "lamro.yaml")})
	got := problems(t, dir, err)
	if len(got) != 7 || got[0] != "nowhere/places.yaml: there is no such file" {
		t.Errorf("problems = %q, want each of the seven files named", got)
	}
}

func TestBuiltinMayBeReplaced(t *testing.T) {
	t.Parallel()
	_, err := settings.Load(settings.Options{Builtin: fstest.MapFS{}})
	if err == nil || !strings.HasPrefix(err.Error(), "built in: no lamro.yaml") {
		t.Errorf("Load without shipped settings = %v, want a clear refusal", err)
	}
}
