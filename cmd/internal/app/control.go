package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"silta/consult"
	"silta/routing"
	"silta/ui/session"
)

// A running server is asked over a socket in its data directory. Who may open the directory may ask: it holds the master key too.

// maxSocketPath is how long the path of a Unix socket can be.
const maxSocketPath = 100

// maxControl is the longest request, in bytes: a document of rules and more, in base64.
const maxControl = 2 * routing.MaxDocument

// controlRequest is one call of [Admin].
type controlRequest struct {
	Person   *consult.Person `json:"person,omitempty"`
	Password NewPassword     `json:"password,omitzero"`
	// People asks for everybody, Tokens for the tokens of a person, "" meaning all.
	People bool    `json:"people,omitempty"`
	Tokens *string `json:"tokens,omitempty"`
	// Disable, Enable and MailWorks are people, SetPassword is who gets the Password.
	Disable     string              `json:"disable,omitempty"`
	Enable      string              `json:"enable,omitempty"`
	SetPassword string              `json:"set_password,omitempty"`
	MailWorks   string              `json:"mail_works,omitempty"`
	Invite      string              `json:"invite,omitempty"`
	NewToken    *consult.TokenOrder `json:"new_token,omitempty"`
	RevokeToken string              `json:"revoke_token,omitempty"`
	Rules       *routing.Draft      `json:"rules,omitempty"`
	// Preview: the rules are not published.
	Preview bool `json:"preview,omitempty"`
	// As is who publishes them.
	As string `json:"as,omitempty"`
}

// controlReply is what came of it.
type controlReply struct {
	People    []consult.Person  `json:"people,omitempty"`
	Tokens    []TokenUse        `json:"tokens,omitempty"`
	Secret    string            `json:"secret,omitempty"`
	Until     time.Time         `json:"until,omitzero"`
	Published routing.Published `json:"published,omitzero"`
	Preview   *routing.Preview  `json:"preview,omitempty"`
	// Refused are the findings that kept rules from being published.
	Refused []routing.Finding `json:"refused,omitempty"`
	// Error is nil where it was done.
	Error *controlError `json:"error,omitempty"`
}

// errOtherVersion is the error of a command that the running server does not know.
var errOtherVersion = errors.New("the running server is of another version: restart it first")

// serveControl answers on the socket until the cleanup runs.
func serveControl(dir string, admin Admin, log *slog.Logger, down *cleanup) error {
	path := filepath.Join(dir, controlFile)
	if len(path) > maxSocketPath {
		log.Warn("commands cannot reach this server while it runs: the path of the data directory is too long for a socket", "max", maxSocketPath)
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(err, listener.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("/", controlHandler(admin))
	stopping, stop := context.WithCancel(context.Background())
	keeperHandlers(mux, admin, log, stopping)
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: mux}
	server.RegisterOnShutdown(stop)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("control socket", "error", err)
		}
	}()
	down.add(server.Shutdown)
	return nil
}

func controlHandler(admin Admin) http.Handler {
	return replies(func(ctx context.Context, req controlRequest) (reply controlReply) {
		var err error
		switch {
		case req.Person != nil:
			err = admin.AddPerson(ctx, *req.Person, req.Password)
		case req.People:
			reply.People, err = admin.People(ctx)
		case req.Tokens != nil:
			reply.Tokens, err = admin.Tokens(ctx, *req.Tokens)
		case req.Disable != "":
			err = admin.SetDisabled(ctx, req.Disable, true)
		case req.Enable != "":
			err = admin.SetDisabled(ctx, req.Enable, false)
		case req.MailWorks != "":
			err = admin.ClearAddress(ctx, req.MailWorks)
		case req.SetPassword != "":
			err = admin.SetPassword(ctx, req.SetPassword, req.Password)
		case req.Invite != "":
			reply.Secret, reply.Until, err = admin.Invite(ctx, req.Invite)
		case req.NewToken != nil:
			reply.Secret, err = admin.CreateToken(ctx, *req.NewToken)
		case req.RevokeToken != "":
			err = admin.RevokeToken(ctx, req.RevokeToken)
		case req.Rules != nil && req.Preview:
			var preview routing.Preview
			if preview, err = admin.PreviewRules(ctx, *req.Rules); err == nil {
				reply.Preview = &preview
			}
		case req.Rules != nil:
			reply.Published, err = admin.PublishRules(ctx, req.As, *req.Rules)
		default:
			err = errOtherVersion
		}
		if refused, ok := errors.AsType[*routing.Refused](err); ok {
			reply.Refused = refused.Findings
		} else {
			reply.Error = packed(err)
		}
		return reply
	})
}

// remote is an Admin in another process.
type remote struct{ client *http.Client }

func (r remote) AddPerson(ctx context.Context, p consult.Person, password NewPassword) error {
	_, err := r.call(ctx, controlRequest{Person: &p, Password: password})
	return err
}

func (r remote) People(ctx context.Context) ([]consult.Person, error) {
	reply, err := r.call(ctx, controlRequest{People: true})
	return reply.People, err
}

func (r remote) ClearAddress(ctx context.Context, id string) error {
	_, err := r.call(ctx, controlRequest{MailWorks: id})
	return err
}

func (r remote) SetDisabled(ctx context.Context, id string, disabled bool) error {
	req := controlRequest{Enable: id}
	if disabled {
		req = controlRequest{Disable: id}
	}
	_, err := r.call(ctx, req)
	return err
}

func (r remote) SetPassword(ctx context.Context, id string, password NewPassword) error {
	_, err := r.call(ctx, controlRequest{SetPassword: id, Password: password})
	return err
}

func (r remote) Invite(ctx context.Context, id string) (string, time.Time, error) {
	reply, err := r.call(ctx, controlRequest{Invite: id})
	return reply.Secret, reply.Until, err
}

func (r remote) CreateToken(ctx context.Context, o consult.TokenOrder) (string, error) {
	reply, err := r.call(ctx, controlRequest{NewToken: &o})
	return reply.Secret, err
}

func (r remote) Tokens(ctx context.Context, person string) ([]TokenUse, error) {
	reply, err := r.call(ctx, controlRequest{Tokens: &person})
	return reply.Tokens, err
}

func (r remote) RevokeToken(ctx context.Context, name string) error {
	_, err := r.call(ctx, controlRequest{RevokeToken: name})
	return err
}

func (r remote) PublishRules(ctx context.Context, person string, d routing.Draft) (routing.Published, error) {
	reply, err := r.call(ctx, controlRequest{Rules: &d, As: person})
	return reply.Published, errors.Join(err, reply.refusal())
}

func (r remote) PreviewRules(ctx context.Context, d routing.Draft) (routing.Preview, error) {
	reply, err := r.call(ctx, controlRequest{Rules: &d, Preview: true})
	if err = errors.Join(err, reply.refusal()); err != nil {
		return routing.Preview{}, err
	}
	if reply.Preview == nil {
		return routing.Preview{}, errOtherVersion
	}
	return *reply.Preview, nil
}

// refusal is the error of rules that have errors in them, or nil.
func (r controlReply) refusal() error {
	if r.Refused == nil {
		return nil
	}
	return &routing.Refused{Findings: r.Refused}
}

func (r remote) call(ctx context.Context, c controlRequest) (controlReply, error) {
	reply, err := ask[controlReply](ctx, r, "/", c)
	return reply, cmp.Or(err, reply.Error.unpacked())
}

// post sends a request to a path of the socket.
func (r remote) post(ctx context.Context, path string, c any) (*http.Response, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return r.client.Do(req)
}

// patience is how long a server may take to answer at all.
const patience = 30 * time.Second

// errHangs is the error of a server that does not.
var errHangs = errors.New("the server that runs on this data does not answer: end it, by kill -9 if need be, and start it again; nothing that was acknowledged is lost")

// dial connects to the server that runs on a data directory; ok says whether one does. It fails where that does not answer in time.
func dial(ctx context.Context, dir string, patience time.Duration) (r remote, closeRemote func(), ok bool, err error) {
	socket := filepath.Join(dir, controlFile)
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return remote{}, nil, false, nil
	}
	_ = conn.Close() // Somebody has the socket; whether they answer is asked next.
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	r = remote{&http.Client{Transport: transport}}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err = ask[controlReply](ctx, r, "/", controlRequest{}); errors.Is(err, context.DeadlineExceeded) {
		err = errHangs
	}
	if err != nil {
		transport.CloseIdleConnections()
		return remote{}, nil, false, err
	}
	return r, transport.CloseIdleConnections, true, nil
}

// Control returns an Admin of a data directory: of the server that runs on it, else one that works on the directory itself until
// it is closed. A directory without data is an error of [os.ErrNotExist].
func Control(ctx context.Context, dir string) (Admin, func(), error) {
	if _, err := os.Stat(filepath.Join(dir, journalFile)); err != nil {
		return nil, nil, fmt.Errorf("no data of a server is there, start one first: %w", err)
	}
	if r, closeRemote, ok, err := dial(ctx, dir, patience); ok || err != nil {
		return r, closeRemote, err
	}
	none := func() ([]byte, error) {
		return nil, errors.New("the data holds no routing rules; start the server first")
	}
	s, err := openStore(ctx, dir, time.Time{}, none, consult.Config{})
	if err != nil {
		return nil, nil, err
	}
	sessions, err := session.Open(filepath.Join(dir, sessionsFile))
	if err != nil {
		return nil, nil, errors.Join(err, s.journal.Close())
	}
	return operator{s, sessions}, func() { _, _ = sessions.Close(), s.journal.Close() }, nil
}
