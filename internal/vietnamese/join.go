package vietnamese

import "strings"

// Words are disguised by setting their letters apart ("ch.í.nh", "B ắ c K ạ n") or by writing
// signs and digits for letters ("b@c", "k4n"). Such a word is read as the one it stands for, and
// flagged, where that is a Vietnamese syllable:
//
//   - Letters apart: three or more pieces in a row, each a single letter or the consonants of an
//     onset, with the same one sign (. - _ * · •) or one space between them and no further
//     piece of an address on either side. The whole row must part into syllables, the
//     fewest there can be. A capital begins a syllable, or all are capitals. With spaces, single
//     letters only, and at least one has a mark; a row of capitals, which may be initials, needs
//     four pieces and a mark other than that of Đ.
//   - "@" between letters is an a, where no address of e-mail is around it.
//   - 0, 1, 3, 4 between letters, not all of them capitals, are o, i, e, a.

// join replaces the tokens of disguised words by one each.
func (r *Reader) join() {
	tokens := r.text.Tokens
	out := tokens[:0]
	for i := 0; i < len(tokens); {
		if n := r.apartRow(i); n > 0 {
			out = r.joinRow(out, tokens[i:i+n])
			i += n
			continue
		}
		if t, ok := r.signed(i); ok {
			out = append(out, t)
			i += 2
			continue
		}
		out = append(out, tokens[i])
		i++
	}
	r.text.Tokens = out
}

// signed joins tokens i and i+1 with the @ between them.
func (r *Reader) signed(i int) (Token, bool) {
	s, tokens := r.text.Original, r.text.Tokens
	if i+1 >= len(tokens) || s[tokens[i].End:tokens[i+1].Start] != "@" {
		return Token{}, false
	}
	a, b := tokens[i], tokens[i+1]
	if a.Start > 0 && strings.IndexByte("@.-_+/:=", s[a.Start-1]) >= 0 {
		return Token{}, false
	}
	if rest := s[b.End:]; len(rest) > 0 && (strings.IndexByte("@-_/", rest[0]) >= 0 || rest[0] == '.' && len(rest) > 1 && beginsToken(rest[1:])) {
		return Token{}, false
	}
	var w joined
	if !w.add(a.Exact) || !w.add(codeA<<(letterBits*(maxPacked-1))) || !w.add(b.Exact) || !w.key.syllable() {
		return Token{}, false
	}
	t := w.token(a, b)
	if a.Flags&Upper == 0 {
		t.Flags &^= Upper
	}
	return t, true
}

func beginsToken(s string) bool {
	e, _ := at(s, 0)
	return e&infoBegins != 0
}

// apartRow says how many tokens from i on are a row of pieces, 0 where it is none.
func (r *Reader) apartRow(i int) int {
	tokens := r.text.Tokens
	if !piece(tokens[i]) || i+2 >= len(tokens) {
		return 0
	}
	gap := r.gap(i)
	if gap == "" {
		return 0
	}
	n := 1
	for i+n < len(tokens) && piece(tokens[i+n]) && r.gap(i+n-1) == gap {
		n++
	}
	if n < 3 || gap != " " && !r.alone(i, i+n) {
		return 0
	}
	return n
}

// piece says whether a token may be a part of a word set apart.
func piece(t Token) bool {
	k := t.Exact
	if k.Hashed() || k.letter(0) >= 34 {
		return false
	}
	return k.letter(1) == 0 || parts[k]&onset != 0
}

// gap is the sign between tokens i and i+1 that may set letters apart, "" where it is none.
func (r *Reader) gap(i int) string {
	tokens := r.text.Tokens
	switch between := r.text.Original[tokens[i].End:tokens[i+1].Start]; between {
	case " ", "\u00a0":
		return " "
	case ".", "-", "_", "*", "·", "•":
		return between
	}
	return ""
}

// alone says that tokens from to to are no part of a longer chain, such as an address.
func (r *Reader) alone(from, to int) bool {
	const signs = ".-_*|/@:=#&"
	s, tokens := r.text.Original, r.text.Tokens
	start, end := int(tokens[from].Start), int(tokens[to-1].End)
	if start > 0 && strings.IndexByte(signs, s[start-1]) >= 0 {
		return false
	}
	return end+1 >= len(s) || strings.IndexByte(signs, s[end]) < 0 || !beginsToken(s[end+1:])
}

// joinRow appends the syllables that the row parts into, or the row itself.
func (r *Reader) joinRow(out, row []Token) []Token {
	spaced := strings.TrimSpace(r.text.Original[row[0].End:row[1].Start]) == ""
	if !r.partRow(row, spaced) {
		return append(out, row...)
	}
	// out lies in the memory of row, before what is read here: a joined token takes the place of
	// its own pieces.
	for i := 0; i < len(row); {
		n := int(r.parted[i])
		if n == 1 {
			out = append(out, row[i])
		} else {
			w, _ := joinPieces(row[i : i+n])
			out = append(out, w.token(row[i], row[i+n-1]))
		}
		i += n
	}
	return out
}

// partRow finds the fewest syllables that the row parts into: r.parted[i] is how many pieces the
// syllable has that begins with piece i.
func (r *Reader) partRow(row []Token, spaced bool) bool {
	capitals, marks := true, false
	for _, t := range row {
		if spaced && t.Exact.letter(1) != 0 {
			return false
		}
		capitals = capitals && t.Flags&Upper != 0
		marks = marks || t.Flags&Bare == 0 && t.Exact.letter(0) != codeĐ
	}
	if spaced && !marks || capitals && (!marks || len(row) < 4) {
		return false
	}
	n := len(row)
	r.parted = append(r.parted[:0], make([]int32, n+1)...)
	r.fewest = append(r.fewest[:0], make([]int32, n+1)...)
	for i := n - 1; i >= 0; i-- {
		r.fewest[i] = impossible
		for j := min(n, i+maxSyllable); j > i; j-- {
			if r.fewest[j] == impossible || r.fewest[j]+1 >= r.fewest[i] {
				continue
			}
			if w, ok := joinPieces(row[i:j]); ok && w.key.syllable() {
				r.fewest[i], r.parted[i] = r.fewest[j]+1, int32(j-i) // #nosec G115 -- at most seven
			}
		}
	}
	return r.fewest[0] < int32(n) // #nosec G115 -- a row is shorter than its text
}

const (
	impossible  = 1 << 30
	maxSyllable = 7 // letters of the longest one, "nghiêng"
	codeĐ       = 33
)

// joined is a key put together from others.
type joined struct {
	key Key
	n   int
}

// add appends the letters of k; it is not ok where there is no room or a second tone.
func (w *joined) add(k Key) bool {
	if k.Hashed() || k.tone() != 0 && w.key.tone() != 0 {
		return false
	}
	w.key |= k &^ letterMask
	for i := 0; i < maxPacked && k.letter(i) != 0; i++ {
		if w.n == maxSyllable || k.letter(i) >= 34 {
			return false
		}
		w.key |= k.letter(i) << (letterBits * (maxPacked - 1 - w.n))
		w.n++
	}
	return true
}

// joinPieces joins the pieces of a syllable: all capitals, or none after the first letter.
func joinPieces(row []Token) (w joined, ok bool) {
	capitals := row[0].Flags&Upper != 0
	for i, t := range row {
		if !w.add(t.Exact) {
			return w, false
		}
		if upper := t.Flags&Upper != 0; i > 1 && upper != (row[1].Flags&Upper != 0) || i > 0 && upper && !capitals {
			return w, false
		}
	}
	return w, true
}

func (w *joined) token(first, last Token) Token {
	t := Token{Start: first.Start, End: last.End, Sentence: first.Sentence, Exact: w.key, Folded: w.key.fold()}
	t.Flags = first.Flags&Capital | last.Flags&Upper | Respelled | Disguised
	if t.Exact == t.Folded {
		t.Flags |= Bare
	}
	return t
}

// fold is the key of the word without marks.
func (k Key) fold() (folded Key) {
	for i := 0; i < maxPacked && k.letter(i) != 0; i++ {
		folded |= Key(runes[spelling[k.letter(i)]]>>infoFolded&infoCode) << (letterBits * (maxPacked - 1 - i))
	}
	return folded
}

// digitsAsLetters reads 0, 1, 3 and 4 between letters as the letters they look like. It is not ok
// where there are none, or the word is no syllable then.
func digitsAsLetters(k Key) (Key, bool) {
	if k.Hashed() {
		return k, false
	}
	read, changed := k, false
	for i := 1; i < maxPacked-1 && k.letter(i) != 0; i++ {
		c, before, after := k.letter(i), k.letter(i-1), k.letter(i+1)
		if c < 34 {
			continue
		}
		var as Key
		switch c - 34 {
		case 0:
			as = codeO
		case 1:
			as = codeI
		case 3:
			as = codeE
		case 4:
			as = codeA
		}
		if as == 0 || before >= 34 || after == 0 || after >= 34 {
			return k, false
		}
		read += (as - c) << (letterBits * (maxPacked - 1 - i))
		changed = true
	}
	return read, changed && read.syllable()
}
