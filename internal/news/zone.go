package news

import "time"

// Zone is the office's civil time, in which months, days and times of day are meant.
func Zone() *time.Location { return zone }

var zone = mustLoad("Asia/Ho_Chi_Minh")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // time/tzdata is linked in
	}
	return loc
}

// Month names the month of t in the office's time, such as "2026-11": the index directory that
// an article first seen at t belongs to.
func Month(t time.Time) string { return t.In(zone).Format("2006-01") }
