package alerter_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamro/alerter"
	"lamro/internal/news"
	"lamro/internal/records/deliveries"
)

func TestMessageSaysWhatMatters(t *testing.T) {
	mail := &post{}
	in(t, func(o *office) { o.channels["email"] = mail }, func(o *office, a *alerter.Alerter) {
		begin := time.Now()
		o.handle(a, o.event("a", mention("tinh", news.Normal), mention("thien-tai", news.Critical)))
		synctest.Wait()
		if took := time.Since(begin); took > time.Second {
			t.Errorf("sent after %v, want at once", took)
		}
		o.expect("sent",
			"thien-tai→0/webhook:chat pending not-configured",
			"thien-tai→1/bell sent", "thien-tai→1/email sent", "tinh→1/bell bundled", "tinh→1/email bundled",
			"tinh→2/bell sent", "tinh→2/email sent")
		got := mail.messages() // two people are written to at once, in any order
		m := got[slices.IndexFunc(got, func(m alerter.Message) bool { return m.To == officer })]
		if len(got) != 2 || m.Severity != news.Critical || m.RouteName != "Khẩn cấp" || m.MaybeRepeat || len(m.Key) < 20 {
			t.Errorf("message = %+v", m)
		}
		if got := fmt.Sprint(len(m.Matches), m.Matches[0].Name, m.Matches[0].Words, m.Matches[0].InTitle, m.Matches[1].Name); got !=
			"2Thiên tai[Bắc Kạn sạt lở] trueToàn vùng" {
			t.Errorf("matches: %s", got)
		}
		art := m.Article
		if art.SourceName != "Báo Mẫu" || art.Tier != 1 || fmt.Sprint(art.Places) != "[Bắc Kạn]" || art.URL != "https://bao-mau.example/a" {
			t.Errorf("article = %+v", art)
		}
		if art.Snippet != "Đường vào xã sạt lở, gọi ********** để báo tin." {
			t.Errorf("snippet = %q, want the passage with personal data masked", art.Snippet)
		}
		for _, mark := range art.SnippetMarks {
			if got := art.Snippet[mark.Start:mark.End]; got != "sạt lở" {
				t.Errorf("marked %q, want what matched", got)
			}
		}
	})
}

func TestTemporaryFailuresComeBackLater(t *testing.T) {
	mail := &post{answer: func(_ alerter.Message, try int) error {
		if try <= 5 {
			return &alerter.Failure{Code: "smtp-later", Answered: true, Err: errors.New("451 greylisted")}
		}
		return nil
	}}
	in(t, func(o *office) {
		o.channels["email"] = mail
		o.people["analyst"] = nil
	}, func(o *office, a *alerter.Alerter) {
		begin := time.Now()
		o.handle(a, o.event("a", mention("tinh", news.Normal)))
		synctest.Wait()
		o.expect("after the first try", "tinh→1/bell sent", "tinh→1/email pending smtp-later")
		time.Sleep(time.Hour)
		synctest.Wait()
		o.expect("in the end", "tinh→1/bell sent", "tinh→1/email sent")
		got := mail.messages()
		if len(got) != 1 || got[0].MaybeRepeat {
			t.Fatalf("arrived %d times, repeat %v; want once, as the first", len(got), got[0].MaybeRepeat)
		}
		// 15 s doubling, within a fifth: 465 s in all.
		tries, err := deliveries.Tries(o.t.Context(), o.db.Read(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if took := tries[1].SentAt.Sub(begin); took < 370*time.Second || took > 560*time.Second || tries[1].Attempts != 6 {
			t.Errorf("sent after %v and %d tries, want about 465 s and 6", took, tries[1].Attempts)
		}
	})
}

func TestRefusedForGood(t *testing.T) {
	mail := &post{answer: func(alerter.Message, int) error {
		return &alerter.Failure{Code: "smtp-refused", Permanent: true, Answered: true, Err: errors.New("550 " + strings.Repeat("không có hộp thư ", 40))}
	}}
	in(t, func(o *office) {
		o.channels["email"] = mail
		o.people["analyst"] = nil
	}, func(o *office, a *alerter.Alerter) {
		o.handle(a, o.event("a", mention("tinh", news.Normal)))
		time.Sleep(time.Hour)
		synctest.Wait()
		o.expect("given up", "tinh→1/bell sent", "tinh→1/email failed smtp-refused")
		tries, err := deliveries.Tries(o.t.Context(), o.db.Read(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if d := tries[1]; d.Attempts != 3 || !strings.HasPrefix(d.Detail, "550 không có hộp thư") || len(d.Detail) > 320 {
			t.Errorf("attempts %d, detail %q; want three tries and what the server said, cut", d.Attempts, d.Detail)
		}
	})
}

func TestServerThatIsDownForTooLong(t *testing.T) {
	mail := &post{answer: func(alerter.Message, int) error {
		return &alerter.Failure{Code: "smtp-unreachable", Err: errors.New("connection refused")}
	}}
	in(t, func(o *office) {
		o.channels["email"] = mail
		o.people["analyst"] = nil
	}, func(o *office, a *alerter.Alerter) {
		o.handle(a, o.event("a", mention("tinh", news.Normal)))
		time.Sleep(60 * time.Minute)
		synctest.Wait()
		o.expect("while it is tried", "tinh→1/bell sent", "tinh→1/email pending smtp-unreachable")
		time.Sleep(90 * time.Minute)
		synctest.Wait()
		o.expect("after too long", "tinh→1/bell sent", "tinh→1/email failed smtp-unreachable")
	})
}

func TestUnansweredTriesArriveAtMostTwice(t *testing.T) {
	arrived := 0
	mail := &post{}
	mail.answer = func(m alerter.Message, try int) error {
		ctx := context.Background()
		if m.MaybeRepeat != (try > 1) {
			t.Errorf("try %d: MaybeRepeat = %v", try, m.MaybeRepeat)
		}
		if err := m.HandOver(ctx); err != nil {
			return err
		}
		arrived++
		return &alerter.Failure{Code: "smtp-broken", Err: errors.New("EOF")}
	}
	in(t, func(o *office) {
		o.channels["email"] = mail
		o.people["analyst"] = nil
	}, func(o *office, a *alerter.Alerter) {
		o.handle(a, o.event("a", mention("tinh", news.Normal)))
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		o.expect("unconfirmed", "tinh→1/bell sent", "tinh→1/email sent unconfirmed")
		if arrived != 2 {
			t.Errorf("left %d times, want twice", arrived)
		}
	})
}

func TestStoppingFinishesWhatRuns(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	synctest.Test(t, func(t *testing.T) {
		begun, release = make(chan struct{}), make(chan struct{})
		mail := &post{answer: func(alerter.Message, int) error {
			begun <- struct{}{}
			<-release
			return nil
		}}
		o := newOffice(t)
		o.channels["email"] = mail
		o.people["analyst"] = nil
		a := o.alerter()
		stop := o.run(a)
		o.handle(a, o.event("a", mention("tinh", news.Normal)))
		<-begun
		go func() {
			time.Sleep(10 * time.Second)
			close(release)
		}()
		stop()
		o.expect("after the stop", "tinh→1/bell sent", "tinh→1/email sent")
		// The role starts again in the same process.
		stop = o.run(a)
		o.handle(a, o.event("b", mention("tinh", news.Normal)))
		<-begun
		stop()
		if got := len(mail.messages()); got != 2 {
			t.Errorf("%d messages, want 2", got)
		}
	})
}

func TestChannelsWaitUntilTheyAreSetUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.people["analyst"] = nil
		a := o.alerter()
		stop := o.run(a)
		o.handle(a, o.event("a", mention("tinh", news.Normal)))
		time.Sleep(time.Minute)
		o.expect("without a mail server", "tinh→1/bell sent", "tinh→1/email pending not-configured")
		stop()

		mail := &post{}
		o.channels["email"] = mail
		stop = o.run(o.alerter())
		synctest.Wait()
		o.expect("with one", "tinh→1/bell sent", "tinh→1/email sent")
		stop()

		// What is older than the settings try is not news any more when the server comes.
		delete(o.channels, "email")
		stop = o.run(o.alerter())
		o.handle(o.alerter(), o.event("b", mention("tinh", news.Normal)))
		time.Sleep(3 * time.Hour)
		stop()
		o.channels["email"] = mail
		stop = o.run(o.alerter())
		synctest.Wait()
		o.expect("too late", "tinh→1/bell sent", "tinh→1/bell sent", "tinh→1/email failed expired", "tinh→1/email sent")
		stop()
	})
}

func TestPeopleChangeWhileMessagesWait(t *testing.T) {
	mail := &post{}
	in(t, func(o *office) {
		o.channels["email"] = mail
		nobody := officer
		nobody.Email = ""
		o.people = map[string][]alerter.Person{"officer": {nobody}}
	}, func(o *office, a *alerter.Alerter) {
		o.handle(a, o.event("a", mention("tinh", news.Normal)))
		synctest.Wait()
		o.expect("no address", "tinh→1/bell sent", "tinh→1/email pending no-address")
		time.Sleep(15 * time.Minute)
		if mail.tries != 0 {
			t.Errorf("tried %d times without an address", mail.tries)
		}
		o.handle(a, o.event("b", mention("tinh", news.Normal)))
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		o.expect("for too long", "tinh→1/bell sent", "tinh→1/bell sent", "tinh→1/email failed no-address", "tinh→1/email failed no-address")
	})
}

func TestAddressFoundAndPersonGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.people["analyst"] = nil
		o.handle(o.alerter(), o.event("a", mention("tinh", news.Normal)))
		o.people["officer"][0].Disabled = true
		mail := &post{}
		o.channels["email"] = mail
		stop := o.run(o.alerter())
		synctest.Wait()
		o.expect("disabled", "tinh→1/bell sent", "tinh→1/email failed disabled")
		o.people["officer"][0] = officer
		o.gone = errErased
		o.handle(o.alerter(), o.event("b", mention("tinh", news.Normal)))
		time.Sleep(time.Minute)
		synctest.Wait()
		o.expect("deleted", "tinh→1/bell sent", "tinh→1/bell sent", "tinh→1/email failed deleted", "tinh→1/email failed disabled")
		stop()
		if mail.tries != 0 {
			t.Errorf("%d mails to somebody who left, or about what is gone", mail.tries)
		}
	})
}

func TestScaleCompressesTheRetries(t *testing.T) {
	mail := &post{answer: func(_ alerter.Message, try int) error {
		if try <= 3 {
			return errors.New("not classified")
		}
		return nil
	}}
	in(t, func(o *office) {
		o.cfg.Scale = 60
		o.channels["email"] = mail
		o.people["analyst"] = nil
	}, func(o *office, a *alerter.Alerter) {
		o.handle(a, o.event("a", mention("tinh", news.Normal)))
		time.Sleep(3 * time.Second) // (15 + 30 + 60) s / 60, and a fifth
		synctest.Wait()
		o.expect("soon", "tinh→1/bell sent", "tinh→1/email sent")
	})
}

// The process is stopped at the point after the server's acceptance and before our mark; the
// next one repeats the message once, marked, with the same key.
func TestDeathBeforeTheMark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.people["analyst"] = nil
		mail := &post{}
		o.channels["email"] = mail
		o.at = func(string) { runtime.Goexit() } // nothing after this point happens
		a := o.alerter()
		stop := o.run(a)
		o.handle(a, o.event("a", mention("tinh", news.Normal)))
		synctest.Wait()
		stop()
		o.expect("after the death", "tinh→1/bell sent", "tinh→1/email sending")

		o.at = nil
		stop = o.run(o.alerter())
		synctest.Wait()
		o.expect("after the next start", "tinh→1/bell sent", "tinh→1/email sent")
		got := mail.messages()
		if len(got) != 2 || got[0].Key != got[1].Key || got[0].MaybeRepeat || !got[1].MaybeRepeat {
			t.Errorf("messages %+v, want the first and a marked repeat with its key", got)
		}
		stop()
	})
}
