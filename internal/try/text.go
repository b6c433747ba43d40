package try

import (
	"context"

	"lamro/internal/vietnamese"
)

type textInput struct {
	Text string `json:"text"`
}

type textOutput struct {
	Normal    string      `json:"normal"`
	Folded    string      `json:"folded"`
	Language  string      `json:"language"`
	Tokens    []textToken `json:"tokens"`
	Sentences [][2]int    `json:"sentences"`
}

type textToken struct {
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Normal string `json:"normal"` // the key to match by
	Folded string `json:"folded"`
}

// Text is `try text`, a function for Run: how a text is read. Offsets are bytes of the text as
// given.
func Text(_ context.Context, raw []byte) (any, error) {
	var in textInput
	if err := decode(raw, &in); err != nil {
		return nil, err
	}
	t := vietnamese.Read(in.Text)
	out := textOutput{
		Normal: t.Normal(), Folded: vietnamese.Fold(in.Text), Language: t.Language(),
		Tokens: make([]textToken, len(t.Tokens)), Sentences: t.Sentences,
	}
	if out.Sentences == nil {
		out.Sentences = [][2]int{}
	}
	for i, token := range t.Tokens {
		out.Tokens[i] = textToken{int(token.Start), int(token.End), t.Exact(i), t.Folded(i)}
	}
	return out, nil
}
