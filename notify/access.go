package notify

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// internalUser is the program's own user; its password lives as long as the server.
const internalUser = "silta"

// inboxPrefix is where answers to the program itself arrive. It is not under "_INBOX", which readers may hear.
const inboxPrefix = "_SILTA"

// readerAPI lists what readers may ask of JetStream, each with whether it is answered by more than one message.
// Consumers are created under a name that is part of the subject, so that those of the program can be excepted.
var readerAPI = []struct {
	subject string
	many    bool
}{
	// Importing this one also keeps the server from giving the readers' account the whole API by itself.
	{subject: "$JS.API.INFO"},
	{subject: "$JS.API.STREAM.NAMES"},
	{subject: "$JS.API.STREAM.INFO." + StreamName},
	{subject: "$JS.API.CONSUMER.CREATE." + StreamName + ".>"},
	{subject: "$JS.API.CONSUMER.DURABLE.CREATE." + StreamName + ".*"},
	{subject: "$JS.API.CONSUMER.INFO." + StreamName + ".*"},
	{subject: "$JS.API.CONSUMER.MSG.NEXT." + StreamName + ".*", many: true},
	{subject: "$JS.ACK." + StreamName + ".>"},
	{subject: "$JS.FC." + StreamName + ".>"},
}

// ownConsumer lists what would let a reader touch a consumer of the program.
func ownConsumer(name string) []string {
	return []string{
		"$JS.API.CONSUMER.CREATE." + StreamName + "." + name,
		"$JS.API.CONSUMER.CREATE." + StreamName + "." + name + ".>",
		"$JS.API.CONSUMER.DURABLE.CREATE." + StreamName + "." + name,
		"$JS.API.CONSUMER.INFO." + StreamName + "." + name,
		"$JS.API.CONSUMER.MSG.NEXT." + StreamName + "." + name,
		"$JS.ACK." + StreamName + "." + name + ".>",
		"$JS.FC." + StreamName + "." + name + ".>",
	}
}

// accounts writes the server's accounts in its own configuration language.
//
// Readers live in an account of their own. In one account with the stream, permissions alone would not do: a reader could
// name "silta.event.…" as the reply subject of an allowed request, and the server itself would publish there for them.
// Across accounts a reply cannot leave the account that asked. "_INBOX.>" crosses over for push consumers.
func accounts(internalPassword string, reader Credentials) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("accounts {")
	line("  SILTA {")
	line("    jetstream: enabled")
	line("    users: [{user: %s, password: %s}]", strconv.Quote(internalUser), strconv.Quote(internalPassword))
	if reader.Password == "" {
		line("  }\n}")
		return b.String()
	}
	heard := []string{subjects, "_INBOX.>"}
	line("    exports: [")
	for _, s := range heard {
		line("      {stream: %q, accounts: [READERS]}", s)
	}
	for _, a := range readerAPI {
		response := "singleton"
		if a.many {
			response = "stream"
		}
		line("      {service: %q, response: %s, accounts: [READERS]}", a.subject, response)
	}
	line("    ]\n  }\n  READERS {\n    imports: [")
	for _, s := range heard {
		line("      {stream: {account: SILTA, subject: %q}}", s)
	}
	for _, a := range readerAPI {
		line("      {service: {account: SILTA, subject: %q}}", a.subject)
	}
	line("    ]")
	line("    users: [{user: %s, password: %s, permissions: {", strconv.Quote(reader.User), strconv.Quote(reader.Password))
	line("      publish: {allow: [")
	for _, a := range readerAPI {
		line("        %q", a.subject)
	}
	line("      ], deny: [")
	for _, s := range ownConsumer(mailerConsumer) {
		line("        %q", s)
	}
	line("      ]}")
	line("      subscribe: {allow: [%q, %q]}", heard[0], heard[1])
	line("    }}]\n  }\n}")
	return b.String()
}

// Credentials are a user of NATS and their password.
type Credentials struct {
	User     string
	Password string
}

// Secret returns the password or key in the file, and makes a new one where there is no such file yet. The file can be read by
// its owner only.
func Secret(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err == nil {
		if password := strings.TrimSpace(string(data)); password != "" {
			return password, nil
		}
		return "", fmt.Errorf("%s is empty: delete it, and a new one is made", path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	password := rand.Text()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(password + "\n")
	return password, errors.Join(err, f.Sync(), f.Close())
}
