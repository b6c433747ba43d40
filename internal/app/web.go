package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"

	"lamro/internal/app/pages"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/settings"
	"lamro/internal/web"
)

// webRole is the interface with the address that it was given at the start, which it keeps when
// the role is restarted.
type webRole struct {
	server  *web.Server
	address string // as people open it, "" when the role does not run
	listen  string

	mu    sync.Mutex
	first net.Listener // opened at the start, so that a port in use is told at once
}

// webRole opens the interface's address, or takes the listener that is given, and makes the
// interface. Without the web role it makes one that never runs.
func (a *App) webRole(ctx context.Context, only []string, given net.Listener) (*webRole, error) {
	data := pages.Data(pages.Deps{
		DB: a.db, Search: a.search, PlaceName: a.gazetteer.Title, Narrow: a.gazetteer.Narrow,
		Find: func(q *query.Query) func(news.Article) []news.Mention { return a.finder(q, news.Normal) }, Window: a.cfg.Retention.Unmatched.Std(),
		WatchesChanged: a.watchesChanged, SourcesChanged: a.crawler.Wake,
	})
	server, err := web.New(web.Config{
		Data: data, DB: a.db, Accounts: a.accounts, BaseURL: a.cfg.Web.BaseURL, UserAgent: a.userAgent(),
		Contact: a.cfg.Office.Contact, Version: a.opt.Version, Log: a.log,
		Words: officeWords(a.opt.Settings.Province.Labels),
	})
	if err != nil {
		return nil, err
	}
	w := &webRole{server: server, listen: a.cfg.Web.Listen}
	if len(only) > 0 && !slices.Contains(only, RoleWeb) {
		return w, nil
	}
	l := given
	if l == nil {
		l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", w.listen)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: web.listen %s: %w; choose another address with LAMRO_WEB_LISTEN", errSettings, w.listen, err)
	}
	w.first, w.listen = l, l.Addr().String()
	w.address = a.cfg.Web.BaseURL
	if w.address == "" {
		w.address = "http://" + w.listen
	}
	return w, nil
}

// officeWords are the words of labels.yaml under the keys that the interface knows them by.
func officeWords(l settings.Labels) map[string]map[string]string {
	out := map[string]map[string]string{"vi": {}, "en": {}}
	add := func(prefix string, labels map[string]settings.Label) {
		for code, label := range labels {
			out["vi"][prefix+code], out["en"][prefix+code] = label.Vi, label.En
		}
	}
	add("severity.", l.Severities)
	add("class.", l.Classes)
	return out
}

func (w *webRole) run(ctx context.Context) error {
	w.mu.Lock()
	l := w.first
	w.first = nil
	w.mu.Unlock()
	if l == nil {
		var err error
		if l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", w.listen); err != nil {
			return err
		}
	}
	return w.server.Run(ctx, l)
}

// close gives the address back when the role never ran.
func (w *webRole) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first == nil {
		return nil
	}
	err := w.first.Close()
	w.first = nil
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
