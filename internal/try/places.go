package try

import (
	"context"

	"lamro/analyzer"
	"lamro/analyzer/places"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

type placesOutput struct {
	Places []placesPlace `json:"places"`
	Others []placesOther `json:"others"`
	About  []placesAbout `json:"about"`
}

type placesPlace struct {
	Field      string `json:"field"`
	Start      int    `json:"start"`
	End        int    `json:"end"`
	Code       string `json:"code"`
	Name       string `json:"name"`
	InArea     bool   `json:"in_area"`
	Confidence string `json:"confidence"` // certain or uncertain
	Why        string `json:"why"`
}

type placesOther struct {
	Field string `json:"field"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Name  string `json:"name"`
	Why   string `json:"why"`
}

type placesAbout struct {
	Code  string  `json:"code"`
	Name  string  `json:"name"`
	Score float64 `json:"score"`
}

// Places is `try places`, a function for Run: which places of the directory a text means, what
// else it means by their names, and how much it is about them. Spans are bytes of the fields title
// and text as given. home names the place that a source writes for; nil knows none.
func Places(g *places.Gazetteer, home func(source string) string) func(context.Context, []byte) (any, error) {
	return func(_ context.Context, raw []byte) (any, error) {
		var in matchInput
		if err := decode(raw, &in); err != nil {
			return nil, err
		}
		doc := places.Document{At: date(in.PublishedAt), Source: in.Source, Site: analyzer.Site(in.URL), Fields: []query.Field{
			{Name: "title", Text: vietnamese.Read(in.Title)},
			{Name: "text", Text: vietnamese.Read(in.Text)},
		}}
		if home != nil {
			doc.Home = home(in.Source)
		}
		return newPlacesOutput(g.Resolve(doc)), nil
	}
}

// newPlacesOutput is found as the lines have it: lists are never null.
func newPlacesOutput(found places.Found) placesOutput {
	out := placesOutput{
		Places: make([]placesPlace, 0, len(found.Places)),
		Others: make([]placesOther, 0, len(found.Others)),
		About:  make([]placesAbout, 0, len(found.About)),
	}
	for _, p := range found.Places {
		confidence := "uncertain"
		if p.Certain {
			confidence = "certain"
		}
		out.Places = append(out.Places, placesPlace{p.Field, p.Start, p.End, p.Code, p.Name, p.InArea, confidence, p.Why})
	}
	for _, o := range found.Others {
		out.Others = append(out.Others, placesOther{o.Field, o.Start, o.End, o.Name, o.Why})
	}
	for _, a := range found.About {
		out.About = append(out.About, placesAbout{a.Code, a.Name, a.Score})
	}
	return out
}
