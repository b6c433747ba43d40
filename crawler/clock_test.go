package crawler

import (
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestClockGoesOnAfterAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ran atomic.Int32
		stop, err := every(every15, func() {
			if ran.Add(1) == 1 {
				panic("lần đầu hỏng")
			}
		}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute + time.Second) // virtual
		stop()
		if n := ran.Load(); n != 4 {
			t.Errorf("ran %d times in a minute, want 4", n)
		}
	})
}

func TestClockDoesNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ran atomic.Int32
		stop, err := every(everySecond, func() {
			ran.Add(1)
			time.Sleep(10 * time.Second) // virtual: the job takes longer than the time between two
		}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		begin := time.Now()
		stop()
		if n := ran.Load(); n != 1 {
			t.Errorf("ran %d times at once, want 1", n)
		}
		if time.Since(begin) < 5*time.Second {
			t.Error("stop did not wait for the job")
		}
	})
}
