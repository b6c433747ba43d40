package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"lamro/internal/app"
)

// How often a running back-test is asked how far it came: a terminal sees each answer in place
// of the one before, a log one line a minute.
const (
	progressOnTerminal = time.Second
	progressInLog      = time.Minute
)

// followBacktest shows on stderr how far the back-test that is about to begin came, until the
// function that it returns is called; twice is harmless.
func (k *connection) followBacktest(ctx context.Context, cmd *cobra.Command, in *app.Backtest) (done func()) {
	in.Run = rand.Text()
	stderr := cmd.ErrOrStderr()
	pause, line, end := progressInLog, "%s read, now at %s\n", ""
	if isTerminal(stderr) {
		pause, line, end = progressOnTerminal, "\r\x1b[K%s read, now at %s", "\r\x1b[K"
	}
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			var at app.BacktestProgress
			// What cannot be told now is told with the result.
			if err := k.Call(ctx, "watch.backtest.progress", app.ID{ID: in.Run}, &at); err == nil && at.Articles > 0 {
				fmt.Fprintf(stderr, line, count(at.Articles, "article"), at.Day)
			}
		}
	})
	return sync.OnceFunc(func() {
		cancel()
		following.Wait()
		fmt.Fprint(stderr, end)
	})
}
