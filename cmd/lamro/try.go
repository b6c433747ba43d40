package main

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"lamro/analyzer/places"
	"lamro/internal/app"
	"lamro/internal/settings"
	"lamro/internal/try"
)

// tryFlags are the flags of every `lamro try`.
type tryFlags struct {
	province, watches string
	threads           int
}

// stage is one stage as try.Run wants it.
type stage = func(ctx context.Context, line []byte) (any, error)

func newTry() *cobra.Command {
	f := &tryFlags{}
	always := func(s stage) func(*cobra.Command) (stage, error) {
		return func(*cobra.Command) (stage, error) { return s, nil }
	}
	cmd := group("try", "Runs one stage on your own files, JSON Lines in and out",
		newTryStage(f, "extract", "The article of a page: {id, url, html_path or html_base64}", always(try.Extract)),
		newTryStage(f, "feed", "The items of a feed, sitemap or list page: {id, url, path}", always(try.Feed)),
		newTryStage(f, "robots", "Whether a robots.txt allows a visit: {id, robots_txt, user_agent, url}", always(try.Robots)),
		newTryStage(f, "text", "How a text is read: {id, text}", always(try.Text)),
		newTryStage(f, "query", "How a query is understood: {id, query}, optional mode and iy", always(try.Query)),
		newTryStage(f, "match", "Which watches a text satisfies: {id, title, text}", f.match),
		newTryStage(f, "places", "Which places a text means: {id, title, text}", f.places))
	cmd.Long = `Runs one stage of Lamro on JSON Lines from standard input and writes one JSON line for each, in
the same order and with the same id. A line that fails gives {"id":…,"error":{"code":…,"message":…}},
for a query also with position, expected and suggestion; the run goes on and ends with status 1.
Offsets are bytes of the field as given. It needs no installation and no network; a path that ends
in .gz is read through gzip.`
	flags := cmd.PersistentFlags()
	flags.StringVar(&f.province, "province", "configs/provinces/bac-kan", "directory with places, watches and sources")
	flags.StringVar(&f.watches, "watches", "", "file with other watches: YAML as watches.yaml, or JSON Lines {watch, query}, optional mode and iy")
	flags.IntVar(&f.threads, "threads", 1, "how many lines are worked on at once")
	return cmd
}

func newTryStage(f *tryFlags, name, what string, open func(*cobra.Command) (stage, error)) *cobra.Command {
	return &cobra.Command{
		Use:   name,
		Short: what,
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.threads < 1 {
				return usage(fmt.Errorf("--threads must be 1 or more"))
			}
			fn, err := open(cmd)
			if err != nil {
				return err
			}
			failed, err := try.Run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), f.threads, fn)
			if err == nil && failed > 0 {
				err = wrong(fmt.Errorf("%s failed", count(failed, "line")))
			}
			return err
		},
	}
}

// directory reads the settings of the province and its directory of places. home names the place
// that a source writes for.
func (f *tryFlags) directory() (p settings.Province, g *places.Gazetteer, home func(source string) string, err error) {
	p, err = settings.LoadProvince(f.province, settings.Options{ParseQuery: app.ParseWatchQuery, CheckPlaces: app.CheckPlaces})
	if err != nil {
		return p, nil, nil, wrongSettings(err)
	}
	g, err = places.Load(bytes.NewReader(p.Places.Data), p.Places.Name)
	if err != nil {
		return p, nil, nil, usage(err)
	}
	homes := map[string]string{}
	for _, s := range p.Sources {
		homes[s.ID] = s.Place
	}
	return p, g, func(source string) string { return homes[source] }, nil
}

// places reads the directory of places.
func (f *tryFlags) places(*cobra.Command) (stage, error) {
	_, g, home, err := f.directory()
	if err != nil {
		return nil, err
	}
	return try.Places(g, home), nil
}

// match reads places, sources and watches, and compiles the watches.
func (f *tryFlags) match(cmd *cobra.Command) (stage, error) {
	p, gazetteer, home, err := f.directory()
	if err != nil {
		return nil, err
	}
	list := p.Watches
	if f.watches != "" {
		data, err := os.ReadFile(f.watches) // the file that the person named
		if err != nil {
			return nil, usage(err)
		}
		if list, err = try.ReadWatches(f.watches, data); err != nil {
			return nil, usage(err)
		}
	}
	set, warnings, err := try.CompileWatches(list)
	if err != nil {
		return nil, usage(err)
	}
	for _, w := range warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
	}
	return try.Match(gazetteer, set, home), nil
}
