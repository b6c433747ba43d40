package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"lamro/internal/account"
	"lamro/internal/records/people"
	"lamro/internal/search"
	"lamro/internal/settings"
	"lamro/internal/testweb"
	"lamro/internal/testweb/sink"
)

// DemoScale is how much faster than life the demo's clock of pace and polls runs.
const DemoScale = 60

// DemoOptions says how a demo runs.
type DemoOptions struct {
	Data    string        // an empty directory
	For     time.Duration // 0 runs until the context ends
	Listen  string        // of the interface; "" chooses a free port on loopback
	Version string
	// Records is the address of an empty PostgreSQL database for the demo's records, "" for a file.
	Records string
	Log     *slog.Logger
	Events  func(Event)
	Started func(address string, accounts []DemoAccount)
}

// DemoAccount is one of the accounts that a demo makes.
type DemoAccount struct{ Login, Password, Name string }

// Demo runs the whole system against an invented web on loopback until the time is over, and
// returns that web's own judgement of what was found and told.
func Demo(ctx context.Context, opt DemoOptions) (_ testweb.Report, err error) {
	web, err := testweb.Start(testweb.Config{For: opt.For, Scale: DemoScale})
	if err != nil {
		return testweb.Report{}, err
	}
	defer func() { err = errors.Join(err, web.Close()) }()
	mail, err := sink.StartSMTP()
	if err != nil {
		return testweb.Report{}, err
	}
	defer func() { err = errors.Join(err, mail.Close()) }()
	if opt.Listen == "" {
		opt.Listen = "127.0.0.1:0"
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", opt.Listen)
	if err != nil {
		return testweb.Report{}, err
	}
	a, accounts, err := openDemo(ctx, opt, web, mail, l.Addr().String())
	if err != nil {
		return testweb.Report{}, errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	err = a.Run(ctx, RunOptions{For: opt.For, Web: l, Started: func(s Started) {
		if opt.Started != nil {
			opt.Started(s.Address, accounts)
		}
	}})
	if err != nil {
		return testweb.Report{}, err
	}
	return a.judge(context.WithoutCancel(ctx), web, mail)
}

func openDemo(ctx context.Context, opt DemoOptions, web *testweb.Web, mail *sink.SMTP, address string) (*App, []DemoAccount, error) {
	s, err := demoSettings(web.Outlets(), mail, address, opt.Records)
	if err != nil {
		return nil, nil, err
	}
	a, err := Open(ctx, Options{Settings: s, Data: opt.Data, Version: opt.Version, Log: opt.Log, Events: opt.Events})
	if err != nil {
		return nil, nil, err
	}
	accounts, err := a.demoAccounts(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, a.Close())
	}
	return a, accounts, nil
}

// demoSettings are the shipped settings, pointed at the invented web.
func demoSettings(outlets []testweb.Outlet, mail *sink.SMTP, address, database string) (*settings.Settings, error) {
	set := func(key, value string) settings.Assignment {
		return settings.Assignment{Key: key, Value: value, From: "demo"}
	}
	s, err := settings.Load(settings.Options{
		Shipped: true, ParseQuery: ParseWatchQuery, CheckPlaces: CheckPlaces,
		Set: []settings.Assignment{
			set("office.contact", "http://"+address+"/bot"), set("office.name", "Văn phòng mẫu"),
			set("web.listen", address), set("web.admin_listen", "127.0.0.1:0"),
			set("crawl.allow_private", "true"), set("crawl.workers", "16"), set("pace.scale", strconv.Itoa(DemoScale)),
			set("smtp.host", mail.Host()), set("smtp.port", strconv.Itoa(mail.Port())), set("smtp.tls", "none"),
			set("smtp.from", "lamro@demo.invalid"), set("log.level", "warn"), set("records.url", database),
		},
	})
	if err != nil {
		return nil, err
	}
	s.Province.Sources = DemoSources(outlets)
	return s, nil
}

// DemoSources are the settings of the outlets of an invented web.
func DemoSources(outlets []testweb.Outlet) []settings.Source {
	var all []settings.Source
	for _, o := range outlets {
		src := settings.Source{ID: o.ID, Name: o.Name, Home: o.Home, Class: o.Class, Tier: o.Tier, Grade: "A", Language: o.Language}
		for _, f := range o.Feeds {
			src.Feeds = append(src.Feeds, settings.Feed{URL: f.URL, Kind: f.Kind, Grade: "A", Item: f.List.Item, Link: f.List.Link, Date: f.List.Date})
		}
		all = append(all, src)
	}
	return all
}

// demoAccounts makes an account for each of the people a newcomer may want to be.
func (a *App) demoAccounts(ctx context.Context) ([]DemoAccount, error) {
	var out []DemoAccount
	for _, p := range []account.NewPerson{
		{Login: "canbo", Name: "Cán bộ báo chí (mẫu)", Email: demoRecipient, Roles: []people.Role{people.Officer}},
		{Login: "phantich", Name: "Chuyên viên phân tích (mẫu)", Roles: []people.Role{people.Analyst}},
		{Login: "quantri", Name: "Quản trị (mẫu)", Roles: []people.Role{people.Admin, people.Operator}},
	} {
		added, once, err := a.accounts.Add(ctx, account.System, p)
		if err != nil {
			return nil, err
		}
		password := rand.Text()[:12]
		if _, err := a.accounts.ChangePassword(ctx, added.ID, once, password, "demo"); err != nil {
			return nil, err
		}
		out = append(out, DemoAccount{p.Login, password, p.Name})
	}
	return out, nil
}

const demoRecipient = "canbo@demo.invalid"

// judge asks the index for everything it holds and the mail server for everything it took, and
// lets the web judge.
func (a *App) judge(ctx context.Context, web *testweb.Web, mail *sink.SMTP) (testweb.Report, error) {
	found, err := a.everything(ctx)
	if err != nil {
		return testweb.Report{}, err
	}
	var alerts []testweb.Alert
	for _, m := range mail.Mails() {
		text, err := m.Text()
		if err != nil {
			return testweb.Report{}, fmt.Errorf("read a mail of the demo: %w", err)
		}
		for _, to := range m.To {
			alerts = append(alerts, testweb.Alert{URL: addressIn(text, found), Person: to, Channel: "email", At: m.At})
		}
	}
	return web.Ledger().Judge(found, alerts), nil
}

// everything lists the addresses of all articles in the index.
func (a *App) everything(ctx context.Context) ([]string, error) {
	var found []string
	after := ""
	for {
		page, err := a.search.Search(ctx, search.Request{Articles: true, Limit: 500, After: after})
		if err != nil {
			return nil, err
		}
		for _, s := range page.Found {
			for _, art := range s.Shown {
				found = append(found, art.URL)
			}
		}
		if after = page.Next; after == "" {
			return found, nil
		}
	}
}

// addressIn is the address among all that a text names; the longest, where one begins another.
func addressIn(text string, all []string) string {
	best := ""
	for _, u := range all {
		if len(u) > len(best) && strings.Contains(text, u) {
			best = u
		}
	}
	return best
}
