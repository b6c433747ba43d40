package settings_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"lamro/internal/settings"
)

func TestEnvironmentIsStrongerThanTheFile(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"my.yaml": "crawl: {workers: 2}\nwebhooks: [{id: tong-dai, url: \"https://a.vn/x\"}]\n",
		"key":     "chìa khóa\n",
	})
	s, err := settings.Load(settings.Options{
		File: filepath.Join(dir, "my.yaml"),
		Environ: []string{
			"HOME=/", "LAMRO_CRAWL_WORKERS=3", "LAMRO_CRAWL_PACE=9s", "LAMRO_OFFICE_AREAS=060, 061",
			"LAMRO_SMTP_PASSWORD_FILE=" + filepath.Join(dir, "key"), "LAMRO_WEBHOOK_TONG_DAI_SECRET=s3cret",
			"LAMRO_SMTP_HOST=", "LAMRO_CRAWL_ALLOW_PRIVATE=true",
		},
		Set: []settings.Assignment{{Key: "crawl.pace", Value: "7s", From: "--pace"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := s.Config
	for name, got := range map[string]string{
		"workers 3":                          fmt.Sprint("workers ", c.Crawl.Workers),
		"pace 7s":                            fmt.Sprint("pace ", c.Crawl.Pace),
		"060|061":                            strings.Join(c.Office.Areas, "|"),
		"chìa khóa":                          c.SMTP.Password.Reveal(),
		"s3cret":                             c.Webhooks[0].Secret.Reveal(),
		"private true":                       fmt.Sprint("private ", c.Crawl.AllowPrivate),
		"from LAMRO_SMTP_PASSWORD_FILE":      "from " + s.Origin("smtp.password"),
		"from --pace":                        "from " + s.Origin("crawl.pace"),
		"from LAMRO_CRAWL_WORKERS":           "from " + s.Origin("crawl.workers"),
		"host from " + s.Origin("smtp.host"): "host from built in",
		"from LAMRO_WEBHOOK_TONG_DAI_SECRET": "from " + s.Origin("webhooks.0.secret"),
		"warnings 0":                         fmt.Sprint("warnings ", len(s.Warnings)),
	} {
		if got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
}

func TestEnvironmentMistakesNameTheVariable(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"my.yaml": "{}\n"})
	s, err := settings.Load(settings.Options{
		File: filepath.Join(dir, "my.yaml"),
		Environ: []string{
			"LAMRO_CRAWL_WORKERS=0", "LAMRO_CRAWL_PACE=soon", "LAMRO_SMTP_PASSWORD=a", "LAMRO_SMTP_PASSWORD_FILE=b",
			"LAMRO_SMTP_PASWORD=x", "LAMRO_QUALITY_DATA=/data",
		},
		Set: []settings.Assignment{{Key: "office.contakt", Value: "x", From: "--contact"}},
	})
	expect(t, problems(t, dir, err), []string{
		`LAMRO_CRAWL_PACE: "soon" is not a duration (write 30s, 15m, 24h or 30d)`,
		`LAMRO_SMTP_PASSWORD: LAMRO_SMTP_PASSWORD_FILE is set too; one of them must go`,
		`--contact: there is no setting "office.contakt"`,
		`LAMRO_CRAWL_WORKERS: workers: 0 is less than 1`,
	})
	expect(t, s.Warnings, []string{"the environment sets LAMRO_SMTP_PASWORD, which is no setting; did you mean LAMRO_SMTP_PASSWORD?"})
}

func TestVariablesAreUniqueAndDocumented(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range settings.Variables() {
		if seen[v.Name] || v.Doc == "" || v.Key == "" {
			t.Errorf("variable %+v is a double or says nothing", v)
		}
		seen[v.Name] = true
	}
	for _, name := range []string{"LAMRO_OFFICE_CONTACT", "LAMRO_SMTP_PASSWORD", "LAMRO_PACE_SCALE", "LAMRO_PROVINCE"} {
		if !seen[name] {
			t.Errorf("there is no variable %s", name)
		}
	}
}

func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"my.yaml": "smtp: {password: bí mật}\nwebhooks: [{id: a, url: \"https://a.vn/\", secret: bí mật}]\n"})
	s, err := settings.Load(settings.Options{File: filepath.Join(dir, "my.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	if err := s.Print(&printed); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(s.Config)
	if err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{
		"Print": printed.String(), "JSON": string(encoded), "%v": fmt.Sprintf("%v", s.Config), "%+v": fmt.Sprintf("%+v", s.Config), "%#v": fmt.Sprintf("%#v", s.Config),
	} {
		if strings.Contains(out, "bí mật") || !strings.Contains(out, "***") {
			t.Errorf("%s shows the secret or hides that there is one:\n%s", name, out)
		}
	}
}

func TestPrintSaysWhereValuesComeFrom(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"my.yaml": "web:\n  base_url: https://lamro.vn\n"})
	s, err := settings.Load(settings.Options{File: filepath.Join(dir, "my.yaml"), Environ: []string{"LAMRO_CRAWL_WORKERS=3"}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"base_url: \"https://lamro.vn\" # " + filepath.Join(dir, "my.yaml") + ":2\n",
		"workers: 3 # LAMRO_CRAWL_WORKERS\n",
		"pace: 5s # built in\n",
		"areas: [\"06\"] # built in\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("Print lacks %q:\n%s", want, out.String())
		}
	}
	again := write(t, map[string]string{"printed.yaml": out.String()})
	if _, err := settings.Load(settings.Options{File: filepath.Join(again, "printed.yaml"), Set: []settings.Assignment{{Key: "province", Value: "../../configs/provinces/bac-kan", From: "test"}}}); err != nil {
		t.Errorf("what Print wrote does not load: %v", err)
	}
}
