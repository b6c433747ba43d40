package places

import (
	"fmt"
	"strings"
)

// Reason is why a spot of a text was judged as it was: a code that a page can say in any
// language, and what it speaks of.
type Reason struct {
	Code string
	Args []string
}

// The codes of reasons. The comment names the arguments.
const (
	ReasonOwnName     = "own-name"     // the province's own name
	ReasonTitle       = "title"        // word before the name: and no other province has the name
	ReasonTitleOwn    = "title-own"    // word before a name that is ours alone, such as the province's
	ReasonParent      = "parent"       // unit that is named beside it as the one it lies in
	ReasonSupport     = "support"      // another place of the area that is named in the text
	ReasonNear        = "near"         // another place of the area, in the same sentence or the next
	ReasonSame        = "same"         // reason of another spot of the same name
	ReasonHome        = "home"         // the outlet writes for the area
	ReasonRoute       = "route"        // the place at the other end
	ReasonList        = "list"         // it stands in a list of places of several provinces, and no other has the name
	ReasonLandmark    = "landmark"     // the full name of a place of the area
	ReasonAlone       = "alone"        // nothing in the text says which place is meant
	ReasonShared      = "shared"       // provinces that have a unit of the name; nothing says which is meant
	ReasonWeak        = "weak"         // the name is an everyday one and stands without an administrative word
	ReasonKind        = "kind"         // word before the name: the area has no such unit of that name
	ReasonOtherParent = "other-parent" // place elsewhere that is named beside it as the one it lies in
	ReasonOtherNear   = "other-near"   // place elsewhere, in a province that has the name too
	ReasonOtherSame   = "other-same"   // reason of another spot of the same name
	ReasonOtherHome   = "other-home"   // province the outlet writes for, which has a unit of the name
	ReasonOtherText   = "other-text"   // provinces named in the text that have the name too
	ReasonPerson      = "person"       // word before the name
	ReasonCompany     = "company"      // word before the name
	ReasonThing       = "thing"        // word before the name
	ReasonLongerName  = "longer-name"  // the longer name
	ReasonDecoy       = "decoy"        // what the longer word means
	ReasonCommonWords = "common-words" // written without capitals
	ReasonMenu        = "menu"         // a line that only lists places, as menus do
	ReasonLeaves      = "leaves"       // it leaves the area, and no place of the area is surely in the text
)

var english = map[string]string{
	ReasonOwnName:     "the province's own name",
	ReasonTitle:       "%q before a name that no other province has",
	ReasonTitleOwn:    "%q before the province's own name",
	ReasonParent:      "in %s, which is named beside it",
	ReasonSupport:     "%q is named in the text",
	ReasonNear:        "%q is named near it",
	ReasonSame:        "the same name stands in the text as a place of the area: %s",
	ReasonHome:        "the outlet writes for the area",
	ReasonRoute:       "a road from %s",
	ReasonList:        "in a list of places, and no other province has the name",
	ReasonLandmark:    "the full name of a place of the area",
	ReasonAlone:       "nothing in the text says that the place of the area is meant",
	ReasonShared:      "also a name in %s, and nothing says which is meant",
	ReasonWeak:        "an everyday name without an administrative word before it",
	ReasonKind:        "%q before the name, but the area has no such unit of that name",
	ReasonOtherParent: "in %s, which is named beside it",
	ReasonOtherNear:   "%q is near, where the name is borne too",
	ReasonOtherSame:   "the same name stands in the text as something else: %s",
	ReasonOtherHome:   "the outlet writes for %s, where the name is borne too",
	ReasonOtherText:   "the text speaks of %s, where the name is borne too",
	ReasonPerson:      "%q before the name: somebody's name",
	ReasonCompany:     "%q before the name: the name of a firm or brand",
	ReasonThing:       "%q before the name: a thing of that name, and nothing says that it is in the area",
	ReasonLongerName:  "part of a longer name: %q",
	ReasonDecoy:       "a longer word: %s",
	ReasonCommonWords: "written as common words, without capitals",
	ReasonMenu:        "a line that only lists places, as a menu does",
	ReasonLeaves:      "it leaves the area, and no place of the area is surely in the text",
}

// because makes a reason; the arguments fill the sentence of its code.
func because(code string, args ...string) Reason { return Reason{Code: code, Args: args} }

// String says it in English.
func (r Reason) String() string {
	format := english[r.Code]
	args := make([]any, 0, len(r.Args))
	for i := range strings.Count(format, "%") {
		if i < len(r.Args) {
			args = append(args, r.Args[i])
		}
	}
	return fmt.Sprintf(format, args...)
}
