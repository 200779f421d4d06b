package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"silta/consult"
)

// controlError is an error on its way to another process: a [consult.Error], or any other one as Text.
type controlError struct {
	Kind   consult.Kind         `json:"kind"`
	Key    string               `json:"key,omitempty"`
	Fields []consult.FieldError `json:"fields,omitempty"`
	Text   string               `json:"text,omitempty"`
}

// packed returns an error as it travels, nil for nil.
func packed(err error) *controlError {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*consult.Error](err); ok {
		return &controlError{Kind: e.Kind, Key: e.Key, Fields: e.Fields}
	}
	return &controlError{Text: err.Error()}
}

// unpacked is the error that was packed.
func (e *controlError) unpacked() error {
	switch {
	case e == nil:
		return nil
	case e.Key != "":
		return &consult.Error{Kind: e.Kind, Key: e.Key, Fields: e.Fields}
	}
	return errors.New(e.Text)
}

// command reads what is asked on the socket. Where that is nothing that can be read, it says so, and reports false.
func command[Request any](w http.ResponseWriter, r *http.Request) (req Request, ok bool) {
	if err := json.NewDecoder(io.LimitReader(r.Body, maxControl)).Decode(&req); err != nil {
		http.Error(w, "not a command", http.StatusBadRequest)
		return req, false
	}
	return req, true
}

// replies answers on the socket with what comes of a command.
func replies[Request, Reply any](do func(context.Context, Request) Reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		req, ok := command[Request](w, r)
		if !ok {
			return
		}
		reply := do(r.Context(), req)
		w.Header().Set("Content-Type", "application/json")
		// A reply that cannot be written has nobody to be told.
		_ = json.NewEncoder(w).Encode(reply)
	}
}

// ask sends a command to a path of the running server's socket, and reads what came of it.
func ask[Reply any](ctx context.Context, r remote, path string, req any) (reply Reply, err error) {
	res, err := r.post(ctx, path, req)
	if err != nil {
		return reply, err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil {
		return reply, fmt.Errorf("the running server gave no answer that can be read: %w", err)
	}
	return reply, nil
}
