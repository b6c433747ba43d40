package places

// settleFirms decides the names of firms and brands, and those of streets that everybody bears.
func (r *resolution) settleFirms(e *evidence) {
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.verdict != open || c.lead.role < company {
			continue
		}
		n := c.pick(r.doc.At)
		_, ours := r.forArea(e, i, n)
		switch {
		case c.lead.role == company && ours < inSentence:
			c.decide(elsewhere, nil, because(ReasonCompany, c.lead.text))
		case c.lead.role == company:
			c.decide(uncertain, n, because(ReasonCompany, c.lead.text))
		case n.words, ours == nowhere && r.foreignBeside(i):
			c.decide(elsewhere, nil, because(ReasonThing, c.lead.text))
		}
	}
}

// settleRest decides what nothing spoke for.
func (r *resolution) settleRest(e *evidence) {
	home := provinces(0)
	if i, ok := r.g.provinceIndex[r.doc.Home]; ok {
		home = 1 << i
	}
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.verdict != open {
			continue
		}
		n := c.pick(r.doc.At)
		_, ours := r.forArea(e, i, n)
		switch o := e.other[c.node]; {
		case n.place.leaves:
			c.decide(elsewhere, nil, because(ReasonLeaves))
		case n.context:
			c.decide(uncertain, n, because(ReasonAlone))
		case o != nil && ours < beside:
			c.decide(elsewhere, nil, because(ReasonOtherSame, o.reason.String()))
		case c.lead.role >= thing:
			c.decide(uncertain, n, because(ReasonThing, c.lead.text))
		case c.after != "" && c.lead.role != admin && ours == nowhere:
			c.decide(elsewhere, nil, because(ReasonLongerName, r.text(c)+" "+c.after))
		case n.elsewhere&home != 0:
			c.decide(elsewhere, nil, because(ReasonOtherHome, r.g.namesOf(home)))
		case c.lead.role == admin && !r.fits(c) && n.elsewhere != 0:
			c.decide(elsewhere, nil, because(ReasonKind, c.lead.text))
		case n.words && c.lead.role != admin && ours < inTitle:
			c.decide(elsewhere, nil, because(ReasonWeak))
		case n.words && c.lead.role != admin, c.shouted && c.lead.role != admin:
			c.decide(uncertain, n, because(ReasonWeak))
		case ours == nowhere && c.lead.role != admin && !c.wide():
			// Communes bear the names of people, plants and cities abroad. Without the word for
			// its kind, and without the area, such a name says nothing.
			c.decide(unsaid, nil, because(ReasonAlone))
		case ours == nowhere && c.lead.role != admin && r.foreignBeside(i):
			c.decide(uncertain, n, because(ReasonAlone))
		case n.elsewhere != 0 && ours == nowhere && !c.wide():
			c.decide(unsaid, nil, because(ReasonShared, r.g.namesOf(n.elsewhere)))
		case n.elsewhere != 0:
			c.decide(uncertain, n, because(ReasonShared, r.g.namesOf(n.elsewhere)))
		default:
			c.decide(uncertain, n, because(ReasonAlone))
		}
	}
}
