package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"testing"
	"time"

	"silta/consult"
)

// endless is an Admin whose backup has no end.
type endless struct{ Admin }

func (endless) Backup(_ context.Context, w io.Writer, _ bool) (consult.Head, error) {
	line := bytes.Repeat([]byte("x"), 1<<16)
	for {
		if _, err := w.Write(line); err != nil {
			return consult.Head{}, err
		}
	}
}

// reader takes a backup: all that comes, or nothing after the first.
type reader struct {
	begun chan struct{}
	stops chan struct{}
	n     int
}

func (r *reader) Write(b []byte) (int, error) {
	if r.n++; r.n == 1 {
		close(r.begun)
		if r.stops != nil {
			<-r.stops
		}
	}
	return len(b), nil
}

// The server stops at once though somebody makes a backup, who reads or does not any more.
func TestBackupDoesNotHoldUpTheStop(t *testing.T) {
	for name, stops := range map[string]chan struct{}{"reads": nil, "reads no more": make(chan struct{})} {
		t.Run(name, func(t *testing.T) {
			var down cleanup
			dir := t.TempDir()
			if err := serveControl(dir, endless{}, slog.New(slog.DiscardHandler), &down); err != nil {
				t.Fatal(err)
			}
			r, closeRemote, ok, err := dial(t.Context(), dir, patience)
			if !ok {
				t.Fatal("nobody answers on the socket", err)
			}
			defer closeRemote()
			to, done := &reader{begun: make(chan struct{}), stops: stops}, make(chan error, 1)
			go func() {
				_, err := r.Backup(t.Context(), to, false)
				done <- err
			}()
			<-to.begun
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			err = down.run(ctx)
			if stops != nil {
				close(stops)
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := <-done; err == nil {
				t.Error("a backup that was cut short was taken for whole")
			}
		})
	}
}

// A command does not wait for ever for a server that hangs.
func TestServerHangs(t *testing.T) {
	dir := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, controlFile))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if _, _, ok, err := dial(t.Context(), dir, 50*time.Millisecond); ok || !errors.Is(err, errHangs) {
		t.Errorf("%t, %v", ok, err)
	}
}
