package stream

import "errors"

// Errors that callers decide by.
var (
	// ErrMissing is returned by Open where the records know a stream that the server does not have.
	ErrMissing = errors.New("stream missing")
	// ErrFull is returned by Publish where a stream has reached its limit: wait, nothing is lost.
	ErrFull = errors.New("stream full")
	// ErrGone is returned by Repeat where the stream no longer has the message.
	ErrGone = errors.New("message gone")
)

// marked gives an error the meaning that a handler's result has.
type marked struct {
	err       error
	permanent bool
}

func (m *marked) Error() string { return m.err.Error() }
func (m *marked) Unwrap() error { return m.err }

// Permanent marks err: trying again cannot help, the message goes to quarantine now. The
// permanent nil is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &marked{err: err, permanent: true}
}

// Infrastructure marks err: not the message but something it needs has failed, so that the
// attempt does not count and the message comes back until it succeeds. The infrastructure nil
// is nil.
func Infrastructure(err error) error {
	if err == nil {
		return nil
	}
	return &marked{err: err}
}

// IsPermanent tells whether err was marked by Permanent. The outermost mark counts.
func IsPermanent(err error) bool {
	var m *marked
	return errors.As(err, &m) && m.permanent
}

// IsInfrastructure tells whether err was marked by Infrastructure. The outermost mark counts.
func IsInfrastructure(err error) bool {
	var m *marked
	return errors.As(err, &m) && !m.permanent
}
