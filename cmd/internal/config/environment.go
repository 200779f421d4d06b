package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// prefix begins the name of every variable that is read.
const prefix = "SILTA_"

// variable is the name of the environment variable that overrides a key.
func (r *reader) variable(key string) string {
	return prefix + strings.NewReplacer(".", "_", "-", "_").Replace(strings.ToUpper(r.sub(key)))
}

// override returns the environment's value of a key.
func (r *reader) override(key string) (value, bool) {
	if r.inList {
		return value{}, false
	}
	name := r.variable(key)
	r.source.known = append(r.source.known, name)
	text, ok := r.env[name]
	return value{text: text, variable: name}, ok
}

// secret reads a key that can also come from a file that a variable names, as the files that service managers hand out.
func secret(r *reader, key string, to *string) {
	name := r.variable(key) + "_FILE"
	r.source.known = append(r.source.known, name)
	file, fromFile := r.env[name]
	v, ok := r.value(key)
	switch {
	case !fromFile && ok:
		into(r, v, key, to, parseSecret)
	case fromFile && ok && v.variable != "":
		r.faultIn(v, key, "is set twice; keep this one or "+name)
	case fromFile:
		in := value{variable: name}
		data, err := r.read(file)
		if err != nil {
			r.faultIn(in, key, unreadable(file, err))
			return
		}
		in.text = strings.TrimRight(string(data), "\r\n")
		into(r, in, key, to, parseSecret)
	}
}

// leftOver reports the variables with Silta's prefix that override nothing.
func (s *source) leftOver() {
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		switch {
		case slices.Contains(s.known, name):
		case strings.HasPrefix(name, "SILTA_SERVICE_"), name == "SILTA_PORT", strings.HasPrefix(name, "SILTA_PORT_"):
			// Kubernetes sets these in every container beside a service that is named silta.
		default:
			reason := "unknown variable; names are SILTA_ and the keys, as in SILTA_MAIL_SMTP"
			keys := make([]string, len(s.known))
			for i, k := range s.known {
				keys[i] = strings.TrimPrefix(k, prefix)
			}
			if n := nearest(strings.TrimPrefix(name, prefix), keys); n != "" {
				reason = "unknown variable; did you mean " + prefix + n + "?"
			}
			if quoted := strconv.Quote(name); len(quoted) > len(name)+2 {
				name = quoted
			}
			s.faults = append(s.faults, Fault{Variable: name, Reason: reason})
		}
	}
}
