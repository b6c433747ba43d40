package archtest

// A rule says what one package may import: our own packages by their path below the module, and
// those of other modules. "x/..." is x and all below it, "..." is everything of ours. The
// standard library is free but for what confined says.
type rule struct{ own, others []string }

type paths = []string

// rules has one line per package. To add a line is to decide where in the map of ARCHITECTURE.md
// the package lies: the vocabulary knows no technology, a stage knows no stage, each technology
// is known to one room, and only app knows who is who.
var rules = map[string]rule{
	// The vocabulary: what crosses streams, how text is read, what a query means.
	"internal/news":              {},
	"internal/vietnamese":        {others: paths{"golang.org/x/text/unicode/norm"}},
	"internal/vietnamese/legacy": {others: paths{"golang.org/x/text/encoding/charmap", "golang.org/x/text/unicode/norm"}},
	"internal/query":             {own: paths{"internal/news", "internal/vietnamese"}},
	"internal/query/querytest":   {own: paths{"internal/query", "internal/vietnamese"}},
	"internal/privacy":           {},

	// Stage: crawler.
	"crawler": {
		own:    paths{"crawler/fetch", "internal/news", "internal/records", "internal/records/frontier"},
		others: paths{"github.com/robfig/cron/v3"},
	},
	"crawler/dates": {own: paths{"internal/news", "internal/vietnamese"}},
	"crawler/extract": {
		own: paths{"crawler/dates", "crawler/page", "crawler/urlkey", "internal/news", "internal/vietnamese", "internal/vietnamese/legacy"},
		others: paths{
			"codeberg.org/readeck/go-readability/v2", "github.com/andybalholm/cascadia", "github.com/go-shiori/dom",
			"github.com/markusmobius/go-htmldate", "github.com/markusmobius/go-trafilatura", "golang.org/x/net/html/...",
		},
	},
	"crawler/feed": {
		own:    paths{"crawler/dates", "crawler/page", "crawler/urlkey"},
		others: paths{"github.com/PuerkitoBio/goquery", "github.com/andybalholm/cascadia", "github.com/mmcdole/gofeed"},
	},
	"crawler/fetch":        {own: paths{"crawler/fetch/robots"}, others: paths{"github.com/gocolly/colly/v2"}},
	"crawler/fetch/robots": {},
	"crawler/page":         {own: paths{"internal/vietnamese", "internal/vietnamese/legacy"}, others: paths{"golang.org/x/net/html", "golang.org/x/text/encoding/..."}},
	"crawler/urlkey":       {others: paths{"github.com/nlnwa/whatwg-url/url", "golang.org/x/net/publicsuffix"}},

	// Stage: analyzer.
	"analyzer": {own: paths{
		"analyzer/match", "analyzer/places", "internal/news", "internal/query", "internal/records", "internal/records/articles",
		"internal/records/mentions", "internal/records/outbox", "internal/records/watches", "internal/stream", "internal/vietnamese",
	}},
	"analyzer/match": {own: paths{"analyzer/places", "internal/news", "internal/query", "internal/vietnamese"}},
	"analyzer/places": {
		own:    paths{"analyzer/places/national", "internal/news", "internal/query", "internal/vietnamese"},
		others: paths{"go.yaml.in/yaml/v4"},
	},
	"analyzer/places/cmd/placesyaml": {own: paths{"analyzer/places", "analyzer/places/national"}},
	"analyzer/places/national":       {},
	"analyzer/places/national/gen":   {own: paths{"analyzer/places/national", "internal/vietnamese"}},

	// Stage: alerter.
	"alerter":              {own: paths{"internal/news", "internal/records", "internal/records/deliveries"}},
	"alerter/email":        {own: paths{"alerter", "internal/news"}, others: paths{"github.com/wneessen/go-mail/..."}},
	"alerter/webhook":      {own: paths{"alerter", "internal/news"}},
	"alerter/notifiertest": {own: paths{"alerter", "internal/news"}},

	// Records: the only SQL. A noun knows others only where one transaction spans them.
	"internal/records": {others: paths{
		"github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/pgconn", "github.com/jackc/pgx/v5/stdlib",
		"github.com/pressly/goose/v3", "github.com/pressly/goose/v3/lock", "modernc.org/sqlite",
	}},
	"internal/records/recordstest": {own: paths{"internal/records"}, others: paths{"github.com/jackc/pgx/v5/stdlib"}},
	"internal/records/articles": {own: paths{
		"internal/news", "internal/records", "internal/records/audit", "internal/records/captures", "internal/records/outbox",
		"internal/records/quarantine", "internal/vietnamese",
	}},
	"internal/records/audit":      {own: paths{"internal/records"}},
	"internal/records/captures":   {own: paths{"internal/records"}},
	"internal/records/deliveries": {own: paths{"internal/news", "internal/records"}},
	"internal/records/frontier":   {own: paths{"internal/news", "internal/records"}},
	"internal/records/indexstate": {own: paths{"internal/records"}},
	"internal/records/mentions":   {own: paths{"internal/news", "internal/records"}},
	"internal/records/outbox":     {own: paths{"internal/news", "internal/records"}},
	"internal/records/people":     {own: paths{"internal/records"}},
	"internal/records/quarantine": {own: paths{"internal/records"}},
	"internal/records/watches":    {own: paths{"internal/news", "internal/query", "internal/records"}},

	// The stream: the only room that knows NATS.
	"internal/stream": {
		own:    paths{"internal/news", "internal/records", "internal/records/outbox", "internal/records/quarantine"},
		others: paths{"github.com/nats-io/nats-server/v2/server", "github.com/nats-io/nats.go/...", "golang.org/x/sync/errgroup", "golang.org/x/sys/unix"},
	},

	// Evidence, and the one transaction that keeps a page with it.
	"internal/captures": {others: paths{"github.com/nlnwa/gowarc"}},
	"internal/archive": {own: paths{
		"internal/captures", "internal/news", "internal/records", "internal/records/articles", "internal/records/audit",
		"internal/records/captures", "internal/records/outbox", "internal/records/quarantine", "internal/stream",
	}},

	// The index: a contract, what keeps it, what fills it, what asks it.
	"internal/index": {own: paths{"internal/news", "internal/query"}},
	"internal/index/embedded": {
		own:    paths{"internal/index", "internal/news", "internal/query", "internal/vietnamese"},
		others: paths{"github.com/blevesearch/bleve/v2/...", "github.com/blevesearch/bleve_index_api", "github.com/blevesearch/scorch_segment_api/v2", "go.etcd.io/bbolt/errors"},
	},
	"internal/index/indextest": {own: paths{"internal/index", "internal/news", "internal/query", "internal/query/querytest", "internal/vietnamese"}},
	"internal/indexer": {own: paths{
		"internal/index", "internal/news", "internal/privacy", "internal/records", "internal/records/articles",
		"internal/records/frontier", "internal/records/indexstate", "internal/records/mentions", "internal/stream",
	}},
	"internal/search": {own: paths{"internal/index", "internal/news", "internal/query", "internal/vietnamese"}},

	// People and pages. What pages show comes through the interface that web declares.
	"internal/account": {
		own:    paths{"internal/records", "internal/records/people"},
		others: paths{"github.com/alexedwards/scs/v2", "golang.org/x/crypto/argon2", "golang.org/x/text/unicode/norm", "golang.org/x/time/rate"},
	},
	"internal/web": {
		own:    paths{"internal/account", "internal/news", "internal/records", "internal/records/people"},
		others: paths{"golang.org/x/sync/errgroup", "golang.org/x/text/unicode/norm"},
	},

	// Settings and commands.
	"configs":           {},
	"internal/settings": {own: paths{"configs", "internal/news"}, others: paths{"go.yaml.in/yaml/v4"}},
	"internal/control":  {others: paths{"golang.org/x/sys/unix"}},
	"internal/try": {own: paths{
		"analyzer", "analyzer/match", "analyzer/places", "crawler/extract", "crawler/feed", "crawler/fetch/robots",
		"internal/news", "internal/query", "internal/settings", "internal/vietnamese",
	}},

	// Composition. app knows everyone; nobody but cmd knows app.
	"internal/app": {
		own:    paths{"..."},
		others: paths{"github.com/prometheus/client_golang/...", "golang.org/x/sync/errgroup", "golang.org/x/sys/unix"},
	},
	"internal/app/pages": {own: paths{
		"crawler/fetch", "internal/index", "internal/news", "internal/privacy", "internal/query", "internal/records/...", "internal/search", "internal/web",
	}},
	"internal/app/roles": {},
	// A command asks the installation through app and control and prints the answer; try, watch
	// test and explain run a stage by itself, demo says what the invented web's ledger says.
	"cmd/lamro": {
		own: paths{
			"internal/app", "internal/app/roles", "internal/control", "internal/search", "internal/settings", "internal/testweb", "internal/try",
			"analyzer", "analyzer/match", "analyzer/places", "internal/news", "internal/query", "internal/vietnamese",
		},
		others: paths{"github.com/spf13/cobra/...", "golang.org/x/term", "golang.org/x/text/width"},
	},

	// For tests and the demo: a web that knows nothing of ours, so that its ledger is a second opinion.
	"internal/testweb":      {},
	"internal/testweb/sink": {others: paths{"github.com/emersion/go-smtp"}},
	// Whole roads, measured and tested from outside: test files only.
	"bench":             {},
	"bench/match":       {},
	"internal/e2e":      {},
	"internal/archtest": {},
}

// confined names packages of the standard library that only some rooms may import.
var confined = map[string]paths{
	"database/sql": {"internal/records/..."},
	"log":          {}, // log/slog, passed in
	"net/smtp":     {},
	"os/exec":      {"internal/records/recordstest"},
	"unsafe":       {},
}

// pure are the rooms that reach nothing outside the process.
var pure = paths{"internal/news", "internal/vietnamese", "internal/vietnamese/legacy", "internal/query", "internal/privacy", "internal/index", "analyzer/match", "crawler/fetch/robots"}

// outside is what a pure room may not import.
var outside = paths{"database/sql/...", "net", "net/http/...", "net/smtp", "os/...", "log/...", "path/filepath", "syscall"}
