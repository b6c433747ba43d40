//go:build linux || darwin || freebsd

package stream

import "golang.org/x/sys/unix"

// statfs tells the size of the file system that holds dir and what is free on it, in bytes.
func statfs(dir string) (total, free int64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	block := int64(s.Bsize)                                      //nolint:unconvert // its type differs between systems
	return int64(s.Blocks) * block, int64(s.Bavail) * block, nil // #nosec G115 -- no disk has 2^63 bytes
}
