package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// The cost of a hash: 19 MiB and two passes, as OWASP recommends for argon2id with one lane.
const (
	memoryKiB = 19 << 10
	passes    = 2
	lanes     = 1
	saltBytes = 16
	keyBytes  = 32

	hashingAtOnce = 2 // a flood of sign-ins may not take all cores and memory
)

// The lengths that a password may have.
const (
	MinPassword = 10  // letters
	MaxPassword = 256 // bytes
)

// What is wrong with a new password.
var (
	ErrTooShort  = errors.New("password is too short")
	ErrTooLong   = errors.New("password is too long")
	ErrTooEasy   = errors.New("password holds the login")
	ErrUnchanged = errors.New("password is the old one")
)

// errHash is for hashes that this version did not write.
var errHash = errors.New("unknown form of password hash")

// check says whether a password may be set for a login.
func check(login, password string) error {
	password = norm.NFC.String(password)
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return ErrTooShort
	case len(password) > MaxPassword:
		return ErrTooLong
	case login != "" && strings.Contains(strings.ToLower(password), login):
		return ErrTooEasy
	}
	return nil
}

// hasher hashes with argon2id, two at a time.
type hasher struct{ slots chan struct{} }

func newHasher() hasher { return hasher{slots: make(chan struct{}, hashingAtOnce)} }

func (h hasher) key(ctx context.Context, password string, salt []byte, time, memory uint32, threads uint8, length uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// Keyboards differ in how they put Vietnamese letters together.
	return argon2.IDKey(norm.NFC.AppendString(nil, password), salt, time, memory, threads, length), nil
}

// hash gives the PHC string of a password with a new salt.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails
	key, err := h.key(ctx, password, salt, passes, memoryKiB, lanes, keyBytes)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, b64(salt), b64(key)), nil
}

// verify says whether password gives the hash, and whether the hash was made at another cost
// than ours today.
func (h hasher) verify(ctx context.Context, phc, password string) (ok, outdated bool, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false, false, errHash
	}
	var (
		version         int
		memory, time    uint32
		threads         uint8
		b64             = base64.RawStdEncoding.Strict()
		salt, want, got []byte
	)
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || memory > 1<<20 || time < 1 || time > 16 || threads < 1 {
		return false, false, errHash
	}
	if salt, err = b64.DecodeString(parts[4]); err != nil {
		return false, false, errHash
	}
	if want, err = b64.DecodeString(parts[5]); err != nil || len(want) < 16 || len(want) > 64 {
		return false, false, errHash
	}
	if len(password) > MaxPassword*4 { // NFC shrinks; nobody's password is longer
		return false, false, nil
	}
	if got, err = h.key(ctx, password, salt, time, memory, threads, uint32(len(want))); err != nil { // #nosec G115 -- 16 to 64, checked above
		return false, false, fmt.Errorf("verify password: %w", err)
	}
	ok = subtle.ConstantTimeCompare(got, want) == 1
	return ok, memory != memoryKiB || time != passes || threads != lanes || len(want) != keyBytes, nil
}

// letters of a one-time password: none that can be taken for another one.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// oneTime makes a password to be read out or copied once, such as "k7mq-x2pd-hw9c-t4nv":
// about 79 bits.
func oneTime() string {
	var b strings.Builder
	buf := make([]byte, 1)
	for n := 0; n < 16; {
		rand.Read(buf)
		i := int(buf[0] & 31)
		if i >= len(letters) {
			continue
		}
		if n > 0 && n%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[i])
		n++
	}
	return b.String()
}
