package e2e

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe-core, MPL-2.0, see testdata/axe: it looks for what keeps people from using a page.
//
//go:embed testdata/axe/axe-4.14.1.min.js
var axe string

// The widths at which a page must not scroll sideways: a small phone, and a desk.
const (
	phoneWidth, phoneHeight = 360, 740
	deskWidth, deskHeight   = 1440, 900
)

// patience is how long a step of a browser, or what it waits for, may take.
const patience = 20 * time.Second

// A browser is one tab of a real Chromium that notes what went wrong in it.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu       sync.Mutex
	expected string // a part of complaints that the current step is meant to provoke, "" for none
	trouble  []string
}

// chromium is where Chromium is. Without one the test is skipped, but not where CI promises it.
func chromium(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no chromium, which CI installs")
		}
		t.Skip("there is no chromium: install it to walk the interface in a real browser")
	}
	return path
}

// openBrowser starts the Chromium at path with a fresh profile.
func openBrowser(t *testing.T, path, base string) *browser {
	t.Helper()
	// Without a directory of its own in the options, a fresh one is made and removed at the end.
	ctx, cancel := chromedp.NewExecAllocator(t.Context(),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("headless", "new"),
		// As on a phone, scroll bars take no room.
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "vi"),
		chromedp.Env("LANGUAGE=vi"),
	)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, base: base}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	messages := chromedp.Console(ctx)
	go func() { // ends with the tab
		for m, err := range messages {
			if err != nil {
				return
			}
			b.complain(m)
		}
	}()
	return b
}

// complain notes a message of the console that no page of ours may cause. What breaks the content
// security policy is told there too.
func (b *browser) complain(m chromedp.ConsoleMessage) {
	if m.Type != "error" && m.Type != "warning" && m.Type != "assert" && !m.IsException() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.expected == "" || !strings.Contains(m.String(), b.expected) {
		b.trouble = append(b.trouble, fmt.Sprintf("console, %s: %s", m.URL, m))
	}
}

// expecting runs a step that makes the console complain with a text that contains part.
func (b *browser) expecting(part string, step func()) {
	b.t.Helper()
	b.mu.Lock()
	b.expected = part
	b.mu.Unlock()
	step()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = ""
}

// quiet fails for what went wrong since it was asked last.
func (b *browser) quiet(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, what := range b.trouble {
		b.t.Errorf("%s: %s", where, what)
	}
	b.trouble = nil
}

// run runs one action for at most patience.
func run[T any](b *browser, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.where())
	}
	return v
}

// where is the address and the text of the page, for a message.
func (b *browser) where() string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text[:min(len(text), 2000)]
}

// script evaluates an expression in the page.
func script[T any](b *browser, expression string) T {
	b.t.Helper()
	return run(b, expression, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until waits until an expression is true.
func (b *browser) until(expression string) { b.t.Helper(); b.within(patience, expression) }

func (b *browser) within(limit time.Duration, expression string) {
	b.t.Helper()
	action := chromedp.Poll[bool](expression, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(limit))
	if _, err := chromedp.Run(b.ctx, action); err != nil {
		b.t.Fatalf("until %s: %v\n%s", expression, err, b.where())
	}
}

// open opens a path and wants its status.
func (b *browser) open(path string, status int64) {
	b.t.Helper()
	r := run(b, "open "+path, chromedp.NavigateResponse(b.base+path))
	if r.Status != status {
		b.t.Fatalf("GET %s answered %d, want %d\n%s", path, r.Status, status, b.where())
	}
}

// follow presses what a selector names and waits for the page that it leads to.
func (b *browser) follow(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	r, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
	if err != nil {
		b.t.Fatalf("press %s: %v\n%s", selector, err, b.where())
	}
	if r != nil && r.Status >= 500 {
		b.t.Fatalf("press %s: %s answered %d", selector, r.URL, r.Status)
	}
}

func (b *browser) press(selector string) {
	b.t.Helper()
	run(b, "press "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// fill types into a field, over what stands there.
func (b *browser) fill(id, text string) {
	b.t.Helper()
	run(b, "clear "+id, chromedp.Clear(chromedp.CSS("#"+id)))
	run(b, "fill "+id, chromedp.SendKeys(chromedp.CSS("#"+id), text))
}

func (b *browser) text(selector string) string {
	b.t.Helper()
	return run(b, "text of "+selector, chromedp.Text(chromedp.CSS(selector)))
}

func (b *browser) count(selector string) int {
	b.t.Helper()
	return script[int](b, fmt.Sprintf("document.querySelectorAll(%q).length", selector))
}

func (b *browser) size(width, height int64) {
	b.t.Helper()
	run(b, "size", chromedp.EmulateViewport(width, height))
}

// scheme asks for the light or the dark theme, and for no motion: a colour on its way to another
// is neither.
func (b *browser) scheme(name string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		b.t.Fatalf("scheme %s: %v", name, err)
	}
}

// inspect checks the page that is open: nothing in the console, no sideways scroll on a phone and
// at a desk, nothing that axe-core finds in either theme. It leaves the size of a desk.
func (b *browser) inspect(name string) {
	b.t.Helper()
	for _, look := range []struct {
		width, height int64
		scheme        string
	}{{phoneWidth, phoneHeight, "dark"}, {deskWidth, deskHeight, "light"}} {
		b.size(look.width, look.height)
		b.scheme(look.scheme)
		at := fmt.Sprintf("%s, %d px, %s", name, look.width, look.scheme)
		if over := script[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
			b.t.Errorf("%s: scrolls sideways by %d px: %s", at, over, script[string](b, widest))
		}
		for _, v := range b.axe() {
			b.t.Errorf("%s: axe %s", at, v)
		}
	}
	b.quiet(name)
}

// widest names the element that reaches out furthest, to mend it.
const widest = `(() => {
	let found = null, right = 0
	for (const e of document.body.querySelectorAll('*')) {
		const r = e.getBoundingClientRect()
		if (r.width && r.right > right) { right = r.right; found = e }
	}
	return found ? found.outerHTML.slice(0, 200) : ''
})()`

// axe returns what axe-core finds wrong, each with the elements.
func (b *browser) axe() []string {
	b.t.Helper()
	if script[string](b, "typeof window.axe") == "undefined" {
		run(b, "load axe", chromedp.Evaluate[chromedp.Void](axe))
	}
	return script[[]string](b, `axe.run(document, {resultTypes: ['violations']}).then(r =>
		r.violations.map(v => v.id + ' (' + v.help + '): ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0] ? n.any[0].message : '')).join(' | ')))`)
}

// maxPicture is the size above which a picture is no longer worth its place in the repository.
const maxPicture = 250 << 10

// pictures is where pictures go: the directory that LAMRO_SCREENSHOT names, from the root of the
// repository where it is relative; "" for nowhere.
func pictures() string {
	dir := os.Getenv("LAMRO_SCREENSHOT")
	if dir == "" || filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join("..", "..", dir)
}

// picture writes the page as it is seen; without a place for pictures nothing happens.
func (b *browser) picture(name string, width, height int64) {
	b.t.Helper()
	dir := pictures()
	if dir == "" {
		return
	}
	b.size(width, height)
	b.scheme("light")
	png := run(b, "picture", chromedp.CaptureScreenshot())
	if len(png) > maxPicture {
		b.t.Errorf("%s has %d bytes, want at most %d", name, len(png), maxPicture)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
