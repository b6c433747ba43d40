package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"lamro/internal/records"
	"lamro/internal/records/people"
	"lamro/internal/records/recordstest"
)

func openDB(t *testing.T) *records.DB {
	t.Helper()
	db := recordstest.Open(t)
	return db
}

// accounts gives accounts over an empty installation and the actions that were audited.
func accounts(t *testing.T) (*Accounts, *[]Entry) {
	t.Helper()
	var trail []Entry
	a, err := New(t.Context(), Config{DB: openDB(t), Audit: func(_ context.Context, _ *records.Tx, e Entry) error {
		trail = append(trail, e)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return a, &trail
}

func TestFirstAdministratorIsMadeOnce(t *testing.T) {
	t.Parallel()
	a, trail := accounts(t)
	login, password, err := a.First(t.Context())
	if err != nil || login != "admin" || len(password) != 19 {
		t.Fatalf("First = %q, %q, %v; want admin and a password of 19 letters", login, password, err)
	}
	p, err := a.SignIn(t.Context(), login, password, "127.0.0.1:50000")
	if err != nil || !p.MustChange {
		t.Fatalf("SignIn = %+v, %v; want a person who must change the password", p, err)
	}
	want := []people.Role{people.Officer, people.Analyst, people.Operator, people.Admin}
	if !slices.Equal(p.Roles, want) {
		t.Errorf("roles = %v, want %v", p.Roles, want)
	}
	if login, password, err := a.First(t.Context()); err != nil || login != "" || password != "" {
		t.Errorf("second First = %q, %q, %v; want nothing", login, password, err)
	}
	if got := (*trail)[0]; got.Action != "person-add" || got.Actor != System || got.Subject != Actor(p.ID) {
		t.Errorf("audited %+v, want person-add by system", got)
	}
}

func TestWrongLoginAndWrongPasswordLookTheSame(t *testing.T) {
	t.Parallel()
	a, _ := accounts(t)
	p, password, err := a.Add(t.Context(), System, NewPerson{Login: "truc", Roles: []people.Role{people.Officer}})
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string][2]string{
		"unknown login":  {"ai-do", password},
		"wrong password": {"truc", "khong-phai"},
		"no password":    {"truc", ""},
	} {
		if _, err := a.SignIn(t.Context(), try[0], try[1], "192.0.2.1"); !errors.Is(err, ErrWrong) {
			t.Errorf("%s: SignIn = %v, want ErrWrong", name, err)
		}
	}
	if _, err := a.SignIn(t.Context(), " TRUC ", password, "192.0.2.2"); err != nil {
		t.Errorf("login in capitals: SignIn = %v, want nil", err)
	}
	if err := a.Disable(t.Context(), System, p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SignIn(t.Context(), "truc", password, "192.0.2.2"); !errors.Is(err, ErrWrong) {
		t.Errorf("disabled: SignIn = %v, want ErrWrong", err)
	}
}

func TestSignInIsThrottledPerLoginAndAddress(t *testing.T) {
	t.Parallel()
	a, _ := accounts(t)
	_, password, err := a.Add(t.Context(), System, NewPerson{Login: "truc"})
	if err != nil {
		t.Fatal(err)
	}
	for range triesPerMinute {
		if _, err := a.SignIn(t.Context(), "truc", "sai", "192.0.2.1:1234"); !errors.Is(err, ErrWrong) {
			t.Fatalf("SignIn = %v, want ErrWrong", err)
		}
	}
	var throttled *ThrottledError
	if _, err := a.SignIn(t.Context(), "Truc", password, "192.0.2.1:9999"); !errors.As(err, &throttled) || throttled.Wait <= 0 {
		t.Fatalf("sixth SignIn = %v, want a ThrottledError with a wait", err)
	}
	// Whoever guesses from elsewhere cannot lock the person out.
	if _, err := a.SignIn(t.Context(), "truc", password, "192.0.2.2:1234"); err != nil {
		t.Errorf("SignIn from another address = %v, want nil", err)
	}
}

func TestSuccessGivesTriesBack(t *testing.T) {
	t.Parallel()
	a, _ := accounts(t)
	_, password, err := a.Add(t.Context(), System, NewPerson{Login: "truc"})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 * triesPerMinute {
		if _, err := a.SignIn(t.Context(), "truc", password, "192.0.2.1"); err != nil {
			t.Fatalf("SignIn = %v, want nil", err)
		}
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	a, trail := accounts(t)
	p, password, err := a.Add(t.Context(), System, NewPerson{Login: "truc"})
	if err != nil {
		t.Fatal(err)
	}
	const chosen = "sương mù Phja Bjoóc"
	cases := []struct {
		name, old, new string
		want           error
	}{
		{"too short", password, "ngắn", ErrTooShort},
		{"too long", password, strings.Repeat("dài", 100), ErrTooLong},
		{"holds the login", password, "tôi là TRUC đây", ErrTooEasy},
		{"old one wrong", "không nhớ", chosen, ErrWrong},
		{"unchanged", password, password, ErrUnchanged},
		{"accepted", password, chosen, nil},
	}
	for _, c := range cases {
		got, err := a.ChangePassword(t.Context(), p.ID, c.old, c.new, "192.0.2.1")
		if !errors.Is(err, c.want) {
			t.Errorf("%s: ChangePassword = %v, want %v", c.name, err, c.want)
		}
		if err == nil && (got.MustChange || got.Epoch != p.Epoch+1) {
			t.Errorf("%s: person = %+v, want no further change and a raised epoch", c.name, got)
		}
	}
	// A Mac and a Windows keyboard put "ươ" together differently.
	if _, err := a.SignIn(t.Context(), "truc", norm.NFD.String(chosen), "192.0.2.1"); err != nil {
		t.Errorf("SignIn with decomposed letters = %v, want nil", err)
	}
	for _, e := range *trail {
		if d, ok := e.Detail.(map[string]any); ok {
			for k, v := range d {
				if s, ok := v.(string); ok && (s == password || s == chosen) {
					t.Errorf("audit %s holds a password in %s", e.Action, k)
				}
			}
		}
	}
}

func TestResetEndsTheOldPassword(t *testing.T) {
	t.Parallel()
	a, _ := accounts(t)
	p, old, err := a.Add(t.Context(), System, NewPerson{Login: "truc"})
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := a.Reset(t.Context(), System, p.ID)
	if err != nil || fresh == old {
		t.Fatalf("Reset = %q, %v; want another password", fresh, err)
	}
	if _, err := a.SignIn(t.Context(), "truc", old, "192.0.2.1"); !errors.Is(err, ErrWrong) {
		t.Errorf("SignIn with the old password = %v, want ErrWrong", err)
	}
	if got, err := a.SignIn(t.Context(), "truc", fresh, "192.0.2.1"); err != nil || !got.MustChange {
		t.Errorf("SignIn with the new password = %+v, %v; want a person who must change it", got, err)
	}
	if _, err := a.Reset(t.Context(), System, 99); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("Reset of nobody = %v, want ErrNotFound", err)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	a, _ := accounts(t)
	one, _, err := a.Add(t.Context(), System, NewPerson{Login: "mot", Roles: []people.Role{people.Admin}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Disable(t.Context(), System, one.ID); !errors.Is(err, ErrLastAdmin) {
		t.Fatalf("Disable of the only administrator = %v, want ErrLastAdmin", err)
	}
	if _, _, err := a.Add(t.Context(), System, NewPerson{Login: "hai", Roles: []people.Role{people.Admin}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := a.Disable(t.Context(), System, one.ID); err != nil {
			t.Fatalf("Disable = %v, want nil, also twice", err)
		}
	}
	if err := a.Enable(t.Context(), System, one.ID); err != nil {
		t.Fatal(err)
	}
}

func TestAddRefusesBadInput(t *testing.T) {
	t.Parallel()
	a, _ := accounts(t)
	cases := []struct {
		n    NewPerson
		want error
	}{
		{NewPerson{Login: ""}, ErrLogin},
		{NewPerson{Login: "có dấu"}, ErrLogin},
		{NewPerson{Login: "../etc"}, ErrLogin},
		{NewPerson{Login: "truc", Roles: []people.Role{"sếp"}}, ErrRole},
		{NewPerson{Login: "truc", Language: "fr"}, ErrLanguage},
	}
	for _, c := range cases {
		if _, _, err := a.Add(t.Context(), System, c.n); !errors.Is(err, c.want) {
			t.Errorf("Add(%+v) = %v, want %v", c.n, err, c.want)
		}
	}
}

func TestHashesOfOtherCostsVerifyAndAreRenewed(t *testing.T) {
	t.Parallel()
	h := newHasher()
	// RFC-style reference value, made with a smaller cost than ours.
	weak := "$argon2id$v=19$m=256,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"
	salt := []byte("somesaltsomesalt")
	k, err := h.key(t.Context(), "mật khẩu dài", salt, 1, 256, 1, 32)
	if err != nil {
		t.Fatal(err)
	}
	weak += b64(k)
	ok, outdated, err := h.verify(t.Context(), weak, "mật khẩu dài")
	if !ok || !outdated || err != nil {
		t.Errorf("verify = %v, %v, %v; want true, outdated", ok, outdated, err)
	}
	for _, bad := range []string{"", "x", "$argon2i$v=19$m=256,t=1,p=1$c29t$c29t", "$argon2id$v=18$m=256,t=1,p=1$c29t$c29t", "$argon2id$v=19$m=99999999,t=1,p=1$c29t$c29t", "$argon2id$v=19$m=256,t=1,p=1$c29t$c29t"} {
		if ok, _, err := h.verify(t.Context(), bad, "x"); ok || !errors.Is(err, errHash) {
			t.Errorf("verify(%q) = %v, %v; want errHash", bad, ok, err)
		}
	}
}

func TestSignInRenewsAnOutdatedHash(t *testing.T) {
	t.Parallel()
	a, _ := accounts(t)
	p, _, err := a.Add(t.Context(), System, NewPerson{Login: "truc"})
	if err != nil {
		t.Fatal(err)
	}
	salt := []byte("somesaltsomesalt")
	k, err := a.hasher.key(t.Context(), "mật khẩu dài", salt, 1, 256, 1, 32)
	if err != nil {
		t.Fatal(err)
	}
	err = a.cfg.DB.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		return people.Rehash(ctx, tx, p.ID, "$argon2id$v=19$m=256,t=1,p=1$"+b64(salt)+"$"+b64(k))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.SignIn(t.Context(), "truc", "mật khẩu dài", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	hash, err := people.Password(t.Context(), a.cfg.DB.Read(), p.ID)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash after sign-in = %.40q, %v; want today's cost", hash, err)
	}
}

func TestThrottleForgetsWhatIsFull(t *testing.T) {
	t.Parallel()
	th := newThrottle()
	for i := range mostTracked {
		th.limiter(key("truc", string(rune(i))), triesPerMinute) // no try spent: full
	}
	if err := th.take("truc", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if n := len(th.tries); n != 2 {
		t.Errorf("tracked = %d, want 2", n)
	}
}

func TestNetworkJoinsWhatIsOneHousehold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"192.0.2.7:443":            "192.0.2.7",
		"192.0.2.7":                "192.0.2.7",
		"[::ffff:192.0.2.7]:443":   "192.0.2.7",
		"[2001:db8:1:2:3:4::]:443": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:443":       "fe80::/64",
		"@":                        "@",
	} {
		if got := network(in); got != want {
			t.Errorf("network(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	h := newHasher()
	for b.Loop() {
		if _, err := h.hash(b.Context(), "mật khẩu dài"); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("$argon2id$v=19$m=256,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdHNvbWVzYWx0", "x")
	f.Add("$argon2id$v=19$m=,t=1,p=1$$", "")
	h := newHasher()
	f.Fuzz(func(t *testing.T, phc, password string) {
		if strings.Contains(phc, "m=") && !strings.Contains(phc, "m=256,") {
			t.Skip("costly")
		}
		if ok, _, err := h.verify(t.Context(), phc, password); ok && err != nil {
			t.Errorf("verify(%q) is true with error %v", phc, err)
		}
	})
}
