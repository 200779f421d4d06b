package ui

import (
	"log"
	"net/http"
	"time"
)

// Limits of a connection. Writing has none of its own: live pages stay open.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

// NewHTTP returns an HTTP server that does not let slow or silent visitors hold what others need. Its own complaints go to a log; nil is
// the standard one.
func NewHTTP(h http.Handler, errors *log.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: errors,
	}
}
