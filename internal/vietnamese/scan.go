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

	from  int  // where the sentence that is being read begins
	short int  // how many of the last tokens may be a single letter of a word set apart
	apart bool // there were three of them in a row
	signs bool // an @ may stand for a letter

	parted, fewest []int32 // of the row of pieces that is being joined
}

// Read reads s as the function Read does; the Text is valid until the next Read.
func (r *Reader) Read(s string) *Text {
	t := &r.text
	t.Original, t.Tokens, t.Sentences = s, t.Tokens[:0], t.Sentences[:0]
	r.from, r.short, r.apart, r.signs = 0, 0, false, false
	r.scan(s)
	r.endSentence(len(s))
	if r.apart || r.signs {
		r.join()
	}
	return t
}

// scan makes the tokens of s. Its loop knows precomposed letters and digits, which is nearly all
// of nearly every text; a word with anything else goes to odd. It is written out for speed: the
// letters of a word are gathered in registers.
func (r *Reader) scan(s string) {
	for i := 0; i < len(s); {
		e, size := runes[s[i]], 1
		if s[i] >= utf8.RuneSelf {
			e, size = wide(s, i)
		}
		if e&infoBegins == 0 {
			i += size
			if e&infoStop != 0 {
				i = r.stop(s, i-size, i)
			}
			continue
		}
		start, first := i, e
		var letters, folded, shape, all uint64
		for {
			if e&infoCode != 0 {
				letters = letters<<letterBits | uint64(e&infoCode)
				folded = folded<<letterBits | uint64(e>>infoFolded&infoCode)
				shape = shape<<shapeBits | uint64(e>>infoShape&shapeField)
				all = (all | uint64(e)) + oneLetter
			} else if e&infoInside != 0 {
				var ok bool
				if letters, shape, ok = looseMark(letters, shape, e); !ok {
					break
				}
				all |= uint64(e&infoTones | infoMarked)
			} else {
				break
			}
			if i += size; i >= len(s) {
				e = 0
				break
			}
			c := s[i]
			e, size = runes[c], 1
			switch {
			case c < utf8.RuneSelf:
				if e&infoCode == 0 && all&uint64(infoLetter) == 0 {
					e = inNumber(s, i)
				}
			case c == 0xe1 && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80:
				e, size = runes[0x1000|uint(s[i+1]&0x3f)<<6|uint(s[i+2]&0x3f)], 3
			case c-0xc2 < 0xe0-0xc2 && i+1 < len(s) && s[i+1]&0xc0 == 0x80:
				e, size = runes[uint(c&0x1f)<<6|uint(s[i+1]&0x3f)], 2
			default:
				e, size = wide(s, i)
			}
		}
		if e&(infoForeign|infoInside) != 0 {
			i = r.odd(s, start)
			continue
		}
		r.put(packed{letters, folded, shape, all}, start, i, first)
	}
}

// inNumber is the info of the character at s[i], which follows a digit: a point or a comma
// belongs to the number where another digit follows.
func inNumber(s string, i int) info {
	if s[i] != '.' && s[i] != ',' {
		return 0
	}
	switch next := at(s, i+1); {
	case next&infoDigit == 0:
		return next & infoForeign // digits of other scripts
	case s[i] == ',':
		return infoComma
	}
	return infoPoint
}

// at is the info of the character at s[i], zero past the end.
func at(s string, i int) info {
	if i >= len(s) {
		return 0
	}
	if s[i] < utf8.RuneSelf {
		return runes[s[i]]
	}
	e, _ := wide(s, i)
	return e
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

// put appends the token of a word of known letters.
func (r *Reader) put(w packed, start, end int, first info) {
	if w.n() > maxPacked {
		r.odd(r.text.Original, start)
		return
	}
	exact, folded := w.pack()
	said, moved := w.said(), false
	if w.shape&allToned != 0 && !w.usual() {
		var ok bool
		if moved, ok = w.misplaced(); !ok {
			r.odd(r.text.Original, start)
			return
		}
	}
	flags := Flags(^said/infoMarked&1)*Bare | Flags(first/infoUpper&1)*Capital | Flags(said/infoUpper&^(said/infoLower)&1)*Upper
	if moved {
		flags |= Respelled
	}
	if said&(infoDigit|infoLower) == infoDigit|infoLower {
		if k, ok := digitsAsLetters(exact); ok {
			exact, folded, flags = k, k.fold(), flags|Disguised|Respelled
		}
	}
	if w.n() == 1 || w.shape&allVowels == 0 || w.letters == qu || w.letters == gi {
		r.countShort(said)
	} else {
		r.short = 0
	}
	r.append(start, end, flags, exact, folded)
}

// countShort counts tokens in a row that may be part of a word whose letters are set apart: single
// letters, and consonants alone.
func (r *Reader) countShort(said info) {
	if r.short++; said&infoDigit != 0 {
		r.short = 0
	}
	r.apart = r.apart || r.short >= 3
}

// append writes the fields one by one, in place: a Token put together first would be copied in
// larger pieces than it was written in, which stalls the processor.
func (r *Reader) append(start, end int, flags Flags, exact, folded Key) {
	n := len(r.text.Tokens)
	if n == cap(r.text.Tokens) {
		r.text.Tokens = slices.Grow(r.text.Tokens, n+64)
	}
	r.text.Tokens = r.text.Tokens[:n+1]
	t := &r.text.Tokens[n]
	t.Start, t.End = int32(start), int32(end) // #nosec G115 -- texts are below 2 GB
	t.Sentence = int32(len(r.text.Sentences)) // #nosec G115 -- as above
	t.Flags, t.Exact, t.Folded = flags, exact, folded
}

// odd makes the token that begins at start and holds more than known letters, or more of them
// than a key has room for, and returns where it ends.
func (r *Reader) odd(s string, start int) (end int) {
	end = tokenEnd(s, start)
	w := r.spell.spell(s[start:end])
	if r.short++; w.key.Hashed() || w.key.letter(1) != 0 || w.key.digits() {
		r.short = 0
	}
	r.apart = r.apart || r.short >= 3
	r.append(start, end, w.flags|capitals(s[start:end]), w.key, w.folds)
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
	number := true // digits so far
	for i := start; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isAlnum(r):
			number = number && unicode.IsDigit(r)
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
