package e2e

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lamro/internal/app"
)

// A newsroom is a demo that runs while a test looks at it.
type newsroom struct {
	address  string
	accounts map[string]app.DemoAccount
}

// openNewsroom starts a demo that publishes news until the test ends.
func openNewsroom(t *testing.T) newsroom {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	n := newsroom{accounts: map[string]app.DemoAccount{}}
	started, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := app.Demo(ctx, app.DemoOptions{
			Data: t.TempDir(), For: 3 * time.Minute, Version: "test", Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
			Started: func(address string, accounts []app.DemoAccount) {
				n.address = address
				for _, a := range accounts {
					n.accounts[a.Login] = a
				}
				close(started)
			},
		})
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the demo ended with %v", err)
		}
	})
	select {
	case <-started:
	case err := <-ended:
		ended <- nil
		t.Fatalf("the demo did not start: %v", err)
	}
	return n
}

// An officer and an analyst do what they come for, in a real browser: every page is reached, works
// under the content security policy without a word in the console, fits a phone and a desk, and
// gives axe-core nothing to say.
func TestWholeRoadInABrowser(t *testing.T) {
	t.Parallel()
	path := chromium(t)
	news := openNewsroom(t)
	b := openBrowser(t, path, news.address)
	b.size(deskWidth, deskHeight)

	b.open("/", 200)
	b.inspect("sign-in")
	b.signIn(news.accounts["canbo"])
	b.alertArrives()
	if pictures() != "" {
		b.alertsArrive(6)
	}
	b.open("/", 200)
	b.inspect("Hôm nay")
	b.picture("hom-nay.png", deskWidth, deskHeight)
	b.acknowledges()
	b.readsAnArticle()
	b.searches()
	b.seesSources()
	b.changesLanguage()
	b.signOut()
	b.inspect("signed out")

	b.signIn(news.accounts["phantich"])
	b.makesAWatch()
	b.signOut()
}

// signIn signs in on the page that is open.
func (b *browser) signIn(a app.DemoAccount) {
	b.t.Helper()
	b.fill("login", a.Login)
	b.fill("password", a.Password)
	b.follow("form .btn.go")
	if got := b.text("h1"); got != "Hôm nay" {
		b.t.Fatalf("after sign-in the page is %q, want Hôm nay\n%s", got, b.where())
	}
}

func (b *browser) signOut() {
	b.t.Helper()
	b.press(".me > summary")
	b.follow(`form[action="/signout"] button`)
	if got := b.text(".note.good"); got != "Bạn đã đăng xuất." {
		b.t.Errorf("after signing out the page says %q", got)
	}
	b.open("/alerts", 200)
	if b.count("#login") != 1 {
		b.t.Errorf("who has signed out still sees the alerts\n%s", b.where())
	}
	b.open("/signin?lang=vi", 200)
}

// bell is what the bell counts, as an expression.
const bell = `Number(document.querySelector('[sse-swap=bell] .n')?.textContent ?? 0)`

// firstAlert is how long the demo may take to its first alert: every feed is read twice until then.
const firstAlert = time.Minute

// alertArrives waits until the bell counts more than it did, on a page that stays open.
func (b *browser) alertArrives() {
	b.t.Helper()
	script[int](b, "window.unseen = "+bell)
	b.within(firstAlert, "window.unseen !== undefined && "+bell+" > window.unseen")
	b.until(`Number(document.querySelector('#nav-unseen.hot')?.textContent) === ` + bell)
}

// alertsArrive waits until the bell counts n, so that a picture shows more than a beginning.
func (b *browser) alertsArrive(n int) {
	b.t.Helper()
	b.within(2*firstAlert, fmt.Sprintf("%s >= %d", bell, n))
}

// acknowledges takes care of an alert, which changes in its place.
func (b *browser) acknowledges() {
	b.t.Helper()
	b.open("/alerts", 200)
	b.inspect("Cảnh báo")
	if got := b.count(".alert mark"); got == 0 {
		b.t.Errorf("no alert shows the words that matched\n%s", b.where())
	}
	b.press(".alert .reasons summary")
	if why := b.text(".alert .reasons"); strings.Contains(why, "place:") || !strings.Contains(why, "“") {
		b.t.Errorf("why an alert matched is said as %q, want it in Vietnamese", why)
	}
	b.press(".alert .acts button")
	b.until(`document.querySelector('.alert .tag.on')?.textContent.startsWith('Bạn nhận')`)
	b.inspect("Cảnh báo, one taken")
	b.open("/alerts", 200)
	b.picture("canh-bao-360.png", phoneWidth, phoneHeight)
	b.size(deskWidth, deskHeight)
}

// readsAnArticle opens an alert's article and sees in it what matched.
func (b *browser) readsAnArticle() {
	b.t.Helper()
	b.open("/alerts?state=all", 200)
	b.follow(".alert h3 a")
	if got := b.count("h1 mark, .text mark"); got == 0 {
		b.t.Errorf("the article shows no words that matched\n%s", b.where())
	}
	b.inspect("Bài")
}

// searches finds the same with marks and without, and is shown where a query went wrong.
func (b *browser) searches() {
	b.t.Helper()
	b.ask(`"Bắc Kạn" OR "Ba Bể"`)
	marked := b.count(".hits > li")
	if marked == 0 || b.count(".hits mark") == 0 || b.count(".hits mark.t2") == 0 {
		b.t.Errorf("a query with marks finds %d stories, want some with two kinds of marks\n%s", marked, b.where())
	}
	b.inspect("Tìm kiếm")
	b.picture("tim-kiem.png", deskWidth, deskHeight)
	b.ask(`"bac kan" OR "ba be"`)
	if got := b.count(".hits > li"); got < marked {
		b.t.Errorf("without marks %d stories, with marks %d", got, marked)
	}
	b.expecting("422", func() { b.ask(`"Bắc Kạn" AND "sạt lở`) })
	if got := b.text(".at-err b"); got != `"` {
		b.t.Errorf("an unclosed quotation is shown at %q", got)
	}
	if got := script[string](b, "document.querySelector('#q').value"); got != `"Bắc Kạn" AND "sạt lở` {
		b.t.Errorf("the query that failed is kept as %q", got)
	}
	b.inspect("Tìm kiếm, a mistake")
	b.follow(".note.bad a")
	if b.count(".note.bad") != 0 || script[string](b, "document.querySelector('#q').value") != `"Bắc Kạn" AND "sạt lở"` {
		b.t.Errorf("the query that is offered is not taken over\n%s", b.where())
	}
	b.press(".understood summary")
	b.inspect("Tìm kiếm, what the query asks")
}

// ask types a query on the search page.
func (b *browser) ask(query string) {
	b.t.Helper()
	b.open("/search", 200)
	b.fill("q", query)
	b.follow(".query .btn.go")
}

func (b *browser) seesSources() {
	b.t.Helper()
	b.open("/sources", 200)
	if got := b.count(".sources tbody tr"); got == 0 {
		b.t.Errorf("no sources\n%s", b.where())
	}
	b.inspect("Nguồn")
	b.open("/help", 200)
	b.inspect("Trợ giúp")
	b.expecting("404", func() { b.open("/khong-co", 404) })
	b.inspect("a page that does not exist")
}

// changesLanguage goes to English and back.
func (b *browser) changesLanguage() {
	b.t.Helper()
	b.open("/", 200)
	for _, want := range []string{"en", "vi"} {
		b.follow(`.top .wide button[name="lang"]`)
		if got := script[string](b, "document.documentElement.lang"); got != want {
			b.t.Errorf("the language is %q, want %q", got, want)
		}
		if want == "en" {
			b.inspect("Today")
		}
	}
}

// makesAWatch turns a search into a watch and finds it in the list.
func (b *browser) makesAWatch() {
	b.t.Helper()
	b.ask(`"Chợ Mới" AND "sạt lở"`)
	b.follow(`a[href^="/watches/new"]`)
	b.inspect("Chủ đề mới")
	b.follow(`button[value="preview"]`)
	if b.count("#h-pv") != 1 {
		b.t.Errorf("the editor shows no preview\n%s", b.where())
	}
	b.inspect("Thử trên bài đã lưu")
	b.fill("query", `title:("Chợ Mới" OR lũ*) AND "Chợ Mới" NEAR/5 "sạt lở" NEAR/5 "mưa lớn kéo dài nhiều giờ liền"`)
	b.follow(`button[value="check"]`)
	b.inspect("Chủ đề mới, câu tìm sai")
	b.follow(".repair")
	if b.count(".note.bad") != 0 || b.count(".parts li") == 0 {
		b.t.Errorf("the query that was put right is not understood\n%s", b.where())
	}
	b.inspect("Chủ đề mới, câu tìm đã sửa")
	b.fill("name", "Sạt lở ở Chợ Mới")
	b.follow(".form .btn.go")
	if got := b.text("h1"); got != "Sạt lở ở Chợ Mới" || b.count(".note.good") != 1 {
		b.t.Errorf("after saving the page is %q\n%s", got, b.where())
	}
	b.inspect("Một chủ đề")
	b.open("/watches", 200)
	if got := b.count(`.watch-list a[href="/watches/sat-lo-o-cho-moi"]`); got != 1 {
		b.t.Errorf("the new watch stands %d times in the list", got)
	}
	b.inspect("Chủ đề theo dõi")
}
