package app

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// disk is how many bytes are free for us on the disk that holds dir, and how many it has.
func disk(dir string) (free, size int64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, 0, fmt.Errorf("disk of %s: %w", dir, err)
	}
	block := int64(st.Bsize)                                       //nolint:unconvert // its type differs between systems
	return int64(st.Bavail) * block, int64(st.Blocks) * block, nil // #nosec G115 -- no disk has 2^63 blocks
}
