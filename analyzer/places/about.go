package places

// About says how much a text is about a place.
type About struct {
	Code, Name string
	Score      float64 // from 0 to 1
	Level      Level
}

// Level is a score in words.
type Level string

// The levels.
const (
	Central Level = "central"
	Partial Level = "partial"
	Passing Level = "passing"
)
