package deliveries_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/recordstest"
)

// filled holds three matters: a (high, with a low watch under it, mailed and rung to 1), b
// (normal, rung to 1 and 2) and c (low, reaching nobody).
func filled(t *testing.T) *records.DB {
	db := recordstest.Open(t)
	high, _ := alert(t, db, newAlert("a", "h", news.High))
	low, _ := alert(t, db, newAlert("a", "l", news.Low))
	normal, _ := alert(t, db, newAlert("b", "n", news.Normal))
	nobody, _ := alert(t, db, newAlert("c", "l", news.Low))
	for _, id := range []int64{high, low} {
		deliver(t, db, id, 1, deliveries.Bell)
		deliver(t, db, id, 1, "email")
	}
	deliver(t, db, normal, 1, deliveries.Bell)
	deliver(t, db, normal, 2, deliveries.Bell)
	tx(t, db, func(ctx context.Context, tx *records.Tx) error {
		return deliveries.AddNoRecipient(ctx, tx, nobody, noon)
	})
	return db
}

func ids(list []deliveries.View) string {
	var got []int64
	for _, v := range list {
		got = append(got, v.ID)
	}
	return fmt.Sprint(got)
}

func TestListNarrows(t *testing.T) {
	t.Parallel()
	db := filled(t)
	tx(t, db, func(ctx context.Context, tx *records.Tx) error {
		if err := deliveries.MarkSeen(ctx, tx, 1, 2, noon); err != nil { // by an alert under the head
			return err
		}
		return deliveries.Acknowledge(ctx, tx, 2, 3, noon)
	})
	for _, c := range []struct {
		name string
		f    deliveries.Filter
		want string
	}{
		{"all", deliveries.Filter{}, "[4 3 1]"},
		{"unseen by 1", deliveries.Filter{Person: 1, Unseen: true}, "[3]"},
		{"unseen by 2, who acknowledged", deliveries.Filter{Person: 2, Unseen: true}, "[]"},
		{"open", deliveries.Filter{Open: true}, "[4 1]"},
		{"severity of the head", deliveries.Filter{Severity: news.Low}, "[4]"},
		{"watch under a head", deliveries.Filter{Watch: "l"}, "[4 1]"},
		{"article", deliveries.Filter{Article: "b"}, "[3]"},
		{"waiting", deliveries.Filter{State: deliveries.Pending}, "[1]"},
		{"without recipient", deliveries.Filter{State: deliveries.NoRecipient}, "[4]"},
		{"a day", deliveries.Filter{From: noon, To: noon.Add(time.Hour)}, "[4 3 1]"},
		{"the day after", deliveries.Filter{From: noon.Add(time.Hour)}, "[]"},
		{"a page", deliveries.Filter{Limit: 2}, "[4 3]"},
		{"the next page", deliveries.Filter{Limit: 2, Before: 3}, "[1]"},
		{"several at once", deliveries.Filter{Watch: "l", Severity: news.High, Open: true, Person: 1, Before: 9}, "[1]"},
	} {
		got, err := deliveries.List(t.Context(), db.Read(), c.f)
		if err != nil || ids(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, ids(got), err, c.want)
		}
	}
}

func TestViewSaysWhatPeopleAsk(t *testing.T) {
	t.Parallel()
	db := filled(t)
	v, err := deliveries.Get(t.Context(), db.Read(), 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := newAlert("a", "h", news.High).Mention
	if v.ID != 1 || v.Article != "a" || v.Source != "bao-mau" || v.Route != "toan-vung" || v.Severity != news.High ||
		fmt.Sprint(v.Mention) != fmt.Sprint(want) || !v.SeenAt.Equal(noon) || !v.CreatedAt.Equal(noon) {
		t.Errorf("view = %+v, want the head with mention %+v", v, want)
	}
	if fmt.Sprint(v.Also) != "[{2 l low}]" || v.Sent != deliveries.Pending || v.Seen {
		t.Errorf("also %v, sent %s, seen %v; want the low watch, pending, unseen", v.Also, v.Sent, v.Seen)
	}
	for alert, want := range map[int64]deliveries.State{3: "", 4: deliveries.NoRecipient} {
		if v, err := deliveries.Get(t.Context(), db.Read(), alert, 1); err != nil || v.Sent != want {
			t.Errorf("alert %d: sent %q, %v; want %q", alert, v.Sent, err, want)
		}
	}
	if _, err := deliveries.Get(t.Context(), db.Read(), 99, 1); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("Get(99) = %v, want ErrNotFound", err)
	}
}

func TestCountsAndReads(t *testing.T) {
	t.Parallel()
	db := filled(t)
	counts := func(person int64) deliveries.Counts {
		c, err := deliveries.Count(t.Context(), db.Read(), deliveries.Filter{Person: person, Limit: 1, Before: 2})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if got, want := counts(1), (deliveries.Counts{Unseen: 2, Open: 3, All: 3}); got != want {
		t.Errorf("counts = %+v, want %+v", got, want)
	}
	for range 2 {
		tx(t, db, func(ctx context.Context, tx *records.Tx) error {
			if err := deliveries.Acknowledge(ctx, tx, 1, 1, noon); err != nil {
				return err
			}
			return deliveries.Acknowledge(ctx, tx, 2, 2, noon.Add(time.Minute))
		})
	}
	v, err := deliveries.Get(t.Context(), db.Read(), 1, 1)
	if err != nil || v.AcknowledgedBy != 1 || !v.AcknowledgedAt.Equal(noon) || !v.Seen {
		t.Errorf("acknowledged by %d at %v, seen %v, %v; want the first of both, seen", v.AcknowledgedBy, v.AcknowledgedAt, v.Seen, err)
	}
	if got, want := counts(1), (deliveries.Counts{Unseen: 1, Open: 2, All: 3}); got != want {
		t.Errorf("counts = %+v, want %+v", got, want)
	}
	if n, err := deliveries.Unseen(t.Context(), db.Read(), 1); err != nil || n != 1 {
		t.Errorf("Unseen = %d, %v; want 1", n, err)
	}
	if n, err := deliveries.WithoutRecipient(t.Context(), db.Read(), noon); err != nil || n != 1 {
		t.Errorf("WithoutRecipient = %d, %v; want 1", n, err)
	}
	if err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		return deliveries.Acknowledge(ctx, tx, 1, 99, noon)
	}); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("Acknowledge(99) = %v, want ErrNotFound", err)
	}
}

func TestNotAlertedIsCountedByReason(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	note := func(article, watch, reason string) {
		tx(t, db, func(ctx context.Context, tx *records.Tx) error {
			return deliveries.AddUnalerted(ctx, tx, article, watch, reason, noon)
		})
	}
	note("a", "w", news.NotNewsFirstPoll)
	note("a", "v", news.NotNewsFirstPoll)
	note("a", "w", news.NotNewsBackfill) // the first reason stays
	note("b", "w", deliveries.ReasonUncertain)
	note("c", "w", deliveries.ReasonUncertain)
	alert(t, db, newAlert("c", "w", news.Normal)) // certain in its second version
	note("c", "w", deliveries.ReasonCopy)
	got, err := deliveries.NotAlerted(t.Context(), db.Read(), noon, noon.Add(time.Hour))
	if want := map[string]int{news.NotNewsFirstPoll: 1, deliveries.ReasonUncertain: 1}; err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("NotAlerted = %v, %v; want %v", got, err, want)
	}
	tx(t, db, func(ctx context.Context, tx *records.Tx) error {
		if n, err := deliveries.PruneUnalerted(ctx, tx, noon.Add(time.Second)); err != nil || n != 3 {
			t.Errorf("PruneUnalerted = %d, %v; want 3", n, err)
		}
		return nil
	})
}

func TestStatsForTheOperator(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	for i, channel := range []string{"email", "email", "email", "webhook:chat"} {
		id, _ := alert(t, db, newAlert(fmt.Sprint(i), "w", news.Normal))
		deliver(t, db, id, 1, channel)
	}
	d := claim(t, db, "email", noon)
	tx(t, db, func(ctx context.Context, tx *records.Tx) error {
		if err := deliveries.Fail(ctx, tx, d.ID, "smtp-refused", "550"); err != nil {
			return err
		}
		return deliveries.Explain(ctx, tx, "webhook:chat", "", "not-configured")
	})
	got, err := deliveries.Stats(t.Context(), db.Read(), noon.Add(-time.Hour))
	if err != nil || len(got) != 2 {
		t.Fatalf("Stats = %+v, %v; want two channels", got, err)
	}
	if q := got[0]; q.Channel != "email" || q.Waiting != 2 || q.Failed != 1 || !q.Oldest.Equal(noon) || q.Causes["smtp-refused"] != 1 {
		t.Errorf("email: %+v", q)
	}
	if q := got[1]; q.Channel != "webhook:chat" || q.Waiting != 1 || q.Causes["not-configured"] != 1 {
		t.Errorf("webhook: %+v", q)
	}
	if channels, err := deliveries.Channels(t.Context(), db.Read()); err != nil || fmt.Sprint(channels) != "[email webhook:chat]" {
		t.Errorf("Channels = %v, %v", channels, err)
	}
}
