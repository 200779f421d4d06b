package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

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
	Error  string        `json:"error,omitempty"`
}

// damage is a [journal.DamageError] on its way to another process.
type damage struct {
	Position uint64 `json:"position"`
	Reason   string `json:"reason"`
}

// keeperHandlers answers on the socket until the server stops.
func keeperHandlers(mux *http.ServeMux, k Admin, log *slog.Logger, stopping context.Context) {
	mux.HandleFunc(pathErase, eraseHandler(k))
	mux.HandleFunc(pathRotate, rotateHandler(k))
	mux.HandleFunc(pathBackup, func(w http.ResponseWriter, r *http.Request) {
		var req backupRequest
		if json.NewDecoder(r.Body).Decode(&req) != nil {
			http.Error(w, "not a command", http.StatusBadRequest)
			return
		}
		w.Header().Set("Trailer", headHeader)
		out := patient{w, http.NewResponseController(w).SetWriteDeadline}
		head, err := k.Backup(r.Context(), out, req.WithKey)
		if err != nil {
			// What was sent can't be taken back: the trailer is missing, and the connection ends too early.
			log.Error("a backup failed", "error", err)
			panic(http.ErrAbortHandler)
		}
		if data, err := json.Marshal(head); err == nil {
			w.Header().Set(headHeader, string(data))
		}
	})
	mux.HandleFunc(pathProve, func(w http.ResponseWriter, r *http.Request) {
		var req proveRequest
		if json.NewDecoder(r.Body).Decode(&req) != nil {
			http.Error(w, "not a command", http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(stopping, cancel)()
		var reply proveReply
		var err error
		reply.Proof, err = k.Prove(ctx, req.Known)
		if d, ok := errors.AsType[*journal.DamageError](err); ok {
			reply.Damage = &damage{d.Position, d.Cause.Error()}
		} else if err != nil {
			reply.Error = err.Error()
		}
		w.Header().Set("Content-Type", "application/json")
		// A reply that cannot be written has nobody to be told.
		_ = json.NewEncoder(w).Encode(reply)
	})
}

// eraseHandler answers on the socket.
func eraseHandler(e Eraser) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req eraseRequest
		if json.NewDecoder(r.Body).Decode(&req) != nil {
			http.Error(w, "not a command", http.StatusBadRequest)
			return
		}
		var reply eraseReply
		var err error
		if req.Request != "" {
			reply.Erased, err = e.Erase(r.Context(), req.Request)
		} else {
			reply.Erased, err = e.Retain(r.Context(), req.Keep, req.Preview)
		}
		if failure, ok := errors.AsType[*consult.Error](err); ok {
			reply.Error = &controlError{Kind: failure.Kind, Key: failure.Key}
		} else if err != nil {
			reply.Error = &controlError{Text: err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		// A reply that cannot be written has nobody to be told.
		_ = json.NewEncoder(w).Encode(reply)
	}
}

type rotateRequest struct {
	Forget bool `json:"forget"`
}

type rotateReply struct {
	Keys  int    `json:"keys"`
	Error string `json:"error,omitempty"`
}

// rotateHandler answers on the socket.
func rotateHandler(k Keeper) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req rotateRequest
		if json.NewDecoder(r.Body).Decode(&req) != nil {
			http.Error(w, "not a command", http.StatusBadRequest)
			return
		}
		var reply rotateReply
		var err error
		if reply.Keys, err = k.RotateKey(r.Context(), req.Forget); err != nil {
			reply.Error = err.Error()
		}
		w.Header().Set("Content-Type", "application/json")
		// A reply that cannot be written has nobody to be told.
		_ = json.NewEncoder(w).Encode(reply)
	}
}

func (r remote) RotateKey(ctx context.Context, forget bool) (int, error) {
	res, err := r.post(ctx, pathRotate, rotateRequest{forget})
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	var reply rotateReply
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil {
		return 0, fmt.Errorf("the running server gave no answer that can be read: %w", err)
	}
	if reply.Error != "" {
		return reply.Keys, errors.New(reply.Error)
	}
	return reply.Keys, nil
}

func (r remote) Erase(ctx context.Context, request string) (Erased, error) {
	return r.erase(ctx, eraseRequest{Request: request})
}

func (r remote) Retain(ctx context.Context, keep config.Retention, preview bool) (Erased, error) {
	return r.erase(ctx, eraseRequest{Keep: keep, Preview: preview})
}

func (r remote) erase(ctx context.Context, req eraseRequest) (Erased, error) {
	res, err := r.post(ctx, pathErase, req)
	if err != nil {
		return Erased{}, err
	}
	defer res.Body.Close()
	var reply eraseReply
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil {
		return Erased{}, fmt.Errorf("the running server gave no answer that can be read: %w", err)
	}
	switch e := reply.Error; {
	case e == nil:
		return reply.Erased, nil
	case e.Key != "":
		return Erased{}, &consult.Error{Kind: e.Kind, Key: e.Key}
	default:
		return Erased{}, errors.New(e.Text)
	}
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
	res, err := r.post(ctx, pathProve, proveRequest{known})
	if err != nil {
		return consult.Proof{}, err
	}
	defer res.Body.Close()
	var reply proveReply
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil {
		return consult.Proof{}, fmt.Errorf("the running server gave no answer that can be read: %w", err)
	}
	switch {
	case reply.Damage != nil:
		return consult.Proof{}, &journal.DamageError{Position: reply.Damage.Position, Cause: errors.New(reply.Damage.Reason)}
	case reply.Error != "":
		return consult.Proof{}, errors.New(reply.Error)
	}
	return reply.Proof, nil
}
