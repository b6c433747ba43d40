package settings

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Duration is written as Go writes it ("5s", "1h30m"), or in days ("30d").
type Duration time.Duration

// UnmarshalText reads "90s", "24h", "30d"; a bare number is refused, because its unit would be a guess.
func (d *Duration) UnmarshalText(text []byte) error {
	s := string(text)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil || n > 36500 {
			return fmt.Errorf("%q is not a duration (write 30s, 15m, 24h or 30d)", s)
		}
		*d = Duration(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("%q is not a duration (write 30s, 15m, 24h or 30d)", s)
	}
	if v < 0 {
		return fmt.Errorf("%q is negative, a duration here is not", s)
	}
	*d = Duration(v)
	return nil
}

// MarshalText writes what UnmarshalText reads: whole days from two days on, else as Go does,
// without the zero parts.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is the written form, such as "24h" or "30d".
func (d Duration) String() string {
	const day = 24 * time.Hour
	v := time.Duration(d)
	if v >= 2*day && v%day == 0 {
		return strconv.FormatInt(int64(v/day), 10) + "d"
	}
	s := v.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Std is d for the standard library.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Bytes is a size, written with its unit: "512KiB", "20MiB", "8GiB".
type Bytes int64

var byteUnits = []struct {
	suffix string
	size   int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// UnmarshalText reads a whole number and one of B, KiB, MiB, GiB.
func (b *Bytes) UnmarshalText(text []byte) error {
	s := string(text)
	for _, u := range byteUnits {
		digits, ok := strings.CutSuffix(s, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > (1<<62)/u.size {
			break
		}
		*b = Bytes(n * u.size)
		return nil
	}
	return fmt.Errorf("%q is not a size (write 512KiB, 20MiB or 8GiB)", s)
}

// MarshalText writes what UnmarshalText reads.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// String is the size in the largest unit that divides it.
func (b Bytes) String() string {
	for _, u := range byteUnits {
		if b != 0 && int64(b)%u.size == 0 {
			return strconv.FormatInt(int64(b)/u.size, 10) + u.suffix
		}
	}
	return "0B"
}

// A Secret is a password or a key. However it is printed, logged or encoded, it reads ***;
// only Reveal gives it out.
type Secret struct{ value string }

// NewSecret hides s.
func NewSecret(s string) Secret { return Secret{s} }

// Reveal is the secret itself, for the one call that needs it.
func (s Secret) Reveal() string { return s.value }

// IsSet tells whether there is one.
func (s Secret) IsSet() bool { return s.value != "" }

// String is *** where a secret is set, else nothing.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return "***"
}

// GoString keeps %#v from looking inside.
func (s Secret) GoString() string { return `settings.Secret("` + s.String() + `")` }

// MarshalText hides the secret from JSON, YAML and slog.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the secret as it stands. The mask itself is refused: it comes from a
// printed copy of the settings, not from whoever knows the secret.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == "***" {
		return fmt.Errorf("*** is the mask of a printed secret, not a secret")
	}
	s.value = string(text)
	return nil
}
