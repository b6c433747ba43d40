package testweb

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// linksOf reads the addresses that a feed of any type lists, in order.
func linksOf(t *testing.T, f Feed, home, body string) []string {
	t.Helper()
	var links []string
	if f.Type == typeList {
		for _, m := range regexp.MustCompile(`<h3><a href="([^"]+)"`).FindAllStringSubmatch(body, -1) {
			links = append(links, strings.TrimSuffix(home, "/")+m[1])
		}
		return links
	}
	names := map[string]string{typeRSS: "item/link", typeAtom: "entry/link", typeSitemap: "url/loc", typeNewsSitemap: "url/loc"}
	parent, child, _ := strings.Cut(names[f.Type], "/")
	d := xml.NewDecoder(strings.NewReader(body))
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return links
		}
		if err != nil {
			t.Fatalf("%s is not well formed: %v", f.URL, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			open = append(open, e.Name.Local)
			for _, a := range e.Attr {
				if a.Name.Local == "href" && e.Name.Local == child {
					links = append(links, a.Value)
				}
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if n := len(open); n >= 2 && open[n-1] == child && open[n-2] == parent {
				links = append(links, string(e))
			}
		}
	}
}

// Every address of every feed answers with the page, and every page is in some feed.
func TestEveryFeedItemResolves(t *testing.T) {
	t.Parallel()
	w, c := start(t, Config{For: 90 * time.Second})
	c.advance(90 * time.Second)
	listed := make(map[string]bool)
	for _, o := range w.Outlets() {
		if o.Refuses {
			continue
		}
		for _, f := range o.Feeds {
			resp, body := get(t, f.URL)
			if resp.StatusCode != http.StatusOK {
				t.Fatalf("%s: status %d", f.URL, resp.StatusCode)
			}
			if !strings.Contains(body, Disclaimer) && o.ID != "mau-rung-truc" {
				t.Errorf("%s does not say that it is a sample", f.URL)
			}
			for _, link := range linksOf(t, f, o.Home, body) {
				listed[addressKey(link)] = true
				resp, body := get(t, link)
				if resp.StatusCode != http.StatusOK || len(body) < 1000 {
					t.Errorf("%s of %s: status %d, %d bytes", link, f.URL, resp.StatusCode, len(body))
				}
			}
		}
	}
	for _, p := range every(w) {
		if !p.site.refuses && !listed[addressKey(p.url())] {
			t.Errorf("%s is in no feed", p.url())
		}
	}
}

func TestPagesShowTheirTextAndSayThatTheyAreSamples(t *testing.T) {
	t.Parallel()
	w, c := start(t, Config{For: 90 * time.Second})
	c.advance(time.Second)
	for _, s := range w.sites {
		if s.refuses {
			continue
		}
		i := slices.IndexFunc(s.pages, func(p *page) bool { return p.offset < 0 })
		p := s.pages[i]
		resp, body := get(t, p.url())
		encode := func(text string) string { return text }
		switch s.form {
		case formNFD:
			encode = decomposed
		case form1258:
			encode = func(text string) string {
				b, err := windows1258(text)
				if err != nil {
					t.Fatal(err)
				}
				return string(b)
			}
			if got := resp.Header.Get("Content-Type"); got != "text/html" {
				t.Errorf("%s: type %q, want no character set in it", s.id, got)
			}
		}
		for _, want := range []string{p.title, p.paras[0], Disclaimer, "Bắc Kạn" /* the weather box */} {
			if !strings.Contains(body, encode(want)) {
				t.Errorf("%s: page lacks %q", s.id, want)
			}
		}
		dated := strings.Contains(body, p.published.Format("2006")) && !s.noDates
		if s.noDates && regexp.MustCompile(`datetime=|\d{2}/\d{2}/\d{4}`).MatchString(body) {
			t.Errorf("%s: page has a date", s.id)
		} else if !s.noDates && !dated {
			t.Errorf("%s: page has no date", s.id)
		}
	}
}

func TestOutletsHaveTheirHabits(t *testing.T) {
	t.Parallel()
	w, _ := start(t, Config{For: 90 * time.Second})
	status := make(map[string]int)
	for _, o := range w.Outlets() {
		resp, _ := get(t, o.Home+"robots.txt")
		status[o.ID] = resp.StatusCode
	}
	if status["mau-mat-ket-noi"] != 503 || status["mau-rung-truc"] != 404 || status["mau-nui-xanh"] != 200 {
		t.Errorf("robots.txt answers %v", status)
	}
	feed := w.Outlets()[0].Feeds[0].URL
	first, _ := get(t, feed)
	again, body := get(t, feed, "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("with its ETag the feed answers %d and %d bytes, want 304 and none", again.StatusCode, len(body))
	}
	packed, body := get(t, w.Outlets()[1].Feeds[0].URL, "Accept-Encoding", "gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || !bytes.HasPrefix([]byte(body), []byte{0x1f, 0x8b}) {
		t.Error("the compressing outlet does not compress")
	}
	if got := len(w.ledger.Requests()); got != len(status)+3 {
		t.Errorf("ledger holds %d requests, want %d", got, len(status)+3)
	}
}
