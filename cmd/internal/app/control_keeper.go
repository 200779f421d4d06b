package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/consult/journal"
)

// Copying and proving take longer than other commands, and a copy is longer than a reply: they have paths of their own on the socket.
const (
	pathBackup = "/backup"
	pathProve  = "/prove"
	pathErase  = "/erase"
	pathRotate = "/rotate"
)

// headHeader comes behind a whole backup, with its head in JSON. Without it the backup is not whole.
const headHeader = "Silta-Head"

type backupRequest struct {
	WithKey bool `json:"with_key"`
}

type proveRequest struct {
	Known []consult.Head `json:"known"`
}

// eraseRequest names a request, or asks for what the configured times are over for.
type eraseRequest struct {
	Request string           `json:"request"`
	Keep    config.Retention `json:"keep"`
	Preview bool             `json:"preview"`
}

type eraseReply struct {
	Erased Erased        `json:"erased"`
	Error  *controlError `json:"error,omitempty"`
}

type proveReply struct {
	Proof  consult.Proof `json:"proof"`
	Damage *damage       `json:"damage,omitempty"`
	Error  *controlError `json:"error,omitempty"`
}

// damage is a [journal.DamageError] on its way to another process.
type damage struct {
	Position uint64 `json:"position"`
	Reason   string `json:"reason"`
}

// keeperHandlers answers on the socket. What they do ends once the server stops: it would hold the stop up, and be cut short all the
// same.
func keeperHandlers(mux *http.ServeMux, k Admin, log *slog.Logger, stopping context.Context) {
	handle := func(path string, answer http.HandlerFunc) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(stopping, cancel)()
			answer(w, r.WithContext(ctx))
		})
	}
	handle(pathErase, replies(func(ctx context.Context, req eraseRequest) eraseReply {
		erased, err := erase(ctx, k, req)
		return eraseReply{erased, packed(err)}
	}))
	handle(pathRotate, replies(func(ctx context.Context, req rotateRequest) rotateReply {
		keys, err := k.RotateKey(ctx, req.Forget)
		return rotateReply{keys, packed(err)}
	}))
	handle(pathProve, replies(func(ctx context.Context, req proveRequest) (reply proveReply) {
		var err error
		reply.Proof, err = k.Prove(ctx, req.Known)
		if d, ok := errors.AsType[*journal.DamageError](err); ok {
			reply.Damage = &damage{d.Position, d.Cause.Error()}
		} else {
			reply.Error = packed(err)
		}
		return reply
	}))
	handle(pathBackup, func(w http.ResponseWriter, r *http.Request) {
		req, ok := command[backupRequest](w, r)
		if !ok {
			return
		}
		w.Header().Set("Trailer", headHeader)
		deadline := http.NewResponseController(w).SetWriteDeadline
		// Who has stopped reading holds up a write, which looks at no context.
		defer context.AfterFunc(r.Context(), func() { _ = deadline(time.Now()) })()
		head, err := k.Backup(r.Context(), patient{r.Context(), w, deadline}, req.WithKey)
		if err != nil {
			// What was sent can't be taken back: the trailer is missing, and the connection ends too early.
			log.Error("a backup failed", "error", err)
			panic(http.ErrAbortHandler)
		}
		if data, err := json.Marshal(head); err == nil {
			w.Header().Set(headHeader, string(data))
		}
	})
}

func erase(ctx context.Context, e Eraser, req eraseRequest) (Erased, error) {
	if req.Request != "" {
		return e.Erase(ctx, req.Request)
	}
	return e.Retain(ctx, req.Keep, req.Preview)
}

type rotateRequest struct {
	Forget bool `json:"forget"`
}

type rotateReply struct {
	Keys  int           `json:"keys"`
	Error *controlError `json:"error,omitempty"`
}

func (r remote) RotateKey(ctx context.Context, forget bool) (int, error) {
	reply, err := ask[rotateReply](ctx, r, pathRotate, rotateRequest{forget})
	return reply.Keys, cmp.Or(err, reply.Error.unpacked())
}

func (r remote) Erase(ctx context.Context, request string) (Erased, error) {
	return r.erase(ctx, eraseRequest{Request: request})
}

func (r remote) Retain(ctx context.Context, keep config.Retention, preview bool) (Erased, error) {
	return r.erase(ctx, eraseRequest{Keep: keep, Preview: preview})
}

func (r remote) erase(ctx context.Context, req eraseRequest) (Erased, error) {
	reply, err := ask[eraseReply](ctx, r, pathErase, req)
	if err = cmp.Or(err, reply.Error.unpacked()); err != nil {
		return Erased{}, err
	}
	return reply.Erased, nil
}

func (r remote) Backup(ctx context.Context, w io.Writer, withKey bool) (head consult.Head, err error) {
	res, err := r.post(ctx, pathBackup, backupRequest{withKey})
	if err != nil {
		return head, err
	}
	defer res.Body.Close()
	if _, err := io.Copy(w, res.Body); err != nil {
		return head, fmt.Errorf("the running server gave no whole backup; its log says why: %w", err)
	}
	if json.Unmarshal([]byte(res.Trailer.Get(headHeader)), &head) != nil {
		return head, errors.New("the running server gave no whole backup")
	}
	return head, nil
}

func (r remote) Prove(ctx context.Context, known []consult.Head) (consult.Proof, error) {
	reply, err := ask[proveReply](ctx, r, pathProve, proveRequest{known})
	if d := reply.Damage; d != nil {
		return consult.Proof{}, &journal.DamageError{Position: d.Position, Cause: errors.New(d.Reason)}
	}
	if err = cmp.Or(err, reply.Error.unpacked()); err != nil {
		return consult.Proof{}, err
	}
	return reply.Proof, nil
}
