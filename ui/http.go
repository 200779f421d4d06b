package ui

import (
	"log"
	"net/http"
	"time"
)

// Limits of a connection. Writing has its own for each answer: live pages stay open, and a long file may take its time, as long as
// somebody reads.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = 2 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

// NewHTTP returns an HTTP server that does not let slow or silent visitors hold what others need. Its own complaints go to a log; nil is
// the standard one.
func NewHTTP(h http.Handler, errors *log.Logger) *http.Server {
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			moreTime(w)
			h.ServeHTTP(w, r)
		}), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: errors,
	}
}

// moreTime gives an answer time to be read from now on. The deadline is the connection's own: it is by the machine's clock.
func moreTime(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout)) // What is no connection needs none.
}
