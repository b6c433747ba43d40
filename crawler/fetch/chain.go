package fetch

import "net/http"

// A policy decides about one request on its way out, and about its answer on the way back.
// http.Client calls the chain once for each redirect, so every hop is checked by every policy.
type policy func(next http.RoundTripper) http.RoundTripper

// roundTrip is a RoundTripper that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Chain puts the policies in front of base; the first one sees a request first.
func Chain(base http.RoundTripper, policies ...policy) http.RoundTripper {
	for i := len(policies) - 1; i >= 0; i-- {
		base = policies[i](base)
	}
	return base
}

// chain is the road of the requests of one visit. Robots stands outside of pace, so that asking
// for robots.txt counts as a visit to the host; record stands innermost, so that what is kept is
// what came over the wire.
func (f *Fetcher) chain(v *visit) http.RoundTripper {
	return Chain(f.road(v),
		f.identity(v),
		f.contact(v),
		f.addresses(v),
		f.obeyRobots(v),
		f.keepPace(v),
		f.shareAddress(),
		conditional(v),
		limitBody(v),
		decode(),
		f.patience(),
		record(v),
	)
}

// robotsChain is the road of a request for robots.txt: the same, but for robots and validators.
func (f *Fetcher) robotsChain(v *visit) http.RoundTripper {
	return Chain(f.road(v),
		f.identity(v),
		f.contact(v),
		f.addresses(v),
		f.keepPace(v),
		f.shareAddress(),
		limitBody(v),
		decode(),
		f.patience(),
		record(v),
	)
}

// road is the transport at the end of the chain.
func (f *Fetcher) road(v *visit) http.RoundTripper {
	if f.mayBePrivate(v) {
		return f.private
	}
	return f.public
}

// mayBePrivate tells whether both the installation and the source allow private addresses.
func (f *Fetcher) mayBePrivate(v *visit) bool { return f.cfg.AllowPrivate && v.req.AllowPrivate }
