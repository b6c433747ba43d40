// Command lamro watches public news about a province, tells its press office, and lets analysts
// search every mention. README says how to begin; each command has its own file here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"lamro/internal/control"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// Exit statuses, the same for every command.
const (
	statusWrong = 1 // something was found wrong: an invalid file, unhealthy, some inputs failed
	statusUsage = 2 // wrong usage or configuration
)

// exit is an error that chooses the status. Its text may be empty when all was said already.
type exit struct {
	status int
	err    error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// wrong marks err as status 1; a nil err means that all was said already.
func wrong(err error) error { return &exit{statusWrong, err} }

// usage marks err as status 2.
func usage(err error) error { return &exit{statusUsage, err} }

// run is the whole program: what scripts in testdata call.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := interruptible()
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return status(root.ExecuteContext(ctx), stderr)
}

func status(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(stderr, "lamro:", text)
	}
	var e *exit
	if errors.As(err, &e) {
		return e.status
	}
	var refused *control.Error
	if errors.As(err, &refused) && refused.Code == "invalid" {
		return statusUsage
	}
	return statusWrong
}

// interruptible returns a context that ends with the first SIGINT or SIGTERM; the second ends
// the process at once.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case <-signals:
			cancel()
		case <-done:
			return
		}
		select {
		case <-signals:
			os.Exit(130)
		case <-done:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}

// globals are the flags that every command takes.
type globals struct {
	config string
	data   string
}

func newRoot() *cobra.Command {
	g := &globals{}
	root := &cobra.Command{
		Use:   "lamro",
		Short: "Watches public news about a province, alerts its press office, searches every mention",
		Long: `Lamro (làm rõ, "to make clear") watches public news about a Vietnamese province.

  lamro up --contact YOUR-ADDRESS   the whole system in one process
  lamro demo                        the same on an invented web, without internet`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          onlySubcommands,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVar(&g.config, "config", "configs/lamro.yaml", "settings file; where it is absent the built-in settings hold")
	root.PersistentFlags().StringVar(&g.data, "data", "data", "data directory")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(commands(g)...)
	return root
}
