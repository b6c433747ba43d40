package captures_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nlnwa/gowarc"

	"lamro/internal/captures"
)

var fetched = time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC)

func exchange() captures.Exchange {
	return captures.Exchange{
		URL: "https://bao.example/tin/sat-lo?id=1", Method: "GET",
		RequestHeader: http.Header{"User-Agent": {"Lamro/1 (+https://office.vn)"}, "Accept-Encoding": {"gzip"}},
		Status:        200, Proto: "HTTP/1.1",
		ResponseHeader: http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Set-Cookie": {"a=1", "b=2"},
			"Transfer-Encoding": {"chunked"}},
		Body:      []byte("<html>\r\n<p>Sạt lở ở chợ mới.</p>\x00\xff\r\n\r\n</html>"),
		FetchedAt: fetched, RemoteIP: "192.0.2.7", Robots: "allowed: /tin/", Truncated: "length",
	}
}

func open(t testing.TB) (*captures.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bản lưu")
	s, err := captures.Open(dir, "Lamro/test")
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func TestWhatWasWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	e := exchange()
	ref, err := s.Write(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if want := "2026/11/22/" + ref.ID + ".warc.gz"; ref.Path != want {
		t.Errorf("path = %q, want %q", ref.Path, want)
	}
	file, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(ref.Path)))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != ref.SHA256 || int64(len(file)) != ref.Bytes {
		t.Errorf("ref says %s, %d bytes; file has %x, %d", ref.SHA256, ref.Bytes, sum, len(file))
	}
	got, err := s.Read(ref.Path, ref.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Body, e.Body) {
		t.Errorf("body = %q, want %q", got.Body, e.Body)
	}
	if got.URL != e.URL || got.Status != e.Status || got.Proto != e.Proto || got.Method != e.Method ||
		!got.FetchedAt.Equal(e.FetchedAt) || got.RemoteIP != e.RemoteIP || got.Robots != e.Robots || got.Truncated != e.Truncated {
		t.Errorf("read %+v, want %+v", got, e)
	}
	if c := got.ResponseHeader["Set-Cookie"]; len(c) != 2 || got.ResponseHeader.Get("Transfer-Encoding") != "" {
		t.Errorf("response header = %v, want both cookies and no transfer encoding", got.ResponseHeader)
	}
	if got.RequestHeader.Get("User-Agent") != e.RequestHeader.Get("User-Agent") {
		t.Errorf("request header = %v", got.RequestHeader)
	}
}

// Other tools must be able to read the evidence: each record is valid by itself, digests hold.
func TestFilesAreStrictWARC(t *testing.T) {
	// Not parallel: the reader that this test uses directly sets a variable of the whole process.
	s, dir := open(t)
	for name, change := range map[string]func(*captures.Exchange){
		"whole":       func(*captures.Exchange) {},
		"empty body":  func(e *captures.Exchange) { e.Body = nil },
		"no headers":  func(e *captures.Exchange) { e.ResponseHeader, e.RequestHeader = nil, nil },
		"http 2":      func(e *captures.Exchange) { e.Proto = "HTTP/2.0" },
		"odd status":  func(e *captures.Exchange) { e.Status = 799 },
		"odd address": func(e *captures.Exchange) { e.URL = "https://bao.example/tin mới/á?q=chợ mới" },
		"2 MB":        func(e *captures.Exchange) { e.Body = bytes.Repeat([]byte("mưa "), 1<<19) },
		"looks split": func(e *captures.Exchange) { e.Body = []byte("\r\n\r\nWARC/1.1\r\n\r\n") },
	} {
		e := exchange()
		change(&e)
		ref, err := s.Write(t.Context(), e)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r, err := gowarc.NewWarcFileReader(filepath.Join(dir, filepath.FromSlash(ref.Path)), 0,
			gowarc.WithStrictValidation(), gowarc.WithBufferMaxMemBytes(16<<20))
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for {
			rec, _, v, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || !v.Valid() {
				t.Fatalf("%s: record %d: %v, %v", name, len(kinds), err, v)
			}
			kinds = append(kinds, rec.Type().String())
			v = &gowarc.Validation{}
			if err := rec.ValidateDigest(v); err != nil || !v.Valid() {
				t.Errorf("%s: digest of the %s record: %v, %v", name, rec.Type(), err, v)
			}
			rec.Close()
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if got, want := strings.Join(kinds, " "), "warcinfo response request metadata"; got != want {
			t.Errorf("%s: records = %s, want %s", name, got, want)
		}
		if got, err := s.Read(ref.Path, ref.SHA256); err != nil || !bytes.Equal(got.Body, e.Body) {
			t.Errorf("%s: read back %d bytes, %v; want %d", name, len(got.Body), err, len(e.Body))
		}
	}
}

func TestWrittenTwiceIsOneFile(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	a, err := s.Write(t.Context(), exchange())
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Write(t.Context(), exchange())
	if err != nil || a != b {
		t.Fatalf("second write = %+v, %v; want %+v", b, err, a)
	}
	if n := len(files(t, dir)); n != 1 {
		t.Fatalf("%d files, want 1", n)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	ref, err := s.Write(t.Context(), exchange())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, filepath.FromSlash(ref.Path))
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"cut":     file[:len(file)/2],
		"flipped": append(append(bytes.Clone(file[:len(file)/2]), file[len(file)/2]^0x10), file[len(file)/2+1:]...),
		"empty":   {},
	} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Read(ref.Path, ref.SHA256); !errors.Is(err, captures.ErrDamaged) {
			t.Errorf("%s: Read = %v, want ErrDamaged", name, err)
		}
	}
}

func TestRefusesWhatIsNoExchange(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	for name, change := range map[string]func(*captures.Exchange){
		"relative address":  func(e *captures.Exchange) { e.URL = "/tin" },
		"unknown truncated": func(e *captures.Exchange) { e.Truncated = "tired" },
	} {
		e := exchange()
		change(&e)
		if _, err := s.Write(t.Context(), e); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("files left: %v", left)
	}
}

func TestSweepRemovesWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	old, orphan, known := exchange(), exchange(), exchange()
	old.FetchedAt = fetched.AddDate(0, -2, 0)
	orphan.Body = []byte("lạc")
	var refs []captures.Ref
	for _, e := range []captures.Exchange{old, orphan, known} {
		ref, err := s.Write(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	temp := filepath.Join(dir, filepath.FromSlash(refs[2].Path)) + ".tmp"
	foreign := filepath.Join(filepath.Dir(temp), "note.txt")
	for _, p := range []string{temp, foreign} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	isKnown := func(_ context.Context, id string) (bool, error) { return id == refs[2].ID, nil }
	n, err := s.Sweep(t.Context(), fetched, isKnown)
	if err != nil || n != 2 {
		t.Fatalf("Sweep since that day = %d, %v; want 2: the orphan and the temporary file", n, err)
	}
	if got := len(files(t, dir)); got != 3 {
		t.Fatalf("%d files left, want the old one, the known one and the foreign one", got)
	}
	if n, err := s.Sweep(t.Context(), time.Time{}, isKnown); err != nil || n != 1 {
		t.Fatalf("Sweep of everything = %d, %v; want 1: the old one", n, err)
	}
}

func TestEraseLeavesNothing(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	ref, err := s.Write(t.Context(), exchange())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(unzipped(t, filepath.Join(dir, filepath.FromSlash(ref.Path))), "Sạt lở ở chợ mới") {
		t.Fatal("the text is not in the file before")
	}
	for range 2 {
		if err := s.Erase(ref.Path); err != nil {
			t.Fatal(err)
		}
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("files left: %v", left)
	}
	if _, err := s.Read(ref.Path, ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read = %v, want fs.ErrNotExist", err)
	}
}

func FuzzRead(f *testing.F) {
	s, dir := open(f)
	ref, err := s.Write(f.Context(), exchange())
	if err != nil {
		f.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(ref.Path)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte("WARC/\n")) // panics gowarc
	f.Add([]byte("WARC/1.1\r\n\r\n"))
	f.Add([]byte("WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 9999\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		s, err := captures.Open(dir, "Lamro/test")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "x.warc.gz"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		// Whatever the bytes: an exchange with an address, or ErrDamaged.
		e, err := s.Read("x.warc.gz", "")
		if err == nil && e.URL == "" || err != nil && !errors.Is(err, captures.ErrDamaged) {
			t.Errorf("Read = %+v, %v", e, err)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	for name, size := range map[string]int{"20KB": 20 << 10, "170KB": 170 << 10} {
		b.Run(name, func(b *testing.B) {
			s, _ := open(b)
			e := exchange()
			e.Body = page(size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				e.FetchedAt = e.FetchedAt.Add(time.Millisecond)
				if _, err := s.Write(b.Context(), e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// page is a body that compresses about as a page does.
func page(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		sum := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
		b.WriteString("<p class=\"text\">Mưa lớn, đường trơn " + hex.EncodeToString(sum[:6]) + "</p>\n")
	}
	return b.Bytes()[:size]
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func unzipped(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
