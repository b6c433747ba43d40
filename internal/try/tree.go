package try

import (
	"time"

	"lamro/internal/news"
	"lamro/internal/query"
)

// A tree is a query as nested JSON objects, one key naming what each is:
//
//	{"and":[…]} {"or":[…]} {"not":{…}}
//	{"phrase":"Chợ Mới"}  {"prefix":"sạt"}  {"loose":"mưa lũ","slop":3}
//	{"near":{"left":[…],"right":[…],"distance":5,"ordered":false}}
//	{"samesent":{"left":[…],"right":[…]}}
//	{"place":"06"} {"source":"bao-tinh"} {"site":"vidu.vn"} {"lang":"vi"} {"tier":1}
//	{"date":{"from":"2026-11-01","to":"2026-11-30"}}
//
// What stands in a text has "in" (title or body) where it is looked for in one field only, and
// "mode" where it is met in another mode than the query. Days are of the office's calendar, both
// included; an end that is open is left out.
type tree map[string]any

func treeOf(n query.Node, mode query.Mode) tree {
	switch n := n.(type) {
	case query.And:
		return tree{"and": trees(n.Nodes, mode)}
	case query.Or:
		return tree{"or": trees(n.Nodes, mode)}
	case query.Not:
		return tree{"not": treeOf(n.Node, mode)}
	case *query.Phrase:
		return inText(tree{"phrase": n.Text}, n.In, n.Mode, mode)
	case *query.Prefix:
		return inText(tree{"prefix": n.Text}, n.In, n.Mode, mode)
	case *query.Loose:
		return inText(tree{"loose": n.Phrase.Text, "slop": n.Slop}, n.Phrase.In, n.Phrase.Mode, mode)
	case *query.Near:
		return tree{"near": tree{
			"left": leaves(n.Left, mode), "right": leaves(n.Right, mode), "distance": n.Distance, "ordered": n.Ordered,
		}}
	case *query.Together:
		return tree{"samesent": tree{"left": leaves(n.Left, mode), "right": leaves(n.Right, mode)}}
	case query.Place:
		return tree{"place": n.Code}
	case query.Source:
		return tree{"source": n.ID}
	case query.Site:
		return tree{"site": n.Host}
	case query.Lang:
		return tree{"lang": n.Code}
	case query.Tier:
		return tree{"tier": n.N}
	case query.Date:
		return tree{"date": days(n)}
	}
	panic("try: unknown node")
}

func trees(nodes []query.Node, mode query.Mode) []tree {
	out := make([]tree, len(nodes))
	for i, n := range nodes {
		out[i] = treeOf(n, mode)
	}
	return out
}

func leaves(nodes []query.Leaf, mode query.Mode) []tree {
	out := make([]tree, len(nodes))
	for i, n := range nodes {
		out[i] = treeOf(n, mode)
	}
	return out
}

func inText(t tree, in query.Scope, own, mode query.Mode) tree {
	switch in {
	case query.InTitle:
		t["in"] = "title"
	case query.InBody:
		t["in"] = "body"
	case query.Anywhere:
	}
	if own != mode {
		t["mode"] = own
	}
	return t
}

func days(d query.Date) tree {
	t := tree{}
	if !d.From.IsZero() {
		t["from"] = d.From.In(news.Zone()).Format(time.DateOnly)
	}
	if !d.To.IsZero() {
		t["to"] = d.To.Add(-time.Nanosecond).In(news.Zone()).Format(time.DateOnly)
	}
	return t
}
