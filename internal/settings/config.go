package settings

import (
	"net/url"
	"strings"

	"lamro/internal/news"
)

// Config is lamro.yaml: what the installation is and how its parts run. Tags drive everything
// that is derived from it: `check` and `enum` the validation, `doc` the schema and the printed
// list of environment variables.
type Config struct {
	Office    Office    `yaml:"office" doc:"the office that runs this installation"`
	Province  string    `yaml:"province" check:"required" doc:"directory with sources, watches, places, agencies, routes, rules and labels; a relative path starts at this file"`
	Web       Web       `yaml:"web" doc:"the web interface"`
	Records   Records   `yaml:"records" doc:"what was seen, what matched, who was told"`
	Stream    Stream    `yaml:"stream" doc:"the messages between the stages"`
	Index     Index     `yaml:"index" doc:"the search index"`
	Captures  Captures  `yaml:"captures" doc:"the bytes of every page as fetched"`
	Crawl     Crawl     `yaml:"crawl" doc:"how the crawler visits sites"`
	Pace      Pace      `yaml:"pace" doc:"compressed clock for demonstrations and tests"`
	Alert     Alert     `yaml:"alert" doc:"what is told to people"`
	SMTP      SMTP      `yaml:"smtp" doc:"the mail server; without a host mails wait and the bell works"`
	Webhooks  []Webhook `yaml:"webhooks" doc:"addresses that receive signed alerts"`
	Retention Retention `yaml:"retention" doc:"how long things are kept"`
	Log       Log       `yaml:"log" doc:"what is logged"`
}

// Office names who asks, who is told, and for which area.
type Office struct {
	Name    string   `yaml:"name" doc:"name of the office, shown in the interface and in mails"`
	Contact string   `yaml:"contact" check:"contact" doc:"mail address or page that the visited sites see in the user agent; without it no public address is fetched"`
	Areas   []string `yaml:"areas" check:"required place" doc:"codes of the units the office looks after"`
}

// Identified tells whether visited sites learn whom to write to. A contact under a reserved
// name (.example, .invalid, .test, localhost) counts as unset.
func (o Office) Identified() bool {
	host := o.Contact
	if u, err := url.Parse(o.Contact); err == nil && u.Host != "" {
		host = u.Hostname()
	} else if _, after, ok := strings.Cut(o.Contact, "@"); ok {
		host = after
	}
	host = "." + strings.TrimSuffix(strings.ToLower(strings.TrimSpace(host)), ".")
	for _, reserved := range []string{".example", ".invalid", ".test", ".localhost", ".example.com", ".example.org", ".example.net"} {
		if strings.HasSuffix(host, reserved) {
			return false
		}
	}
	return host != "."
}

// Web is where the interface and the operator's endpoints listen.
type Web struct {
	Listen      string `yaml:"listen" check:"required hostport" doc:"address of the interface"`
	BaseURL     string `yaml:"base_url" check:"url" doc:"how people reach the interface; makes the links in mails (default: from listen)"`
	AdminListen string `yaml:"admin_listen" check:"required hostport" doc:"address of /livez, /readyz and /metrics"`
}

// Base is the address that links start with, without a slash at the end.
func (w Web) Base() string {
	if w.BaseURL != "" {
		return strings.TrimRight(w.BaseURL, "/")
	}
	return "http://" + w.Listen
}

// Records is where the database lies.
type Records struct {
	Path string `yaml:"path" check:"required" doc:"SQLite file; a relative path starts at the data directory"`
	URL  Secret `yaml:"url" check:"postgresurl" doc:"postgres:// address of a database to use in place of the file; with a password better in LAMRO_RECORDS_URL_FILE"`
}

// Stream is the embedded message server, or the address of one.
type Stream struct {
	URL      string `yaml:"url" check:"natsurl" doc:"nats:// address of a server; empty runs one in this process"`
	MaxBytes Bytes  `yaml:"max_bytes" check:"positive" doc:"most that the streams may hold on disk"`
}

// Index is where the search index lies.
type Index struct {
	Path string `yaml:"path" check:"required" doc:"directory of the index; a relative path starts at the data directory"`
}

// Captures is where the pages as fetched lie.
type Captures struct {
	Path string `yaml:"path" check:"required" doc:"directory of the captures; a relative path starts at the data directory"`
}

// Crawl is how the crawler visits sites.
type Crawl struct {
	Workers      int      `yaml:"workers" check:"min=1 max=256" doc:"how many sites are visited at once"`
	Pace         Duration `yaml:"pace" check:"positive" doc:"least time between two requests to one host; a source may ask for more"`
	PerAddress   int      `yaml:"per_address" check:"min=1 max=64" doc:"most requests at once to one address, which many outlets may share"`
	Timeout      Duration `yaml:"timeout" check:"positive" doc:"longest that one request may take"`
	MaxPage      Bytes    `yaml:"max_page" check:"positive" doc:"largest page, decoded"`
	AllowPrivate bool     `yaml:"allow_private" doc:"allow loopback and private addresses, for tests and for sites inside the office; off on the public web"`
}

// Pace compresses the durations that we choose, for demonstrations and tests.
type Pace struct {
	Scale float64 `yaml:"scale" check:"min=1 max=1000" doc:"divides pace, polls and re-visits; above 1 no public address is fetched, so crawl.allow_private must be on"`
}

// Alert is what counts as news and how long we try to tell it.
type Alert struct {
	NewsMaxAge  Duration      `yaml:"news_max_age" check:"positive" doc:"what was published longer before it was seen is listed, not alerted"`
	RetryFor    Duration      `yaml:"retry_for" check:"positive" doc:"how long a delivery is tried before it counts as failed"`
	MinSeverity news.Severity `yaml:"min_severity" enum:"critical high normal low" doc:"mentions below this severity are listed, not alerted"`
}

// SMTP is the mail server of the office.
type SMTP struct {
	Host     string   `yaml:"host" doc:"name of the mail server; empty: mails wait"`
	Port     int      `yaml:"port" check:"min=1 max=65535" doc:"port of the mail server"`
	TLS      string   `yaml:"tls" enum:"starttls tls none" doc:"starttls, tls from the first byte, or none (loopback only)"`
	Username string   `yaml:"username" doc:"name to sign in with; empty: no sign-in"`
	Password Secret   `yaml:"password" doc:"password to sign in with; better in the environment"`
	From     string   `yaml:"from" check:"email" doc:"sender of the alerts"`
	Timeout  Duration `yaml:"timeout" check:"positive" doc:"longest that one mail may take"`
}

// Webhook is an address that receives alerts as signed JSON.
type Webhook struct {
	ID     string `yaml:"id" check:"required id" doc:"name that routes use"`
	URL    string `yaml:"url" check:"required url" doc:"address that is posted to"`
	Secret Secret `yaml:"secret" doc:"key of the signature; better in LAMRO_WEBHOOK_<ID>_SECRET"`
}

// Retention is how long things are kept.
type Retention struct {
	Unmatched Duration `yaml:"unmatched" check:"positive" doc:"texts and captures that never matched a watch; also how far a new watch looks back"`
}

// Log is what is logged.
type Log struct {
	Level  string `yaml:"level" enum:"debug info warn error" doc:"least level that is logged"`
	Format string `yaml:"format" enum:"text json" doc:"text for people, json for machines"`
}
