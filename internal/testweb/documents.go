package testweb

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Document is a text or a page of someone else's set, to be served as if an outlet had
// published it.
type Document struct {
	ID        string
	Title     string
	Lead      string
	Text      string // paragraphs parted by a blank line
	Published time.Time
	HTMLPath  string // the whole page as a file, read at each request; .gz through gzip
}

// Serve starts a web that publishes the documents over a number of outlets, all of them there
// at the start. The ledger counts requests and judges manners; what there is to find is for the
// caller to know. The caller closes the web.
func Serve(documents []Document, outlets int, cfg Config) (*Web, error) {
	if len(documents) == 0 || outlets < 1 {
		return nil, errors.New("nothing to serve: give at least one document and one outlet")
	}
	w := newWeb(cfg)
	if err := w.open(plainPlans(outlets, len(documents), "mau-tai-lieu", "Trang Mẫu Tài Liệu", typeRSS)); err != nil {
		return nil, err
	}
	for i, d := range documents {
		w.sites[i%outlets].add(d.page(i + 1))
	}
	w.serve()
	return w, nil
}

func (d Document) page(number int) *page {
	p := &page{
		number: number, offset: -1, published: d.Published, unknown: true,
		text: text{title: d.Title, lead: d.Lead}, slug: slug(d.ID),
	}
	for para := range strings.SplitSeq(d.Text, "\n\n") {
		if para = strings.TrimSpace(para); para != "" {
			p.paras = append(p.paras, para)
		}
	}
	if d.HTMLPath != "" {
		p.raw = func() ([]byte, error) { return readMaybeGzip(d.HTMLPath) }
	}
	if p.title == "" {
		p.title = d.ID
	}
	return p
}

// Addresses lists the address of every page, in the order in which it was made: for Serve that
// of the documents.
func (w *Web) Addresses() []string {
	var pages []*page
	for _, s := range w.sites {
		pages = append(pages, s.pages...)
	}
	slices.SortFunc(pages, func(a, b *page) int { return a.number - b.number })
	list := make([]string, 0, len(pages))
	for _, p := range pages {
		list = append(list, p.url())
	}
	return list
}

// ReadDocuments reads what is to be served from a directory: each .html file is a page, each
// line of a .jsonl file {id, title, lead, text, published_at, html_path} a document, where
// html_path is relative to the directory. Both may end in .gz. Other files are left alone.
func ReadDocuments(dir string) ([]Document, error) {
	var all []Document
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		id, _ := filepath.Rel(dir, name)
		switch plain := strings.TrimSuffix(name, ".gz"); {
		case strings.HasSuffix(plain, ".html"):
			all = append(all, Document{ID: id, HTMLPath: name})
		case strings.HasSuffix(plain, ".jsonl"):
			lines, err := readLines(dir, name)
			if err != nil {
				return fmt.Errorf("read documents of %s: %w", id, err)
			}
			all = append(all, lines...)
		}
		return nil
	})
	return all, err
}

func readLines(dir, name string) ([]Document, error) {
	r, err := openMaybeGzip(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var all []Document
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		var d struct {
			ID        string     `json:"id"`
			Title     string     `json:"title"`
			Lead      string     `json:"lead"`
			Text      string     `json:"text"`
			Published *time.Time `json:"published_at"`
			HTMLPath  string     `json:"html_path"`
		}
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out := Document{ID: d.ID, Title: d.Title, Lead: d.Lead, Text: d.Text}
		if d.Published != nil {
			out.Published = *d.Published
		}
		if d.HTMLPath != "" {
			out.HTMLPath = filepath.Join(dir, d.HTMLPath)
		}
		if out.ID == "" {
			out.ID = fmt.Sprintf("%s-%d", strings.TrimSuffix(filepath.Base(name), ".jsonl"), n)
		}
		all = append(all, out)
	}
	return all, lines.Err()
}

func readMaybeGzip(name string) ([]byte, error) {
	r, err := openMaybeGzip(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func openMaybeGzip(name string) (io.ReadCloser, error) {
	f, err := os.Open(name) //nolint:gosec // the caller's own documents
	if err != nil || !strings.HasSuffix(name, ".gz") {
		return f, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("read %s through gzip: %w", filepath.Base(name), err)
	}
	return &gzipFile{z, f}, nil
}

// gzipFile closes the file with its decoder.
type gzipFile struct {
	*gzip.Reader
	file *os.File
}

func (g *gzipFile) Close() error { return errors.Join(g.Reader.Close(), g.file.Close()) }
