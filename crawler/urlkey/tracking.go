package urlkey

import "strings"

// tracks reports whether a query parameter only says where a reader came from. Names that may
// also choose a page (id, p, page, ref, source) are not in the list.
func tracks(name string) bool {
	switch name {
	case "fbclid", "gclid", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "twclid", "ttclid", "zclid",
		"igshid", "igsh", "_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "s_cid", "spm", "cmpid", "ncid",
		"ref_src", "ref_url", "zarsrc", "gidzl", "vn_source", "vn_medium", "vn_campaign", "vn_term",
		"pk_campaign", "pk_kwd", "pk_source", "pk_medium", "phpsessid", "jsessionid", "amp", "__twitter_impression", "at_medium", "at_campaign":
		return true
	}
	for _, prefix := range []string{"utm_", "mtm_", "piwik_", "mc_", "fb_", "hsa_", "vero_", "zalo", "aspsessionid"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
