package match

import "lamro/internal/query"

type frequencies struct{}

func newFrequencies() frequencies { return frequencies{} }
func (frequencies) phrase(p *query.Phrase) float32 {
	cost := float32(1000.0)
	for range p.Exact {
		cost /= 10
	}
	if !p.Marked {
		cost *= 5
	}
	return cost
}
func (frequencies) prefix(p *query.Prefix) float32          { return 300 }
func (frequencies) syllable(p *query.Phrase, i int) float32 { return 100 }
