package mail

import (
	"bytes"
	"regexp"
	"strings"
)

// recipient is what a delivery report (RFC 3464) says of one receiver.
type recipient struct {
	action, status string
}

// readReport reads the fields of a delivery report, for each receiver. Servers that forget the blank lines between the receivers
// are understood as well: each "Final-Recipient" begins another one.
func readReport(body []byte) []recipient {
	var all []recipient
	var r recipient
	var final, diagnostic string
	flush := func() {
		if r.action != "" || r.status != "" {
			r.status = better(r.status, diagnostic)
			all = append(all, r)
		}
		r, final, diagnostic = recipient{}, "", ""
	}
	last := new(string)
	for line := range bytes.Lines(body) {
		if len(all) == maxParts {
			break
		}
		text := strings.TrimRight(string(line[:min(len(line), 1000)]), "\r\n")
		if strings.TrimSpace(text) == "" {
			flush()
			continue
		}
		if text[0] == ' ' || text[0] == '\t' {
			*last += text
			continue
		}
		name, value, _ := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		last = new(string)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "final-recipient":
			if final != "" {
				flush()
			}
			final = value
		case "action":
			action, _, _ := strings.Cut(value, " ")
			r.action = strings.ToLower(strings.TrimRight(action, ";,."))
		case "status":
			r.status = enhanced(value)
		case "diagnostic-code":
			diagnostic, last = value, &diagnostic
		}
	}
	flush()
	return all
}

// better is the status, or the more exact one that the receiver's server gave.
func better(status, diagnostic string) string {
	if status != "" && !strings.HasSuffix(status, ".0.0") {
		return status
	}
	if s := enhanced(diagnostic); s != "" && !strings.HasSuffix(s, ".0.0") && (status == "" || s[0] == status[0]) {
		return s
	}
	if status != "" {
		return status
	}
	return replyCode(diagnostic)
}

// judgeReport puts together what a report says of its receivers. Each mail goes to one address, which may stand for several:
// one that failed counts, since telling one person too many costs less than telling nobody.
func judgeReport(all []recipient) (IncomingKind, string) {
	var delayed, delivered bool
	var status string
	for _, r := range all {
		switch {
		case r.action == "failed" || r.action == "" && strings.HasPrefix(r.status, "5"):
			if strings.HasPrefix(r.status, "2") || r.status == "" {
				r.status = "5.0.0"
			}
			return Bounce, r.status
		case r.action == "delayed" || r.action == "" && strings.HasPrefix(r.status, "4"):
			delayed, status = true, r.status
		case r.action == "delivered" || r.action == "relayed" || r.action == "expanded" || r.action == "" && strings.HasPrefix(r.status, "2"):
			delivered = true
		}
	}
	switch {
	case delayed:
		return Delay, status
	case delivered:
		return Delivered, ""
	}
	return Unclear, ""
}

var (
	enhancedCode = regexp.MustCompile(`(?:^|[^0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\.?$|\.?[^0-9.])`)
	smtpCode     = regexp.MustCompile(`(?:^|[^0-9.])([45][0-5][0-9])(?:[ \-:;]|$)`)
)

// enhanced returns the first code of RFC 3463 in a text, or "".
func enhanced(s string) string {
	if m := enhancedCode.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// replyCode returns the first reply code of a refusal in a text, or "".
func replyCode(s string) string {
	if m := smtpCode.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}
