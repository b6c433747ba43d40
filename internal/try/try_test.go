package try_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lamro/internal/try"
)

type echo struct {
	N int `json:"n"`
}

func number(_ context.Context, raw []byte) (any, error) {
	var in echo
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, err
	}
	switch in.N {
	case 13:
		panic("thirteen")
	case 14:
		return nil, &try.Failure{Code: "fourteen", Message: "no"}
	case 15:
		return nil, errors.New("plain")
	}
	return in, nil
}

func TestRunAnswersEachLineInOrder(t *testing.T) {
	t.Parallel()
	for _, threads := range []int{0, 1, 4} {
		in := `{"id":"a","n":1}
{"id":7,"n":2,"unknown":true}

{"n":3}
{not json
[1]
{"id":"x","n":13}
{"id":"y","n":14}
{"id":"z","n":15}
{"id":{"k":[1]},"n":4}`
		want := []string{`{"id":"a","n":1}`, `{"id":7,"n":2}`, `{"id":null,"n":3}`, `{"id":null,"error":{"code":"bad-json",`, `{"id":null,"error":{"code":"bad-json",`,
			`{"id":"x","error":{"code":"panic","message":"thirteen"}}`, `{"id":"y","error":{"code":"fourteen","message":"no"}}`,
			`{"id":"z","error":{"code":"failed","message":"plain"}}`, `{"id":{"k":[1]},"n":4}`}
		var out, errw bytes.Buffer
		failed, err := try.Run(t.Context(), strings.NewReader(in), &out, &errw, threads, number)
		if err != nil || failed != 5 {
			t.Errorf("Run = %d, %v, want 5 failed", failed, err)
		}
		got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(got) != len(want) {
			t.Fatalf("%d lines, want %d:\n%s", len(got), len(want), out.String())
		}
		for i := range want {
			if !strings.HasPrefix(got[i], want[i]) || !json.Valid([]byte(got[i])) {
				t.Errorf("line %d = %s, want %s", i, got[i], want[i])
			}
		}
		if !regexp.MustCompile(`^9 documents in \d+\.\d+ s, [\d.]+ docs/s, [\d.]+ MB/s\n$`).MatchString(errw.String()) {
			t.Errorf("closing line = %q", errw.String())
		}
	}
}

// Spans count the bytes of a field as given: what the decoder would replace in silence is refused.
func TestRunRefusesBrokenText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"{\"id\":1,\"text\":\"B\xe1\xba c K\xff\"}", `{"id":1,"error":{"code":"bad-input","message":"the line is not valid UTF-8"}}`},
		{"{\"id\":\"\xff\",\"text\":\"a\"}", `{"id":null,"error":{"code":"bad-input","message":"the line is not valid UTF-8"}}`},
		{`{"id":2,"text":"a\ud800b"}`, `{"id":2,"error":{"code":"bad-input","message":"\\ud800 is half a character"}}`},
		{`{"id":3,"text":"\udc00"}`, `{"id":3,"error":{"code":"bad-input","message":"\\udc00 is half a character"}}`},
		{`{"id":4,"text":"\ud83d\ud83d"}`, `{"id":4,"error":{"code":"bad-input","message":"\\ud83d is half a character"}}`},
		{`{"id":5,"text":"\uD83D\uDE00\u0061"}`, `{"id":5,"normal":"😀a"`},
		{`{"id":6,"text":"\\ud800"}`, `{"id":6,"normal":"\\ud800"`},
		{"\uFEFF{\"id\":7,\"text\":\"a\"}", `{"id":7,"normal":"a"`},
		{"{\"id\":8,\"text\":\"a\uFFFDb\"}", "{\"id\":8,\"normal\":\"a\uFFFDb\""},
	} {
		if got := run(t, c.in, try.Text); !strings.HasPrefix(got[0], c.want) || len(got) != 1 {
			t.Errorf("try text of %q = %s, want %s", c.in, got, c.want)
		}
	}
	for name, fn := range map[string]func(context.Context, []byte) (any, error){
		"extract": try.Extract, "feed": try.Feed, "robots": try.Robots, "query": try.Query, "match": try.Match(nil, nil, nil), "places": try.Places(nil, nil),
	} {
		if got := run(t, "{\"id\":1,\"x\":\"\xc3\"}", fn); !strings.HasPrefix(got[0], `{"id":1,"error":{"code":"bad-input"`) {
			t.Errorf("try %s = %s, want bad-input", name, got)
		}
	}
}

func TestRunKeepsTheOrderOfManyLines(t *testing.T) {
	t.Parallel()
	var in strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&in, "{\"id\":%d,\"n\":%d}\n", i, 20+i)
	}
	var out bytes.Buffer
	if failed, err := try.Run(t.Context(), strings.NewReader(in.String()), &out, io.Discard, 8, number); failed != 0 || err != nil {
		t.Fatalf("Run = %d, %v", failed, err)
	}
	for i, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		if want := fmt.Sprintf(`{"id":%d,"n":%d}`, i, 20+i); line != want {
			t.Fatalf("line %d = %s, want %s", i, line, want)
		}
	}
}

func TestRunTakesHugeLines(t *testing.T) {
	t.Parallel()
	in := `{"id":1,"n":1,"pad":"` + strings.Repeat("x", 20<<20) + `"}` + "\n" + `{"id":2,"pad":"` + strings.Repeat("x", 65<<20) + "\"}\n" + `{"id":3,"n":3}`
	var out bytes.Buffer
	failed, err := try.Run(t.Context(), strings.NewReader(in), &out, io.Discard, 1, number)
	want := `{"id":1,"n":1}` + "\n" + `{"id":null,"error":{"code":"too-large","message":"line longer than 67108864 bytes"}}` + "\n" + `{"id":3,"n":3}` + "\n"
	if err != nil || failed != 1 || out.String() != want {
		t.Errorf("Run = %d, %v, %s", failed, err, out.String())
	}
}

func TestRunEndsWhereNobodyReads(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	r.Close()
	_, err := try.Run(t.Context(), strings.NewReader(strings.Repeat("{\"n\":1}\n", 100_000)), w, io.Discard, 2, number)
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Run = %v, want the error of the writer", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := try.Run(ctx, strings.NewReader("{}\n{}\n"), io.Discard, io.Discard, 1, number); !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want canceled", err)
	}
}

const articlePage = `<html lang="vi"><head><meta property="og:title" content="Mưa lớn gây sạt lở trên tuyến đường vùng cao"><link rel="canonical" href="/mua-lon-4954454.html">
<meta property="article:published_time" content="2025-07-05T08:00:00"></head><body><h1 class="title-detail">Mưa lớn gây sạt lở trên tuyến đường vùng cao</h1>
<p class="description">Đất đá đổ xuống mặt đường trong đêm, xe cộ phải chờ đến sáng mới qua được.</p>
<article class="fck_detail"><p>Đội bảo dưỡng của tuyến đường đã có mặt từ ba giờ sáng và dọn xong một làn để xe con đi qua.</p>
<p>Người dân hai bên đường được nhắc không ở lại trong những căn nhà sát chân đồi khi mưa còn tiếp tục.</p></article></body></html>`

func TestCommandsKeepTheirFormats(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bai.html.gz"), articlePage, true)
	write(t, filepath.Join(dir, "tin.rss"), `<rss><channel><title>Tin</title><item><title>Mưa</title><link>/a</link><guid>1</guid><description>Lớn</description><pubDate>05/07/2025 08:00</pubDate></item></channel></rss>`, false)
	const article = `"title":"Mưa lớn gây sạt lở trên tuyến đường vùng cao","text":"Đất đá đổ xuống mặt đường trong đêm, xe cộ phải chờ đến sáng mới qua được.\n\nĐội bảo dưỡng của tuyến đường đã có mặt từ ba giờ sáng và dọn xong một làn để xe con đi qua.\n\nNgười dân hai bên đường được nhắc không ở lại trong những căn nhà sát chân đồi khi mưa còn tiếp tục.","published_at":"2025-07-05T08:00:00+07:00","published_from":"meta","canonical_url":"https://bao.example/mua-lon-4954454.html","language":"vi","ms":0}`
	tests := []struct {
		name string
		fn   func(context.Context, []byte) (any, error)
		in   map[string]any
		want string
	}{
		{"extract from a file", try.Extract, map[string]any{"id": 1, "url": "https://bao.example/x", "html_path": filepath.Join(dir, "bai.html.gz")}, `{"id":1,` + article},
		{"extract from base64", try.Extract, map[string]any{"id": 1, "url": "https://bao.example/x", "html_base64": base64.StdEncoding.EncodeToString([]byte(articlePage)), "content_type": "text/html", "fetched_at": "2025-07-06T00:00:00Z"}, `{"id":1,` + article},
		{"extract from nothing", try.Extract, map[string]any{"id": 1}, `{"id":1,"error":{"code":"bad-input","message":"neither a path nor base64 is given"}}`},
		{"extract from no file", try.Extract, map[string]any{"id": 1, "html_path": filepath.Join(dir, "x")}, `{"id":1,"error":{"code":"not-found","message":"open ` + filepath.Join(dir, "x") + `: no such file or directory"}}`},
		{"extract from a picture", try.Extract, map[string]any{"id": 1, "html_base64": "iVBORw0KGgo="}, `{"id":1,"error":{"code":"not-html","message":"not a page: image/png"}}`},
		{"feed", try.Feed, map[string]any{"id": "f", "url": "https://bao.example/rss", "path": filepath.Join(dir, "tin.rss")},
			`{"id":"f","kind":"rss","title":"Tin","items":[{"url":"https://bao.example/a","title":"Mưa","published_at":"2025-07-05T08:00:00+07:00","summary":"Lớn","guid":"1"}]}`},
		{"robots", try.Robots, map[string]any{"id": "r", "robots_txt": "User-agent: *\nDisallow: /a", "user_agent": "Lamro", "url": "https://bao.example/ab"}, `{"id":"r","allowed":false,"rule":"Disallow: /a"}`},
		{"bad field", try.Robots, map[string]any{"id": "r", "url": 5}, `{"id":"r","error":{"code":"bad-input","message":"json: cannot unmarshal number into Go struct field robotsInput.url of type string"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			line, err := json.Marshal(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, err := try.Run(t.Context(), bytes.NewReader(line), &out, io.Discard, 1, tt.fn); err != nil {
				t.Fatal(err)
			}
			got := regexp.MustCompile(`"ms":[\d.]+`).ReplaceAllString(strings.TrimSpace(out.String()), `"ms":0`)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func write(t *testing.T, path, text string, zipped bool) {
	t.Helper()
	body := []byte(text)
	if zipped {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(body); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		body = b.Bytes()
	}
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
}
