package api

import (
	"math"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

const (
	headerKey    = "Idempotency-Key"
	headerMatch  = "If-Match"
	headerLastID = "Last-Event-ID"
	headerETag   = "ETag"
	headerCache  = "Cache-Control"
	maxKey       = 255
	mimeJSON     = "application/json"
	cacheNothing = "no-store"
	anyVersion   = "*"
)

func badHeader(name string) error { return invalid("", "bad-header", "header", name) }

// idempotencyKey returns the key, "" where none was sent. It is up to 255 printable characters.
func idempotencyKey(c echo.Context) (string, error) {
	values := c.Request().Header.Values(headerKey)
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	unprintable := func(r rune) bool { return r < ' ' || r > '~' }
	if len(values) > 1 || key == "" || len(key) > maxKey || strings.ContainsFunc(key, unprintable) {
		return "", badHeader(headerKey)
	}
	return key, nil
}

// change reads how a command is to be taken. If-Match names the one version on which it may act; "*" stands for any.
func change(c echo.Context) (consult.Change, error) {
	var ch consult.Change
	var err error
	if ch.Key, err = idempotencyKey(c); err != nil {
		return ch, err
	}
	ch.Version, _, err = matched(c)
	return ch, err
}

// matched reads If-Match: the one version that may be acted on, 0 for any, and whether it was given at all.
func matched(c echo.Context) (version uint64, given bool, err error) {
	switch values := c.Request().Header.Values(headerMatch); {
	case len(values) == 0:
		return 0, false, nil
	case len(values) == 1 && values[0] == anyVersion:
		return 0, true, nil
	case len(values) > 1:
		return 0, true, badHeader(headerMatch)
	default:
		number, quoted := strings.CutPrefix(values[0], `"`)
		number, closed := strings.CutSuffix(number, `"`)
		version, err = strconv.ParseUint(number, 10, 63)
		if !quoted || !closed || err != nil || etag(version) != values[0] {
			return 0, true, badHeader(headerMatch)
		}
		if version == 0 {
			version = math.MaxUint64 // Nothing has version 0, and to the service 0 is any.
		}
		return version, true, nil
	}
}

func etag(version uint64) string { return `"` + strconv.FormatUint(version, 10) + `"` }
