package oncall

import (
	"errors"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
)

// Somebody stands for the person of a shift where a calendar can be read, but the people cannot be known: it covers the time.
const Somebody = "*"

// Errors of calendars that cannot be read from where they are said to be.
var (
	ErrNotHTTPS = errors.New("an address of a calendar begins with https:// (or webcal://)")
	ErrNotLocal = errors.New("a file of a calendar is named by its path below the directory of the calendars")
)

// Source says where a calendar is: at an address, which is then not nil, or in a file below the directory of the calendars.
// http is for this machine only.
func Source(calendar string) (address *url.URL, file string, err error) {
	if !strings.Contains(calendar, "://") {
		if !filepath.IsLocal(calendar) {
			return nil, "", ErrNotLocal
		}
		return nil, calendar, nil
	}
	address, err = url.Parse(calendar)
	if err != nil {
		return nil, "", ErrNotHTTPS
	}
	if strings.EqualFold(address.Scheme, "webcal") {
		address.Scheme = "https"
	}
	if !Fetchable(address) {
		return nil, "", ErrNotHTTPS
	}
	return address, "", nil
}

// Fetchable reports whether a calendar may be read from an address: over https, or from this machine.
func Fetchable(address *url.URL) bool {
	switch ip, err := netip.ParseAddr(address.Hostname()); {
	case address.Host == "":
		return false
	case address.Scheme == "https":
		return true
	default:
		return address.Scheme == "http" && err == nil && ip.IsLoopback()
	}
}
