package extract_test

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"lamro/crawler/extract"
	"lamro/internal/vietnamese/legacy"
)

// inFont writes s with the bytes of an old font, by column of the table of letters; a letter
// that the font does not have is written small, as its capital font does.
func inFont(t *testing.T, s string, column int) []byte {
	t.Helper()
	table, err := os.ReadFile("../../internal/vietnamese/legacy/testdata/letters.tsv")
	if err != nil {
		t.Fatal(err)
	}
	bytesOf := map[string]string{"°": "\xB0"}
	for line := range strings.Lines(string(table)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if b, err := hex.DecodeString(fields[min(column, len(fields)-1)]); err == nil {
			bytesOf[fields[0]] = string(b)
		}
	}
	var b []byte
	for _, r := range s {
		to, ok := bytesOf[string(r)]
		if !ok {
			if to, ok = bytesOf[strings.ToLower(string(r))]; !ok {
				to = string(r)
			}
		}
		b = append(b, to...)
	}
	return b
}

// Old provincial pages say windows-1252 and show Vietnamese by their font; articles in such fonts
// were pasted into newer pages too.
func TestTextInOldFontsIsConvertedAndFlagged(t *testing.T) {
	t.Parallel()
	const column1258, columnTCVN3, columnVNI, columnVISCII = 1, 2, 3, 4
	page := strings.Replace(layouts[0].html, `<meta charset="utf-8">`, "", 1)
	asUTF8 := func(b []byte) []byte {
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		return []byte(string(runes))
	}
	article := `<section class="page-detail"><h1 class="title-detail">` + title + `</h1><p class="description">` + lead + `</p><article class="fck_detail" style="font-family: '.VnTime'">` + paragraphs(para1, para2, para3) + `</article></section>`
	for _, tt := range []struct {
		name, contentType string
		body              []byte
		want              legacy.Encoding
		charset           string
	}{
		{"TCVN3 as windows-1252", "text/html; charset=windows-1252", inFont(t, page, columnTCVN3), legacy.TCVN3, "windows-1252"},
		{"VNI as windows-1252", "text/html; charset=windows-1252", inFont(t, page, columnVNI), legacy.VNI, "windows-1252"},
		{"VNI undeclared", "", inFont(t, page, columnVNI), "", "vni"},
		{"TCVN3 undeclared", "", inFont(t, page, columnTCVN3), "", "tcvn3"},
		{"VISCII declared", "text/html; charset=viscii", inFont(t, page, columnVISCII), "", "viscii"},
		{"windows-1258 as iso-8859-1", "text/html; charset=iso-8859-1", inFont(t, page, column1258), legacy.Windows1258, "windows-1252"},
		{"VNI in a UTF-8 page", "text/html; charset=utf-8", asUTF8(inFont(t, page, columnVNI)), legacy.VNI, "utf-8"},
		{"TCVN3 pasted between Unicode menus", "text/html; charset=utf-8", []byte(document("", "") + string(asUTF8(inFont(t, article, columnTCVN3)))), legacy.TCVN3, "utf-8"},
		{"Unicode in an old font", "text/html; charset=utf-8", []byte(strings.ReplaceAll(page, "<p>", `<p style="font-family:.VnTime">`)), "", "utf-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := extract.Extract(extract.Input{Body: tt.body, ContentType: tt.contentType})
			if err != nil || p.Legacy != tt.want || p.Charset != tt.charset {
				t.Errorf("legacy %q, charset %q, %v, want %q, %q", p.Legacy, p.Charset, err, tt.want, tt.charset)
			}
			if got, want := strings.ToLower(p.Text()), strings.ToLower(lead+"\n\n"+body); got != want || p.Title != title || p.Language != "vi" {
				t.Errorf("title %q, language %q, text\n%q\nwant\n%q", p.Title, p.Language, got, want)
			}
		})
	}
}
