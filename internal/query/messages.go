package query

import (
	"maps"
	"slices"
)

// Codes are all codes of a SyntaxError, in order: the interface has a text for each.
func Codes() []string { return slices.Sorted(maps.Keys(problems)) }

// WarningCodes are all codes of a Warning, in order.
func WarningCodes() []string { return slices.Sorted(maps.Keys(cautions)) }

// problems are what is wrong and the remedy, by the code of the error, in English. The interface
// has the same texts.
var problems = map[string]string{
	"address":            "to find the articles of a site, write site: and its host, such as site:baotinh.vn.",
	"author":             "people and accounts cannot be searched for by name of account; search for what the text says.",
	"bad-date":           "write a day that exists, as 2026-11-24 or 24/11/2026 (the day first).",
	"bad-lang":           "write the language as two or three letters, such as lang:vi.",
	"bad-place":          "write the code of the place, such as place:06 or place:lm-ho-ba-be; its name goes in quotation marks without place:.",
	"bad-site":           "write a host alone, such as site:baotinh.vn; its subdomains are included.",
	"bad-source":         "write the id of the source, such as source:bao-tinh; its name goes in quotation marks without source:.",
	"bad-tier":           "write the tier as one number, such as tier:1; join several with OR.",
	"boost":              "terms have no weights here; remove ^ and the number.",
	"brackets":           "group with round brackets ( ).",
	"case-sensitive":     "capitals make no difference here; put the phrase in quotation marks instead of { }.",
	"dates-reversed":     "to: lies before from:, so no article can match; swap the two.",
	"empty":              "write at least one word.",
	"empty-group":        "the brackets hold nothing; write a term inside or remove them.",
	"escape":             "remove the backslashes; quotation marks need none.",
	"field-in-field":     "one field cannot stand inside another; close the brackets first or remove the inner one.",
	"field-not":          "write the minus or NOT before the name of the field, as in -title:word.",
	"foreign-operator":   "this operator of another system is written NEAR/n, ONEAR/n, SAMESENT, AND, OR or NOT here; put the word in quotation marks to search for it.",
	"fuzzy":              "there is no fuzzy search; ~ before a word finds it with any marks, ~n after a quotation lets words lie between.",
	"lone-dash":          "a dash alone is no word; put the whole phrase in quotation marks, or write -word without a space to exclude it.",
	"lone-fold":          "write ~ right before a word or a phrase.",
	"near-and":           "NEAR and SAMESENT take one word, phrase or OR on each side; move the AND outside, or put a phrase in quotation marks.",
	"near-fields":        "one side is in the title and the other in the body, which never lie near each other; use AND.",
	"near-filter":        "only words stand beside NEAR and SAMESENT; join the filter with AND.",
	"near-group":         "a distance follows a quotation, not a group; write NEAR/n between two terms.",
	"near-loose":         "a phrase with ~n cannot stand beside NEAR or SAMESENT; remove ~n.",
	"near-nested":        "NEAR, ONEAR and SAMESENT cannot be chained or nested; write each pair and join them with AND.",
	"near-not":           "NOT cannot stand beside NEAR or SAMESENT; write A AND NOT A NEAR/n B.",
	"near-number":        "write the number right after the slash, as in NEAR/5.",
	"near-too-far":       "at most 50 syllables may lie between; use AND for more.",
	"no-word":            "there is no letter or digit to search for; write a word or remove this.",
	"prefix-too-short":   "write at least two letters before the asterisk.",
	"range":              "write a range of days as from:DAY to:DAY.",
	"regex":              "there are no regular expressions; write the words, or letters* for their beginning.",
	"relative-date":      "write the day with its month and year, as 24/11/2026; a query knows no yesterday, no number of days, no day without a year.",
	"slop-number":        "write the number right after the tilde, as in \"…\"~5.",
	"slop-too-far":       "at most 50 other syllables may lie between; use AND for more.",
	"term-expected":      "a word or phrase is missing here; write it, or remove the operator. To search for an operator's word, put it in quotation marks.",
	"too-deep":           "too many groups inside each other; write fewer brackets, or several watches.",
	"too-long":           "the query is too long; make several watches of it.",
	"too-many-spellings": "too many syllables of this phrase can be spelled with i or y; make it shorter, or switch i/y off.",
	"too-many-terms":     "more than 2,000 terms; make several watches of it.",
	"unclosed-group":     "this bracket is not closed; write ) where the group ends.",
	"unclosed-quote":     "this quotation mark is not closed; write \" where the phrase ends.",
	"unknown-field":      "there is no such field. Fields: title, body, source, site, place, lang, tier, from, to. Put other text in quotation marks.",
	"unopened":           "this bracket was never opened; remove it, or write ( where the group begins.",
	"wildcard-alone":     "an asterisk alone finds everything; write at least two letters before it.",
	"wildcard-in-quotes": "an asterisk works only after a word outside quotation marks; write \"first words\" ONEAR/0 last*.",
	"wildcard-one":       "there is no sign for one letter; write the word out, or letters* for its beginning.",
	"wildcard-place":     "an asterisk stands only after the letters that a word begins with.",
	"wildcard-words":     "an asterisk belongs to one word; write \"first words\" ONEAR/0 last*.",
}

// cautions are what was understood and how to write it if something else is meant, by the code
// of the warning, in English.
var cautions = map[string]string{
	"capitals":            "All of the query is in capitals, so VÀ, HOẶC, KHÔNG, GẦN and TRƯỚC were read as words; write AND, OR, NOT or NEAR/n for operators.",
	"comma":               "A comma only parts terms, and all of them are needed; write OR between those of which one is enough.",
	"default-distance":    "NEAR without a number allows 6 syllables between; write the number, as in NEAR/10.",
	"field-space":         "The name of a field takes what follows it, also after a space; for the word itself use quotation marks.",
	"field-word":          "The field takes only the next word; put the phrase in quotation marks, or the words in brackets.",
	"hashtag":             "The # is left out: the word is found with and without it.",
	"loose-one":           "A distance behind one word says nothing; it is left out.",
	"lower-case-operator": "and, or, not, near and samesent are operators in small letters too; put the word in quotation marks to search for it.",
	"near-word":           "NEAR and SAMESENT join only the word beside them; put a phrase in quotation marks.",
	"operator-in-quotes":  "AND, OR and NOT inside quotation marks are words to find; close the quotation before an operator.",
	"plus":                "The + is left out: all terms are needed anyway.",
	"single-quotes":       "Single quotation marks were read as double ones.",
	"site-www":            "www. is left out, so that all of the site is found.",
	"symbol-operator":     "& is read as AND, | as OR and ! as NOT; put the sign in quotation marks if it is text.",
	"vietnamese-operator": "và, hoặc and không between quotations, groups or fields were read as AND, OR and NOT; put the word in quotation marks to search for it.",
	"vietnamese-word":     "và, hoặc, không, gần and trước in small letters are words to find; write AND, OR, NOT or NEAR/n for operators.",
}

// WarningText is the English text of a warning.
func WarningText(code string) string { return cautions[code] }
