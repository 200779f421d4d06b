// Package sse writes Server-Sent Events.
package sse

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// patience is how long one write may take before its reader is given up.
const patience = 30 * time.Second

// Stream is an answer that goes on. Each event is sent at once; a reader that does not take it in time is an error.
type Stream struct {
	to      http.ResponseWriter
	control *http.ResponseController
}

// Start begins the answer.
func Start(w http.ResponseWriter) *Stream {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no") // Nginx would keep events back.
	w.WriteHeader(http.StatusOK)
	return &Stream{w, http.NewResponseController(w)}
}

// End gives the connection back without a deadline.
func (s *Stream) End() { _ = s.control.SetWriteDeadline(time.Time{}) } // A connection that is gone needs none.

// Event writes an event. Without an id (0) the reader's last one stays; data of several lines is one text again at the reader's.
func (s *Stream) Event(id uint64, name, data string) error {
	return errors.Join(s.Add(id, name, data), s.Flush())
}

// Add is Event for one of several in a row: it may wait for the others, up to the next Flush.
func (s *Stream) Add(id uint64, name, data string) error {
	var b strings.Builder
	if id > 0 {
		b.WriteString("id: " + strconv.FormatUint(id, 10) + "\n")
	}
	if name != "" {
		b.WriteString("event: " + name + "\n")
	}
	for line := range strings.SplitSeq(data, "\n") {
		b.WriteString("data: " + line + "\n")
	}
	b.WriteString("\n")
	return s.write(b.String())
}

// Flush sends what was added.
func (s *Stream) Flush() error { return s.control.Flush() }

// Alive keeps the connection open, and moves the reader's last id on to one up to which there was nothing to tell; 0 leaves it.
func (s *Stream) Alive(id uint64) error {
	if id == 0 {
		return errors.Join(s.write(": alive\n\n"), s.Flush())
	}
	return errors.Join(s.write(": alive\nid: "+strconv.FormatUint(id, 10)+"\n\n"), s.Flush())
}

// Retry says how soon a reader whose connection broke off is to come back. It counts with what is sent next.
func (s *Stream) Retry(after time.Duration) error {
	return errors.Join(s.write("retry: "+strconv.FormatInt(after.Milliseconds(), 10)+"\n"), s.Flush())
}

func (s *Stream) write(text string) error {
	// The deadline is the connection's own: it is by the machine's clock.
	if err := s.control.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := io.WriteString(s.to, text)
	return err
}
