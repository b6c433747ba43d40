package match

// A program is the tree of a query as numbers in a row. Each begins with a word of an operator in
// the upper four bits and an argument below. Leaves and dates are one word. The argument of the
// others is how many words follow that belong to them, so that whoever knows enough can step
// over the rest. The branches of an OR stand in the order of the query; those of an AND begin
// with what is cheap to ask.
type operator uint32

const (
	opLeaf     operator = iota << opShift // a leaf
	opDate                                // an index into dates
	opAnd                                 // programs
	opAnchored                            // opAnd of which the first one holds wherever the watch is asked
	opOr                                  // programs
	opNot                                 // a program
	opNear                                // distance, with 1<<31 where ordered; how many leaves left; the leaves
	opTogether                            // how many leaves left; the leaves
	opLoose                               // the longest window in tokens; pairs of leaf and how often
)

const (
	opShift  = 28
	argument = 1<<opShift - 1
	ordered  = 1 << 31
)

func operation(word uint32) operator { return operator(word &^ argument) }

// size is how many words the program takes that begins with word.
func size(word uint32) uint32 {
	if operation(word) <= opDate {
		return 1
	}
	return 1 + word&argument
}

// anchor is a watch to ask when a leaf is met.
type anchor struct {
	program uint32
	watch   int32 // with alsoElsewhere where other leaves anchor the watch too
}

const alsoElsewhere = -1 << 31

// eachLeaf calls do with the place of every word of a program whose argument is a leaf.
func eachLeaf(program []uint32, do func(i int)) {
	for i := 0; i < len(program); {
		end := i + int(size(program[i]))
		from, step := end, 1
		switch operation(program[i]) {
		case opLeaf:
			from = i
		case opNear:
			from = i + 3
		case opTogether:
			from = i + 2
		case opLoose:
			from, step = i+2, 2
		case opDate:
		default: // its body is programs: read on
			end = i + 1
		}
		for j := from; j < end; j += step {
			do(j)
		}
		i = end
	}
}
