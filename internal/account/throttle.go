package account

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The pace of sign-in: tries of one login from one address, and of one address for all logins.
const (
	triesPerMinute        = 5
	addressTriesPerMinute = 30
	mostTracked           = 4096
)

// ThrottledError says that sign-in was tried too often, and when it may be tried again.
type ThrottledError struct{ Wait time.Duration }

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("too many sign-ins, try again in %s", e.Wait)
}

// throttle counts tries. Its memory is bounded: keys that have all their tries back are
// forgotten, and an address can only add as many keys as it has tries.
type throttle struct {
	mu    sync.Mutex
	tries map[string]*rate.Limiter
}

func newThrottle() *throttle { return &throttle{tries: map[string]*rate.Limiter{}} }

// take spends one try, or says how long to wait for the next.
func (t *throttle) take(login, addr string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.tries) >= mostTracked {
		t.sweep()
	}
	if err := spend(t.limiter(addr, addressTriesPerMinute)); err != nil {
		return err
	}
	return spend(t.limiter(key(login, addr), triesPerMinute))
}

// forget gives back the tries of a login after it signed in.
func (t *throttle) forget(login, addr string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, key(login, addr))
}

func (t *throttle) limiter(key string, perMinute int) *rate.Limiter {
	l := t.tries[key]
	if l == nil {
		l = rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), perMinute)
		t.tries[key] = l
	}
	return l
}

func (t *throttle) sweep() {
	for k, l := range t.tries {
		if l.Tokens() >= float64(l.Burst()) {
			delete(t.tries, k)
		}
	}
}

func spend(l *rate.Limiter) error {
	r := l.Reserve()
	if wait := r.Delay(); wait > 0 {
		r.Cancel()
		return &ThrottledError{Wait: wait}
	}
	return nil
}

func key(login, addr string) string { return login + "\x00" + addr }

// network is what counts as one address: an IPv4 address, or the /64 that one household has.
func network(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	addr := ap.Addr()
	if err != nil {
		if addr, err = netip.ParseAddr(remote); err != nil {
			return remote
		}
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
