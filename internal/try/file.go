package try

import (
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

// maxFile is the largest file, in bytes after gzip, that is read.
const maxFile = 256 << 20

// document reads a file, through gzip where its name ends in .gz, or else decodes base64.
func document(path, encoded string) ([]byte, error) {
	if path != "" {
		return readFile(path)
	}
	if encoded == "" {
		return nil, failure("bad-input", "neither a path nor base64 is given")
	}
	body, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, failure("bad-input", "base64: %v", err)
	}
	return body, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path) // #nosec G304 -- the caller's own files are what the command is for
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failure("not-found", "%v", err)
	} else if err != nil {
		return nil, failure("unreadable", "%v", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, failure("unreadable", "%s: %v", path, err)
		}
		r = z
	}
	body, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, failure("unreadable", "%s: %v", path, err)
	}
	if len(body) > maxFile {
		return nil, failure("too-large", "%s: more than %d bytes", path, maxFile)
	}
	return body, nil
}

// orNull is s, or JSON's null for the empty string.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// timeOrNull is t in RFC 3339 with its zone, or JSON's null for the zero time.
func timeOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return orNull(t.Format(time.RFC3339))
}
