package app

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lamro/internal/app/roles"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/frontier"
	"lamro/internal/records/outbox"
)

// adminHandler answers the operator's machines: is the process alive, is it ready, how much.
func (a *App) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.ready(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &metrics{a})
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	return mux
}

// ready tells whether every part answers.
func (a *App) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := a.stream.Check(ctx); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	if err := a.index.Health(ctx); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if _, err := a.newest(ctx); err != nil {
		return fmt.Errorf("records: %w", err)
	}
	for _, st := range a.roles.Status() {
		if st.State == roles.Waiting {
			return fmt.Errorf("role %s: %s", st.Name, st.Err)
		}
	}
	return nil
}

// metrics are read from the records when they are asked for: what is counted there survives a
// restart, and nothing is counted twice.
type metrics struct{ a *App }

var (
	metricNewest     = prometheus.NewDesc("lamro_newest_article_timestamp_seconds", "when the newest article was seen", nil, nil)
	metricQueue      = prometheus.NewDesc("lamro_pages", "pages of the queue by state", []string{"state"}, nil)
	metricTrouble    = prometheus.NewDesc("lamro_sources_in_trouble", "enabled sources whose last visit failed", nil, nil)
	metricOutbox     = prometheus.NewDesc("lamro_outbox_waiting", "messages that wait to be published", nil, nil)
	metricConsumer   = prometheus.NewDesc("lamro_stream_waiting", "messages that wait for a consumer", []string{"consumer"}, nil)
	metricIndexed    = prometheus.NewDesc("lamro_indexed_articles", "articles in the index", nil, nil)
	metricBehind     = prometheus.NewDesc("lamro_index_behind", "articles whose newest revision is not indexed", nil, nil)
	metricDeliveries = prometheus.NewDesc("lamro_deliveries", "deliveries of the last day by channel and state", []string{"channel", "state"}, nil)
	metricQuarantine = prometheus.NewDesc("lamro_quarantine", "what could not be processed", nil, nil)
	metricRole       = prometheus.NewDesc("lamro_role_running", "1 while the role runs", []string{"role"}, nil)
	metricFree       = prometheus.NewDesc("lamro_disk_free_bytes", "free bytes on the disk of the data directory", nil, nil)
)

// Describe sends nothing: which metrics there are depends on what the records hold.
func (m *metrics) Describe(chan<- *prometheus.Desc) {}

// Collect reads the records. What cannot be read is left out of this answer.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	q := m.a.db.Read()
	if at, err := m.a.newest(ctx); err == nil && !at.IsZero() {
		gauge(metricNewest, float64(at.Unix()))
	}
	if p, err := frontier.ReadProgress(ctx, q, time.Now()); err == nil {
		for state, n := range p.ByState {
			gauge(metricQueue, float64(n), state)
		}
	}
	if n, _, err := outbox.Backlog(ctx, q); err == nil {
		gauge(metricOutbox, float64(n))
	}
	m.sources(ctx, gauge)
	m.stages(ctx, gauge)
	if queues, err := deliveries.Stats(ctx, q, time.Now().AddDate(0, 0, -1)); err == nil {
		for _, c := range queues {
			gauge(metricDeliveries, float64(c.Sent), c.Channel, "sent")
			gauge(metricDeliveries, float64(c.Waiting), c.Channel, "waiting")
			gauge(metricDeliveries, float64(c.Failed), c.Channel, "failed")
		}
	}
	for _, st := range m.a.roles.Status() {
		running := 0.0
		if st.State == roles.Running {
			running = 1
		}
		gauge(metricRole, running, st.Name)
	}
	if free, _, err := disk(m.a.opt.Data); err == nil {
		gauge(metricFree, float64(free))
	}
}

func (m *metrics) sources(ctx context.Context, gauge func(*prometheus.Desc, float64, ...string)) {
	all, err := frontier.Sources(ctx, m.a.db.Read())
	if err != nil {
		return
	}
	trouble := 0
	for _, s := range all {
		if s.Enabled && s.LastError != "" {
			trouble++
		}
	}
	gauge(metricTrouble, float64(trouble))
}

func (m *metrics) stages(ctx context.Context, gauge func(*prometheus.Desc, float64, ...string)) {
	if all, err := m.a.stream.Progress(ctx); err == nil {
		for _, p := range all {
			gauge(metricConsumer, float64(p.Waiting), p.Consumer)
		}
	}
	if n, err := m.a.index.Count(ctx, ""); err == nil {
		gauge(metricIndexed, float64(n))
	}
	if n, err := m.a.indexer.Behind(ctx); err == nil {
		gauge(metricBehind, float64(n))
	}
	if all, err := m.a.givenUp(ctx); err == nil {
		gauge(metricQuarantine, float64(len(all)))
	}
}
