package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"silta/consult"
	"silta/notify/jobs"
)

const day = 24 * time.Hour

// Each of these reads one value from its text. Their errors are reasons: what is wrong, and what to write instead.

func parseText(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", fmt.Errorf("is empty; write a text")
	}
	return s, nil
}

// parseSecret is for what must not be repeated in a fault.
func parseSecret(s string) (string, error) {
	if s == "" {
		return "", fmt.Errorf("is empty; write the secret, or leave the key out")
	}
	return s, nil
}

// parseListen reads an address to listen on. Port 0 stands for any that is free.
func parseListen(s string) (string, error) {
	if _, err := hostPort(s, 0); err != nil {
		return "", fmt.Errorf("%s is no address to listen on; write host:port, such as 127.0.0.1:8080", quote(s))
	}
	return s, nil
}

// parseServer reads the address of a server elsewhere.
func parseServer(s string) (string, error) {
	host, err := hostPort(s, 1)
	if err != nil || host == "" {
		return "", fmt.Errorf("%s is no server address; write host:port, such as smtp.example.fi:587", quote(s))
	}
	return s, nil
}

// hostPort checks an address of the form host:port, and returns its host, which may be empty.
func hostPort(s string, leastPort int) (host string, err error) {
	host, p, err := net.SplitHostPort(s)
	if err != nil {
		return "", err
	}
	port, err := strconv.Atoi(p)
	switch {
	case err != nil:
		return "", err
	case port < leastPort || port > 65535 || strings.HasPrefix(p, "+"):
		return "", errors.New("no port")
	case host != "" && !isHost(host):
		return "", errors.New("no host")
	}
	return host, nil
}

// isHost reports whether s is an IP address or can be the name of a host.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	return isDomain(s)
}

// isDomain reports whether s can be a name in the DNS; internationalised ones in their xn-- form.
func isDomain(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range label {
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// isLoopback reports whether a host is this machine, going by its name alone.
func isLoopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}

func parseDomain(s string) (string, error) {
	if !isDomain(s) {
		return "", fmt.Errorf("%s is no domain; write a name such as silta.example.fi", quote(s))
	}
	return s, nil
}

func parsePublicURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Opaque != "" || !isHost(u.Hostname()) {
		return nil, fmt.Errorf("is no web address; write one such as https://silta.example.fi")
	}
	if p := u.Port(); p != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("has no valid port; leave it out, or write one from 1 to 65535")
		}
	}
	if u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, fmt.Errorf("must be scheme and host only; write %s://%s", u.Scheme, u.Host)
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return nil, fmt.Errorf("http is for localhost only; write https://%s", u.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func parseNATSURL(s string) (string, error) {
	for one := range strings.SplitSeq(s, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) || !isHost(u.Hostname()) {
			return "", fmt.Errorf("is no address of a NATS server; write one such as tls://nats.example.fi:4222")
		}
		if u.User != nil {
			return "", fmt.Errorf("must not hold a login; write it as user and password beside it")
		}
	}
	return s, nil
}

// parseWorkingDays reads a number of working days.
func parseWorkingDays(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 250 {
		return 0, fmt.Errorf("%s is no number of working days; write 1 to 250", quote(s))
	}
	return n, nil
}

func parseReplicas(s string) (int, error) {
	if len(s) != 1 || !strings.Contains("135", s) {
		return 0, fmt.Errorf("%s is no number of replicas; write 1, 3 or 5", quote(s))
	}
	return int(s[0] - '0'), nil
}

func parseAddress(s string) (mail.Address, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || !isDomain(domainOf(a.Address)) {
		return mail.Address{}, fmt.Errorf("%s is no mail address; write one such as Silta <silta@example.fi>", quote(s))
	}
	return *a, nil
}

func parseBareAddress(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || !isDomain(domainOf(s)) {
		return "", fmt.Errorf("%s is no bare mail address; write one such as palaute@example.fi", quote(s))
	}
	return s, nil
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

func parsePhone(s string) (string, error) {
	digits := 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == ' ' && i > 0, c == '+' && i == 0:
		default:
			digits = -len(s)
		}
	}
	if digits < 3 {
		return "", fmt.Errorf("%s is no phone number; write digits and spaces, such as 116 117 or +358 9 2525 0111", quote(s))
	}
	return s, nil
}

func parseBasis(s string) (consult.Basis, error) {
	switch {
	case !consult.ValidID(s):
		return "", fmt.Errorf("%s is no id; write up to 64 of a-z, 0-9, - and _, such as child-welfare-act", quote(s))
	case consult.Basis(s) == consult.Consent:
		return "", fmt.Errorf("consent is always there; leave it out")
	}
	return consult.Basis(s), nil
}

func parsePrefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err == nil {
		if m := p.Masked(); m != p {
			return netip.Prefix{}, fmt.Errorf("%s has bits beyond its network; write %s", quote(s), m)
		}
		return p, nil
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return netip.Prefix{}, fmt.Errorf("%s is an address, not a network; write %s/%d", quote(s), a, a.BitLen())
	}
	return netip.Prefix{}, fmt.Errorf("%s is no network; write one such as 10.0.0.0/8 or fd00::/8", quote(s))
}

// parseLMTP reads where mail is taken in: nobody is asked for a password there, so it has to be on this machine.
func parseLMTP(s string) (string, error) {
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		if !strings.HasPrefix(path, "/") || strings.ContainsRune(path, 0) {
			return "", fmt.Errorf("%s names no socket; write its whole path, such as unix:/run/silta/lmtp.sock", quote(s))
		}
		return s, nil
	}
	host, err := hostPort(s, 0)
	if err != nil {
		return "", fmt.Errorf("%s is no address for LMTP; write one such as unix:/run/silta/lmtp.sock or 127.0.0.1:2424", quote(s))
	}
	if !isLoopback(host) {
		return "", fmt.Errorf("%s could be reached from other machines; write an address of this one, such as 127.0.0.1:2424", quote(s))
	}
	return s, nil
}

func parseBool(s string) (bool, error) {
	b, err := oneOf(s, "true", "false")
	return b == "true", err
}

func parseSecurity(s string) (Security, error) {
	return oneOf(s, STARTTLS, TLSFromStart, NoTLS)
}

func parseLevel(s string) (slog.Level, error) {
	levels := []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}
	names := []string{"debug", "info", "warn", "error"}
	name, err := oneOf(s, names...)
	if err != nil {
		return 0, err
	}
	return levels[slices.Index(names, name)], nil
}

func parseFormat(s string) (json bool, err error) {
	f, err := oneOf(s, "text", "json")
	return f == "json", err
}

func oneOf[T ~string](s string, values ...T) (T, error) {
	if slices.Contains(values, T(s)) {
		return T(s), nil
	}
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return "", fmt.Errorf("%s is not known here; write %s", quote(s), orList(names))
}

func orList(names []string) string {
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

func parseSchedule(s string) (jobs.Schedule, error) {
	schedule, err := jobs.Parse(s)
	if err != nil {
		return schedule, fmt.Errorf("%s is no schedule; write one such as \"@every 30s\", \"*/5 * * * *\" or \"0 7 * * mon-fri\"", quote(s))
	}
	return schedule, nil
}

// duration returns a reader of lengths of time between two bounds. It takes what [time.ParseDuration] takes, and days before it.
func duration(least, most time.Duration) func(string) (time.Duration, error) {
	return func(s string) (time.Duration, error) {
		d, ok := readDuration(s)
		if !ok {
			return 0, fmt.Errorf("%s is no length of time; write one such as %s or %s", quote(s), showDuration(least), showDuration(most))
		}
		if d < least || d > most {
			return 0, fmt.Errorf("%s is out of range; write %s to %s", quote(s), showDuration(least), showDuration(most))
		}
		return d, nil
	}
}

func readDuration(s string) (time.Duration, bool) {
	days, rest, hasDays := strings.Cut(s, "d")
	if !hasDays {
		days, rest = "0", s
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil || (hasDays && rest != "" && (rest[0] == '-' || rest[0] == '+')) {
		return 0, false
	}
	var d time.Duration
	if rest != "" {
		if d, err = time.ParseDuration(rest); err != nil {
			return 0, false
		}
	} else if !hasDays {
		return 0, false
	}
	// Beyond any bound that a key has, so that the sum can't overflow.
	if d.Abs() > 100*365*day {
		return 100 * 365 * day, true
	}
	return time.Duration(n)*day + d, true
}

func showDuration(d time.Duration) string {
	switch {
	case d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}

// quote shows a value in a fault, cut so that the fault stays a line.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return strconv.Quote(s)
}

// atLeastOne reads whole numbers from 1.
func atLeastOne(most int) func(string) (int, error) {
	return func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > most {
			return 0, fmt.Errorf("%s is no number from 1 to %d; write one", quote(s), most)
		}
		return n, nil
	}
}

func parseID(s string) (string, error) {
	if !consult.ValidID(s) {
		return "", fmt.Errorf("%s is no short name; write up to 64 of a-z, 0-9, - and _", quote(s))
	}
	return s, nil
}

// parseToken reads what has no blanks in it.
func parseToken(s string) (string, error) {
	if s == "" || strings.ContainsAny(s, " \t\r\n") {
		return "", fmt.Errorf("%s is no value of a claim; write one without blanks, such as mfa", quote(s))
	}
	return s, nil
}

// parseIssuer reads the address of a provider of identities: https, except on this machine.
func parseIssuer(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return "", fmt.Errorf("%s is no address of a provider; write one with https, such as https://login.example.fi", quote(s))
	}
	return s, nil
}

func parseRole(s string) (consult.Role, error) {
	if !slices.Contains(consult.Roles, consult.Role(s)) {
		return "", fmt.Errorf("%s is no role; write requester, specialist, admin or auditor", quote(s))
	}
	return consult.Role(s), nil
}
