package index

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Key is the place of a group in the order of a page: rank first (milliseconds by Newest, bits
// of the score by Relevance), then the id of story or article.
type Key struct {
	Rank int64
	ID   string
}

// Compare orders keys as pages do: it is negative where k comes before other.
func (k Key) Compare(other Key) int {
	return cmp.Or(cmp.Compare(other.Rank, k.Rank), cmp.Compare(k.ID, other.ID))
}

// ScoreRank makes a rank of a score, which is never negative.
func ScoreRank(score float64) int64 {
	if math.IsNaN(score) || score < 0 {
		return 0
	}
	return int64(math.Float64bits(score)) // #nosec G115 -- the bits of a number that is not negative fit and keep its order
}

// CursorAt makes Page.Next of the last key on a page of s.
func (s Search) CursorAt(k Key) string {
	raw := string(s.Sort) + "\t" + string(s.By) + "\t" + strconv.FormatInt(k.Rank, 10) + "\t" + k.ID
	return base64.RawURLEncoding.EncodeToString([]byte(raw))
}

// Cursor reads After, nil where the page is the first.
func (s Search) Cursor() (*Key, error) {
	if s.After == "" {
		return nil, nil
	}
	bad := fmt.Errorf("%w: the cursor is not of this search", ErrBadSearch)
	raw, err := base64.RawURLEncoding.DecodeString(s.After)
	if err != nil {
		return nil, bad
	}
	parts := strings.Split(string(raw), "\t")
	if len(parts) != 4 || parts[0] != string(s.Sort) || parts[1] != string(s.By) {
		return nil, bad
	}
	rank, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return nil, bad
	}
	return &Key{rank, parts[3]}, nil
}
