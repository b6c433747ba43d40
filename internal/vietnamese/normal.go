package vietnamese

// The states of the machine that tells a text which Normalize leaves alone. Each is the shift of
// its six bits in a row of normalMachine, so that one step is one look-up and one shift.
const (
	normalStart  = 6 * iota // between characters; also: nothing odd so far
	normalLatin1            // after C2: U+0080 to U+00BF
	normalAny               // one more byte of a character that is always normal
	normalE1                // after E1: only U+1E00 to U+1EFF go on
	normalE2                // after E2
	normalE280              // after E2 80: U+2010 to U+2027 and U+2030 to U+203F
	normalE281              // after E2 81: U+2040 to U+205E
	normalOdd               // something that needs a closer look
)

var normalMachine = normalTable()

func normalTable() (t [256]uint64) {
	for b := range t {
		set := func(from, to uint64) { t[b] = t[b]&^(63<<from) | to<<from }
		for state := uint64(0); state <= normalOdd; state += 6 {
			set(state, normalOdd)
		}
		continues := b >= 0x80 && b < 0xc0
		switch {
		case b < 0x80:
			set(normalStart, normalStart)
		case b == 0xc2:
			set(normalStart, normalLatin1)
		case b >= 0xc3 && b < 0xcc: // up to U+02FF; the marks begin at U+0300
			set(normalStart, normalAny)
		case b == 0xe1:
			set(normalStart, normalE1)
		case b == 0xe2:
			set(normalStart, normalE2)
		}
		if continues {
			set(normalAny, normalStart)
			if b != 0xa0 && b != 0xad { // no-break space, soft hyphen
				set(normalLatin1, normalStart)
			}
			if b >= 0xb8 && b < 0xbc {
				set(normalE1, normalAny)
			}
			if b >= 0x90 && b <= 0xa7 || b >= 0xb0 {
				set(normalE280, normalStart)
			}
			if b <= 0x9e {
				set(normalE281, normalStart)
			}
		}
		switch b {
		case 0x80:
			set(normalE2, normalE280)
		case 0x81:
			set(normalE2, normalE281)
		}
	}
	return t
}

// plainlyNormal says that s is valid UTF-8 of ASCII, Latin letters without loose marks and common
// punctuation alone, which is true of nearly every text and means that it is in normal form.
func plainlyNormal(s string) bool {
	const block = 256 // bytes between two looks at the state
	state := uint64(normalStart)
	for len(s) > 0 {
		n := min(block, len(s))
		for i := range n {
			state = normalMachine[s[i]] >> (state & 63)
		}
		if s = s[n:]; state&63 == normalOdd {
			return false
		}
	}
	return state&63 == normalStart
}
