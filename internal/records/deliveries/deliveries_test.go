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

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// tx runs fn in a transaction and fails the test on an error.
func tx(t testing.TB, db *records.DB, fn func(ctx context.Context, tx *records.Tx) error) {
	t.Helper()
	if err := db.Tx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func newAlert(article, watch string, severity news.Severity) deliveries.NewAlert {
	return deliveries.NewAlert{
		Article: article, N: 1, BodyHash: "text of " + article, Source: "bao-mau", Route: "toan-vung", SeenAt: noon,
		Mention: news.Mention{
			Watch: watch, WatchRev: 3, Severity: severity, Class: news.Exact, Certain: true, Places: []string{"06"},
			Spans: []news.Span{{Field: news.FieldTitle, Start: 0, End: 3, Term: "place:06"}}, Why: "the province by name",
		},
	}
}

func alert(t testing.TB, db *records.DB, a deliveries.NewAlert) (id int64, outcome deliveries.Outcome) {
	t.Helper()
	tx(t, db, func(ctx context.Context, tx *records.Tx) (err error) {
		id, outcome, err = deliveries.AddAlert(ctx, tx, a, noon)
		return err
	})
	return id, outcome
}

func deliver(t testing.TB, db *records.DB, alert, person int64, channel string) {
	t.Helper()
	tx(t, db, func(ctx context.Context, tx *records.Tx) error {
		return deliveries.Add(ctx, tx, alert, person, channel, "", noon)
	})
}

// states describes every delivery of an alert's matter: "alert→person/channel state".
func states(t testing.TB, db *records.DB, alert int64) map[string]deliveries.State {
	t.Helper()
	tries, err := deliveries.Tries(t.Context(), db.Read(), alert)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]deliveries.State{}
	for _, d := range tries {
		got[fmt.Sprintf("%d→%d/%s", d.Alert, d.Person, d.Channel)] = d.State
	}
	return got
}

func expect(t testing.TB, what string, got, want map[string]deliveries.State) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestAnArticleAlertsAWatchOnce(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	first, outcome := alert(t, db, newAlert("a", "w", news.Normal))
	if first == 0 || outcome != deliveries.Added {
		t.Fatalf("first = %d, %s", first, outcome)
	}
	edited := newAlert("a", "w", news.Critical)
	edited.N, edited.BodyHash = 2, "edited"
	for _, c := range []struct {
		name string
		a    deliveries.NewAlert
		want deliveries.Outcome
	}{
		{"the same event again", newAlert("a", "w", news.Normal), deliveries.Repeat},
		{"an edit of the article", edited, deliveries.Repeat},
		{"a copy under another address", func() deliveries.NewAlert {
			c := newAlert("b", "w", news.Normal)
			c.BodyHash = "text of a"
			return c
		}(), deliveries.Copied},
		{"another watch", newAlert("a", "v", news.Normal), deliveries.Added},
		{"another text", newAlert("c", "w", news.Normal), deliveries.Added},
	} {
		if _, got := alert(t, db, c.a); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	without := newAlert("d", "w", news.Normal)
	without.BodyHash = ""
	other := newAlert("e", "w", news.Normal)
	other.BodyHash = ""
	alert(t, db, without)
	if _, got := alert(t, db, other); got != deliveries.Added {
		t.Errorf("two articles without a hash: %s, want both alerted", got)
	}
}

func TestOneMessageForSeveralWatches(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	high, _ := alert(t, db, newAlert("a", "h", news.High))
	low, _ := alert(t, db, newAlert("a", "l", news.Low))
	for range 2 { // whatever is called twice
		deliver(t, db, high, 1, "email")
		deliver(t, db, low, 1, "email")
		deliver(t, db, low, 2, "email")
		deliver(t, db, high, 1, deliveries.Bell)
		deliver(t, db, low, 1, deliveries.Bell)
	}
	expect(t, "deliveries", states(t, db, low), map[string]deliveries.State{
		"1→1/email": deliveries.Pending, "2→1/email": deliveries.Bundled, "2→2/email": deliveries.Pending,
		"1→1/bell": deliveries.Sent, "2→1/bell": deliveries.Bundled,
	})

	// A later watch that is no more severe joins; a more severe one takes over what still waits.
	later, _ := alert(t, db, newAlert("a", "later", news.High))
	deliver(t, db, later, 1, "email")
	critical, _ := alert(t, db, newAlert("a", "critical", news.Critical))
	deliver(t, db, critical, 1, "email")
	expect(t, "after a critical one", states(t, db, high), map[string]deliveries.State{
		"1→1/email": deliveries.Bundled, "2→1/email": deliveries.Bundled, "2→2/email": deliveries.Pending,
		"1→1/bell": deliveries.Sent, "2→1/bell": deliveries.Bundled, "3→1/email": deliveries.Bundled,
	})
	expect(t, "the critical one", states(t, db, critical), map[string]deliveries.State{"4→1/email": deliveries.Pending})
}

func TestWhatWasSentIsNotTakenBack(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	normal, _ := alert(t, db, newAlert("a", "n", news.Normal))
	deliver(t, db, normal, 1, "email")
	d := claim(t, db, "email", noon)
	tx(t, db, func(ctx context.Context, tx *records.Tx) error { return deliveries.MarkSent(ctx, tx, d.ID, noon) })
	high, _ := alert(t, db, newAlert("a", "h", news.High))
	deliver(t, db, high, 1, "email")
	expect(t, "sent", states(t, db, normal), map[string]deliveries.State{"1→1/email": deliveries.Sent})
	expect(t, "more severe", states(t, db, high), map[string]deliveries.State{"2→1/email": deliveries.Pending})
	equal, _ := alert(t, db, newAlert("a", "e", news.Normal))
	deliver(t, db, equal, 1, "email")
	expect(t, "no more severe", states(t, db, equal), map[string]deliveries.State{"2→1/email": deliveries.Pending, "3→1/email": deliveries.Bundled})
}

func TestAFailedMessageCarriesNothing(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	first, _ := alert(t, db, newAlert("a", "n", news.Normal))
	deliver(t, db, first, 1, "email")
	d := claim(t, db, "email", noon)
	tx(t, db, func(ctx context.Context, tx *records.Tx) error {
		return deliveries.Fail(ctx, tx, d.ID, "smtp-refused", "550 no such user")
	})
	second, _ := alert(t, db, newAlert("a", "m", news.Normal))
	deliver(t, db, second, 1, "email")
	expect(t, "after a failure", states(t, db, second), map[string]deliveries.State{"1→1/email": deliveries.Failed, "2→1/email": deliveries.Pending})
	tx(t, db, func(ctx context.Context, tx *records.Tx) error { return deliveries.Retry(ctx, tx, d.ID, noon) })
	if again := claim(t, db, "email", noon); again.ID != d.ID || again.Attempts != 1 || again.MessageID != d.MessageID {
		t.Errorf("after Retry: %+v, want delivery %d with its Message-ID and a first try", again, d.ID)
	}
}

func claim(t testing.TB, db *records.DB, channel string, now time.Time) (d deliveries.Delivery) {
	t.Helper()
	tx(t, db, func(ctx context.Context, tx *records.Tx) (err error) {
		d, err = deliveries.Claim(ctx, tx, channel, now)
		return err
	})
	return d
}

func TestClaimTakesTheMostSevereThatIsDue(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	for i, s := range []news.Severity{news.Low, news.Critical, news.High} {
		id, _ := alert(t, db, newAlert(fmt.Sprint("a", i), "w", s))
		deliver(t, db, id, 1, "email")
	}
	if err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		_, err := deliveries.Claim(ctx, tx, "email", noon.Add(-time.Second))
		return err
	}); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("Claim before its time = %v, want ErrNotFound", err)
	}
	var order []string
	for range 3 {
		order = append(order, claim(t, db, "email", noon).Article)
	}
	if got := fmt.Sprint(order); got != "[a1 a2 a0]" {
		t.Errorf("claimed %s, want critical, high, low", got)
	}
	if at, err := deliveries.NextDue(t.Context(), db.Read(), "email"); err != nil || !at.IsZero() {
		t.Errorf("NextDue = %v, %v; want nothing left", at, err)
	}
}

// A process may die at every point of a try. What another one finds must lead to one message,
// or to two where the first was handed over, and never to three.
func TestRecoverAfterDeath(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id, _ := alert(t, db, newAlert("a", "w", news.Normal))
	deliver(t, db, id, 1, "email")
	key := ""
	for i, c := range []struct {
		handed     bool
		wantState  deliveries.State
		wantRepeat bool
	}{
		{false, deliveries.Pending, false}, // died before anything left
		{true, deliveries.Pending, true},   // died with the last byte on the way
		{false, deliveries.Pending, true},  // died before the second left
		{true, deliveries.Sent, true},      // died with the second on the way: there is no third
	} {
		d := claim(t, db, "email", noon)
		if key == "" {
			key = d.MessageID
		}
		if d.MessageID != key {
			t.Errorf("try %d has Message-ID %s, want %s", i, d.MessageID, key)
		}
		if c.handed {
			tx(t, db, func(ctx context.Context, tx *records.Tx) error { return deliveries.HandOver(ctx, tx, d.ID, noon) })
		}
		tx(t, db, func(ctx context.Context, tx *records.Tx) error {
			n, err := deliveries.Recover(ctx, tx, noon)
			if n != 1 {
				t.Errorf("Recover = %d, want 1", n)
			}
			return err
		})
		tries, err := deliveries.Tries(t.Context(), db.Read(), id)
		if err != nil {
			t.Fatal(err)
		}
		if tries[0].State != c.wantState || tries[0].MaybeRepeat != c.wantRepeat {
			t.Errorf("after death %d: %s, repeat %v; want %s, %v", i, tries[0].State, tries[0].MaybeRepeat, c.wantState, c.wantRepeat)
		}
	}
	tries, err := deliveries.Tries(t.Context(), db.Read(), id)
	if err != nil || tries[0].Cause != deliveries.CauseUnconfirmed || tries[0].SentAt.IsZero() {
		t.Errorf("in the end %+v, %v; want sent and unconfirmed", tries, err)
	}
}

func TestAnUnansweredTryIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id, _ := alert(t, db, newAlert("a", "w", news.Normal))
	deliver(t, db, id, 1, "email")
	for i, want := range []deliveries.State{deliveries.Pending, deliveries.Sent} {
		d := claim(t, db, "email", noon)
		if d.MaybeRepeat != (i == 1) {
			t.Errorf("try %d: MaybeRepeat = %v", i, d.MaybeRepeat)
		}
		tx(t, db, func(ctx context.Context, tx *records.Tx) error {
			if err := deliveries.HandOver(ctx, tx, d.ID, noon); err != nil {
				return err
			}
			return deliveries.Again(ctx, tx, d.ID, noon, "smtp-broken", "EOF", true)
		})
		expect(t, "unanswered", states(t, db, id), map[string]deliveries.State{"1→1/email": want})
	}
}

func TestAnOutcomeCountsOnlyWhileSending(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id, _ := alert(t, db, newAlert("a", "w", news.Normal))
	deliver(t, db, id, 1, "email")
	err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error { return deliveries.MarkSent(ctx, tx, 1, noon) })
	if !errors.Is(err, records.ErrNotFound) {
		t.Errorf("MarkSent of what nobody sends = %v, want ErrNotFound", err)
	}
	d := claim(t, db, "email", noon)
	tx(t, db, func(ctx context.Context, tx *records.Tx) error {
		return deliveries.Postpone(ctx, tx, d.ID, noon.Add(time.Hour), "no-address")
	})
	if at, err := deliveries.NextDue(t.Context(), db.Read(), "email"); err != nil || !at.Equal(noon.Add(time.Hour)) {
		t.Errorf("NextDue = %v, %v; want in an hour", at, err)
	}
	if again := claim(t, db, "email", noon.Add(time.Hour)); again.Attempts != 1 {
		t.Errorf("attempts = %d, want that a postponed try does not count", again.Attempts)
	}
}

func TestForgetTakesWhatCouldRepeatTheText(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id, _ := alert(t, db, newAlert("a", "w", news.Normal))
	deliver(t, db, id, 1, "email")
	tx(t, db, func(ctx context.Context, tx *records.Tx) error { return deliveries.Forget(ctx, tx, "a") })
	v, err := deliveries.Get(t.Context(), db.Read(), id, 1)
	if err != nil || v.Mention.Why != "" || v.Mention.Spans != nil || v.Sent != deliveries.Failed || v.Cause != "deleted" {
		t.Errorf("after Forget: %+v, %v", v, err)
	}
}

func BenchmarkAlert(b *testing.B) {
	db := recordstest.Open(b)
	i := 0
	for b.Loop() {
		i++
		err := db.Tx(b.Context(), func(ctx context.Context, tx *records.Tx) error {
			for _, w := range []string{"a", "b", "c", "d"} {
				id, _, err := deliveries.AddAlert(ctx, tx, newAlert(fmt.Sprint("article", i), w, news.Normal), noon)
				if err != nil {
					return err
				}
				for person := int64(1); person <= 3; person++ {
					if err := deliveries.Add(ctx, tx, id, person, "email", "", noon); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
