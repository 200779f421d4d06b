package problem

import (
	"net/http"
	"strconv"
	"time"

	"silta/consult"
)

// Message keys of the faults that only HTTP has. Their kinds are those of package consult; their status is their own.
const (
	keyTooLarge  = "too-large"
	keyMediaType = "media-type"
	keyMethod    = "method"
	keyNoIfMatch = "no-if-match"
	keyTooMany   = "too-many"
)

// status is the one table from errors to HTTP: by message key where that says more than the kind, else by kind.
var status = struct {
	key  map[string]int
	kind map[consult.Kind]int
}{
	key: map[string]int{
		keyTooLarge:  http.StatusRequestEntityTooLarge,
		keyMediaType: http.StatusUnsupportedMediaType,
		keyMethod:    http.StatusMethodNotAllowed,
		keyNoIfMatch: http.StatusPreconditionRequired,
		keyTooMany:   http.StatusTooManyRequests,
	},
	kind: map[consult.Kind]int{
		consult.Internal:        http.StatusInternalServerError,
		consult.NotFound:        http.StatusNotFound,
		consult.Invalid:         http.StatusUnprocessableEntity,
		consult.Conflict:        http.StatusConflict,
		consult.Stale:           http.StatusPreconditionFailed,
		consult.Forbidden:       http.StatusForbidden,
		consult.Unauthenticated: http.StatusUnauthorized,
		consult.Unavailable:     http.StatusServiceUnavailable,
	},
}

// titles are the message keys of the kinds themselves.
var titles = map[consult.Kind]string{
	consult.Internal:        "internal",
	consult.NotFound:        "not-found",
	consult.Invalid:         "invalid",
	consult.Conflict:        "conflict",
	consult.Stale:           "stale",
	consult.Forbidden:       "forbidden",
	consult.Unauthenticated: "unauthenticated",
	consult.Unavailable:     "unavailable",
}

// Status returns the HTTP status of an error; 500 for one that is not of package consult.
func Status(err error) int { return statusOf(Known(err)) }

func statusOf(e *consult.Error) int {
	if code, ok := status.key[e.Key]; ok {
		return code
	}
	if code, ok := status.kind[e.Kind]; ok {
		return code
	}
	return http.StatusInternalServerError
}

// TooLarge is the error of a request whose body is over the limit (413).
func TooLarge() error {
	e := consult.Fail(consult.Invalid, keyTooLarge)
	e.Fields = []consult.FieldError{{Code: "too-large"}}
	return e
}

// MediaType is the error of a request whose body is of a type that is not taken there (415).
func MediaType() error { return consult.Fail(consult.Invalid, keyMediaType) }

// Method is the error of a request whose method the address does not have (405).
func Method() error { return consult.Fail(consult.Invalid, keyMethod) }

// TooMany is the error of a request of somebody who asks too often (429), and may ask again after a while.
func TooMany(wait time.Duration) error {
	return consult.Fail(consult.Unavailable, keyTooMany, "seconds", Seconds(wait))
}

// Seconds is a wait as the header Retry-After tells it.
func Seconds(wait time.Duration) string {
	return strconv.Itoa(int((wait + time.Second - 1) / time.Second))
}

// retryAfter returns when an error says to try again, or "".
func retryAfter(err error) string {
	e := Known(err)
	if s, ok := e.Args["seconds"].(string); ok {
		return s
	}
	if statusOf(e) == http.StatusServiceUnavailable {
		return "2"
	}
	return ""
}

// SetRetryAfter sets the header that says when to try again, where the error does.
func SetRetryAfter(h http.Header, err error) {
	if s := retryAfter(err); s != "" {
		h.Set("Retry-After", s)
	}
}

// NoIfMatch is the error of a request that must name the version on which it acts, and does not (428).
func NoIfMatch() error { return consult.Fail(consult.Invalid, keyNoIfMatch) }
