package web

import (
	"strings"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/records/people"
)

// At the first start Hôm nay says what happens next, whatever keeps the first article away.
func TestTodayBeforeTheFirstArticle(t *testing.T) {
	t.Parallel()
	fresh := Source{ID: "a", Name: "Báo Mẫu", Enabled: true}
	failing := func(code string) Source {
		s := fresh
		s.LastError, s.LastErrorAt = code, ago(time.Minute)
		return s
	}
	read := fresh
	read.LastSuccess = ago(time.Minute)
	for _, c := range []struct {
		why     string
		sources []Source
		want    string
	}{
		{"without a contact", []Source{failing("no-contact"), fresh}, "lamro up --contact"},
		{"without a network", []Source{failing("unreachable")}, "lamro demo"},
		{"while it reads", []Source{fresh, read}, "1 trên 2 nguồn đã đọc được"},
		{"with nothing on", []Source{{ID: "a", Name: "Báo Mẫu"}}, "Chưa bật nguồn nào"},
	} {
		s := newSite(t, &data{sources: c.sources, watches: []Watch{{ID: "w", Name: "Chủ đề", Enabled: true, Severity: news.Low}}})
		body := s.get("/", s.person("vi", everyRole...)).Body.String()
		for _, want := range []string{c.want, "Hệ thống vừa bắt đầu", "1 chủ đề theo dõi có sẵn"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: lacks %q", c.why, want)
			}
		}
		if strings.Contains(body, "Các nguồn đều chạy") {
			t.Errorf("%s: says that all sources run", c.why)
		}
	}
	s := newSite(t, full())
	if body := s.get("/", s.person("vi", everyRole...)).Body.String(); strings.Contains(body, "Hệ thống vừa bắt đầu") {
		t.Error("with articles it is no beginning any more")
	}
}

// The matcher's own words are English and stay in the English pages; reasons are in both.
func TestWhyIsSaidInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	d := full()
	d.alerts = d.alerts[:1]
	d.alerts[0].Why = "the full name of a place"
	d.alerts[0].Reasons = []Reason{
		{Term: "place:064", Place: "Huyện Chợ Đồn (cũ)", Words: []string{"Chợ Đồn"}, Field: news.FieldTitle, Times: 3},
		{Term: "sạt lở", Words: []string{"SẠT LỞ"}, Field: news.FieldBody, Times: 1},
		{Term: "lũ quét", Words: []string{"lu quet", "lũ quét"}, Field: news.FieldLead, Times: 2},
	}
	s := newSite(t, d)
	vi := s.get("/alerts", s.person("vi", people.Officer)).Body.String()
	for _, want := range []string{
		"Địa bàn Huyện Chợ Đồn (cũ): “Chợ Đồn” ở tiêu đề, 3 lần", "<li>“SẠT LỞ” trong bài</li>", "Cụm “lũ quét”: “lu quet”, “lũ quét” ở đoạn đầu, 2 lần",
	} {
		if !strings.Contains(vi, want) {
			t.Errorf("the Vietnamese page lacks %q", want)
		}
	}
	if strings.Contains(vi, "full name") {
		t.Error("the Vietnamese page holds the matcher's English")
	}
	if en := s.get("/alerts", s.person("en", people.Officer)).Body.String(); !strings.Contains(en, "full name") || !strings.Contains(en, "in the title, 3 times") {
		t.Error("the English page lacks its reasons")
	}
}

func TestWordsThatMayBeAPhrase(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ba be": `"ba be"`, " Bắc  Kạn ": `"Bắc Kạn"`, "mưa": "", `"ba bể"`: "", "mưa AND lũ": "", "place:06 mưa": "", "-mưa lũ": "", "": "",
	} {
		if got := phrase(text); got != want {
			t.Errorf("phrase(%q) = %q, want %q", text, got, want)
		}
	}
}
