package settings

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// checkConfig finds what no single value shows: values that do not go together.
func (s *Settings) checkConfig(r *report) {
	c := &s.Config
	complain := func(path []any, format string, args ...any) {
		file, line, column := s.origins.at(path)
		r.add(file, line, column, "%s: %s", path[len(path)-1], fmt.Sprintf(format, args...))
	}
	if c.Pace.Scale > 1 && !c.Crawl.AllowPrivate {
		complain([]any{"pace", "scale"}, "a compressed clock is only for private addresses; set crawl.allow_private too, or leave it at 1")
	}
	if c.Web.Listen != "" && c.Web.Listen == c.Web.AdminListen && !strings.HasSuffix(c.Web.Listen, ":0") {
		complain([]any{"web", "admin_listen"}, "is the address of the interface; it needs its own")
	}
	checkSMTP(c.SMTP, complain)
	seen := map[string]bool{}
	for i, w := range c.Webhooks {
		if w.ID != "" && seen[w.ID] {
			complain([]any{"webhooks", i, "id"}, "%q is used twice", w.ID)
		}
		seen[w.ID] = true
		if !w.Secret.IsSet() {
			complain([]any{"webhooks", i, "secret"}, "is missing; set it here or in %s", variableName("webhook."+w.ID+".secret"))
		}
		if why := WebhookRefusal(w.URL, c.Crawl.AllowPrivate); why != "" {
			complain([]any{"webhooks", i, "url"}, "%s", why)
		}
	}
}

func checkSMTP(m SMTP, complain func(path []any, format string, args ...any)) {
	if m.Host == "" {
		return
	}
	if m.From == "" {
		complain([]any{"smtp", "host"}, "mails need a sender too: set smtp.from")
	}
	if m.Username != "" && !m.Password.IsSet() {
		complain([]any{"smtp", "username"}, "%s needs a password: set it in LAMRO_SMTP_PASSWORD or LAMRO_SMTP_PASSWORD_FILE", m.Username)
	}
	if m.TLS == "none" && !isLoopback(m.Host) {
		complain([]any{"smtp", "tls"}, "none sends alerts in clear text; only a loopback server may be spoken to like that")
	}
}

// WebhookRefusal says why alerts may not be posted to an address, "" when they may: in clear
// text or to a private address only where the settings allow private addresses.
func WebhookRefusal(address string, allowPrivate bool) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || allowPrivate {
		return ""
	}
	if isLoopback(u.Hostname()) || isPrivate(u.Hostname()) {
		return "is a private address; crawl.allow_private must be on for that"
	}
	if u.Scheme != "https" {
		return "must be https:// (http:// is only for private addresses)"
	}
	return ""
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func isPrivate(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast()
}

// checkAreas holds the office's areas against the places of the province.
func (s *Settings) checkAreas(r *report) {
	known := knownPlaces(s.Province.Places.Data)
	if known == nil {
		return
	}
	for i, code := range s.Config.Office.Areas {
		if placeForm.MatchString(code) && !known[code] {
			file, line, column := s.origins.at([]any{"office", "areas", i})
			r.add(file, line, column, "areas: places.yaml has no place %q", code)
		}
	}
}
