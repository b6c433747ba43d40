package vietnamese

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Reader reads texts one after another in the same memory. The zero value is ready.
type Reader struct {
	text  Text
	spell speller

	from   int  // where the sentence that is being read begins
	pieces uint // a bit for each token, the last one lowest: it may be a part of a word set apart
	apart  uint // not 0 where there were three of them in a row
	signs  bool // an @ may stand for a letter

	parted, fewest []int32 // of the row of pieces that is being joined
}

// Read reads s as the function Read does; the Text is valid until the next Read.
func (r *Reader) Read(s string) *Text {
	t := &r.text
	t.Original, t.Tokens, t.Sentences = s, t.Tokens[:0], t.Sentences[:0]
	r.from, r.pieces, r.apart, r.signs = 0, 0, 0, false
	r.scan(s)
	r.endSentence(len(s))
	if r.apart != 0 || r.signs {
		r.join()
	}
	return t
}

// scan makes the tokens of s. Nearly all words are made of what read knows, nearly all others of
// that and what pieced knows; a word with anything else goes to odd.
func (r *Reader) scan(s string) {
	for i := 0; i < len(s); {
		first, size := runes[s[i]], 1
		if s[i] >= utf8.RuneSelf {
			first, size = wide(s, i)
		}
		if first&infoBegins == 0 {
			i += size
			if first&infoStop != 0 {
				i = r.stop(s, i-size, i)
			}
			continue
		}
		if len(r.text.Tokens) == cap(r.text.Tokens) {
			r.text.Tokens = slices.Grow(r.text.Tokens, len(r.text.Tokens)+64)
		}
		w, end := packed{shape: shapeStart}.read(s, i)
		ok := true
		if end < len(s) && s[end] >= utf8.RuneSelf || w.said()&infoLetter == 0 {
			w, end, ok = w.pieced(s, end)
		}
		if !ok || w.n() > maxPacked {
			i = r.odd(s, i)
			continue
		}
		if i = r.put(w, i, end, first); i < len(s) && s[i] == ' ' {
			i++ // what stands between words, nearly always
		}
	}
}

// read adds the precomposed letters and digits that stand at s[i:]. It calls nothing and has
// nothing else to do, so that a word on its way is kept in registers.
func (w packed) read(s string, i int) (packed, int) {
	letters, folded, shape, said, n := w.letters, w.folded, w.shape, w.said(), w.all>>32
	for i < len(s) {
		c, next := uint(s[i]), i+1
		if c >= utf8.RuneSelf {
			if next >= len(s) || s[next]^0x80 >= 0x40 {
				break
			}
			lead := c
			c, next = c&0x1f<<6|uint(s[next]^0x80), next+1
			if lead-0xc2 >= 0xe0-0xc2 { // not of two bytes; of three, only 0xe1 begins letters with a code
				if lead != 0xe1 || next >= len(s) || s[next]^0x80 >= 0x40 {
					break
				}
				c, next = c<<6&0xfff|0x1000|uint(s[next]^0x80), next+1
			}
		}
		e := runes[c]
		if e&infoCode == 0 {
			break
		}
		letters = letters<<letterBits | uint64(e&infoCode)
		folded = folded<<letterBits | uint64(e>>infoFolded)
		shape = shape<<shapeBits + uint64(e>>infoShape&shapeField)
		said |= e
		n++
		i = next
	}
	return packed{letters, folded, shape, n<<32 | uint64(said)}, i
}

// pieced goes on with a word after read: with marks that stand by themselves, and with points
// and commas in numbers. It is not ok where anything else follows that belongs to the word.
func (w packed) pieced(s string, i int) (_ packed, end int, ok bool) {
	for {
		e, size := at(s, i)
		switch {
		case e&infoForeign != 0:
			return w, i, false
		case e&infoInside != 0:
			if w.letters, w.shape, ok = looseMark(w.letters, w.shape, e); !ok {
				return w, i, false
			}
			w.all |= uint64(e&infoTones | infoMarked)
			i += size
		case w.said()&infoLetter == 0:
			if e = inNumber(s, i); e&infoCode == 0 {
				return w, i, e == 0
			}
			w.add(e)
			i++
		default:
			return w, i, true
		}
		w, i = w.read(s, i)
	}
}

// inNumber is the info of the character at s[i], which follows a digit: a point or a comma
// belongs to the number where another digit follows.
func inNumber(s string, i int) info {
	if i >= len(s) || s[i] != '.' && s[i] != ',' {
		return 0
	}
	switch next, _ := at(s, i+1); {
	case next&infoDigit == 0:
		return next & infoForeign // digits of other scripts
	case s[i] == ',':
		return infoComma
	}
	return infoPoint
}

// at is the info of the character at s[i] and its length, zero past the end.
func at(s string, i int) (info, int) {
	if i >= len(s) {
		return 0, 0
	}
	if s[i] < utf8.RuneSelf {
		return runes[s[i]], 1
	}
	return wide(s, i)
}

// wide is the info of the character at s[i], which is not ASCII, and its length; zero and 1 where
// the bytes are broken.
func wide(s string, i int) (info, int) {
	c := s[i]
	if c < 0xe0 {
		if c >= 0xc2 && i+1 < len(s) && s[i+1]&0xc0 == 0x80 {
			return runes[uint(c&0x1f)<<6|uint(s[i+1]&0x3f)], 2
		}
		return 0, 1
	}
	if c <= 0xe2 && c != 0xe0 && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80 {
		if r := uint(c&0xf)<<12 | uint(s[i+1]&0x3f)<<6 | uint(s[i+2]&0x3f); r < tableEnd {
			return runes[r], 3
		}
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return infoOf(r), size
}

// put appends the token of a word of known letters and returns where it ends.
func (r *Reader) put(w packed, start, end int, first info) int {
	exact, folded := w.pack()
	said, moved := w.said(), false
	if !w.usual() {
		var ok bool
		if moved, ok = w.misplaced(); !ok {
			return r.odd(r.text.Original, start)
		}
	}
	flags := letterCases[said/infoLower&15] | Flags(first/infoUpper&1)*Capital
	if moved {
		flags |= Respelled
	}
	if said&(infoDigit|infoLower) == infoDigit|infoLower {
		if k, ok := digitsAsLetters(exact); ok {
			exact, folded, flags = k, k.fold(), flags|Disguised|Respelled
		}
	}
	r.mayBePiece(uint(w.ending()/apiece) &^ uint(said/infoDigit))
	t := r.next(start, end)
	t.Flags, t.Exact, t.Folded = flags, exact, folded
	return end
}

// letterCases are the flags Bare and Upper by the bits from infoLower to infoMarked.
var letterCases = [16]Flags{
	0: Bare, 1: Bare, 2: Bare | Upper, 3: Bare, 4: Bare, 5: Bare, 6: Bare | Upper, 7: Bare,
	10: Upper, 14: Upper,
}

// mayBePiece notes in its lowest bit whether the token that is read may be a part of a word whose
// letters are set apart.
func (r *Reader) mayBePiece(yes uint) {
	r.pieces = r.pieces<<1 | yes&1
	r.apart |= r.pieces & (r.pieces >> 1) & (r.pieces >> 2)
}

// next is a further token, for which scan has made room. It is filled in field by field: one put
// together first would be copied in larger pieces than it was written in, which stalls the
// processor.
func (r *Reader) next(start, end int) *Token {
	n := len(r.text.Tokens)
	r.text.Tokens = r.text.Tokens[:n+1]
	t := &r.text.Tokens[n]
	t.Start, t.End = int32(start), int32(end) // #nosec G115 -- texts are below 2 GB
	t.Sentence = int32(len(r.text.Sentences)) // #nosec G115 -- as above
	return t
}

// odd makes the token that begins at start and holds more than known letters, or more of them
// than a key has room for, and returns where it ends.
func (r *Reader) odd(s string, start int) (end int) {
	end = tokenEnd(s, start)
	w := r.spell.spell(s[start:end])
	piece := uint(1)
	if w.key.Hashed() || w.key.letter(1) != 0 || w.key.digits() {
		piece = 0
	}
	r.mayBePiece(piece)
	t := r.next(start, end)
	t.Flags, t.Exact, t.Folded = w.flags|capitals(s[start:end]), w.key, w.folds
	return end
}

func capitals(s string) (f Flags) {
	first, lower, upper := true, false, false
	for _, r := range s {
		if first && unicode.IsUpper(r) {
			f = Capital
		}
		first = false
		lower = lower || unicode.IsLower(r)
		upper = upper || unicode.IsUpper(r)
	}
	if upper && !lower {
		f |= Upper
	}
	return f
}

// tokenEnd finds the end of the token that begins at start. Marks and invisible characters belong
// to it, but for invisible ones at its end; so does a point or comma between digits.
func tokenEnd(s string, start int) (end int) {
	number, letters := true, 0 // digits so far; letters
	for i := start; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case raised(r) && letters > longestUnit:
			return end
		case isAlnum(r):
			if number = number && unicode.IsDigit(r); unicode.IsLetter(r) {
				letters++
			}
			end = i + size
		case ignorable(r):
		case unicode.IsMark(r):
			end = i + size
		case (r == '.' || r == ',') && number && end == i && startsWithDigit(s[i+size:]):
		default:
			return end
		}
		i += size
	}
	return end
}

func startsWithDigit(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsDigit(r)
}
