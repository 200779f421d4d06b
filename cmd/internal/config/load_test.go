package config

import (
	"errors"
	"flag"
	"io/fs"
	"log/slog"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"silta/consult"
	"silta/notify/jobs"
)

var update = flag.Bool("update", false, "write what came as what is wanted")

// example is what operators copy.
const example = "../../../config.example.yaml"

// required are variables for all that has no default, so that a bad file can consist of what is bad in it.
const required = `SILTA_PUBLIC_URL=https://silta.example.fi
SILTA_DATA=/data
SILTA_ORGANISATION_NAME_FI=Alue
SILTA_ORGANISATION_NAME_SV=Område
SILTA_ORGANISATION_NAME_EN=County
SILTA_ORGANISATION_FEEDBACK=palaute@example.fi
SILTA_MAIL_SMTP=smtp.example.fi:587
SILTA_MAIL_FROM=Silta <silta@example.fi>
`

// readOnly knows a few files.
func readOnly(name string) ([]byte, error) {
	switch filepath.ToSlash(name) {
	case "/secret":
		return []byte("s3cret\r\n"), nil
	case "/empty":
		return nil, nil
	case "silta.creds", "/etc/silta/cert.pem", "/etc/silta/key.pem", "/etc/silta/dkim.pem", "/etc/silta/silta.creds", "/etc/silta/ca.pem", "/etc/silta/county.secret":
		return []byte("PEM"), nil
	case "/locked":
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// TestFaults holds one bad file per fault. Each archive has silta.yaml, where the fault needs it an environment beside the
// required one or the beginnings of variables that are not to be in it, and the text that is wanted.
func TestFaults(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(files) < 40 {
		t.Fatalf("found %d bad files: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var data, want []byte
			environ := strings.Split(required, "\n")
			for _, f := range archive.Files {
				switch f.Name {
				case "silta.yaml":
					data = f.Data
				case "environment":
					environ = append(environ, strings.Split(string(f.Data), "\n")...)
				case "without":
					for name := range strings.FieldsSeq(string(f.Data)) {
						environ = slices.DeleteFunc(environ, func(e string) bool { return strings.HasPrefix(e, name) })
					}
				case "want":
					want = f.Data
				default:
					t.Fatalf("unknown part %q", f.Name)
				}
			}
			// Archives hold lines of plain text, so what can't stand in them is written in escapes.
			data = []byte(strings.NewReplacer(`\xff`, "\xff", `\x00`, "\x00").Replace(string(data)))
			_, err = parse("silta.yaml", data, environ, readOnly)
			got := "accepted\n"
			if err != nil {
				if _, ok := errors.AsType[Faults](err); !ok {
					t.Fatalf("error of type %T: %v", err, err)
				}
				got = err.Error() + "\n"
			}
			if *update {
				archive.Files = append(archive.Files[:len(archive.Files)-1], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestServerExample(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parse("/etc/silta/silta.yaml", data, nil, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.PublicURL = &url.URL{Scheme: "https", Host: "silta.example.fi"}
	want.Data = "/var/lib/silta"
	want.Calendars = "/etc/silta"
	want.Organisation.Name = consult.Text{"fi": "Esimerkin hyvinvointialue", "sv": "Exempels välfärdsområde",
		"en": "Wellbeing services county of Example"}
	want.Organisation.Feedback = "saavutettavuus@example.fi"
	want.Organisation.Emergency = c.Organisation.Emergency
	want.Identity = c.Identity
	want.Mail.SMTP = "smtp.example.fi:587"
	want.Mail.From = mail.Address{Name: "Silta", Address: "silta@example.fi"}
	want.Mail.Helo = "silta.example.fi"
	want.Mail.ReturnPathDomain = "example.fi"
	equal(t, c, want)
	if n := len(c.Organisation.Emergency); n != 5 || c.Organisation.Emergency[1].Number != "116117" {
		t.Errorf("emergency: %v", c.Organisation.Emergency)
	}
	if len(c.Identity.Bases) != 1 || c.Identity.Bases[0].ID != "child-welfare-act" || c.Identity.Bases[0].Text["sv"] == "" {
		t.Errorf("bases: %v", c.Identity.Bases)
	}
}

// TestServerExampleComments holds the commented-out lines to be what they claim: keys that exist, with values that are right,
// and with the very defaults where they show defaults.
func TestServerExampleComments(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	// The routing rules, where they follow, begin below a ruled line, and their comments are prose.
	settings, _, _ := strings.Cut(string(data), "\n# ----")
	live := regexp.MustCompile(`(?m)^( *)# ( *(?:- )?(?:[a-z-]+:(?: .*)?|\{.*\}))$`).ReplaceAllString(settings, "$1$2")
	// Prose that looks like a key.
	live = regexp.MustCompile(`(?m)^ *(none|starttls|tls|LMTP, .*): .*$`).ReplaceAllString(live, "")
	elsewhere := regexp.MustCompile(`(?m)^  (url|credentials|ca|replicas): .*$`)

	inside, err := parse("/etc/silta/silta.yaml", []byte(elsewhere.ReplaceAllString(live, "")), nil, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	d := Default()
	if inside.Listen != d.Listen || inside.ExpireAfter != d.ExpireAfter || inside.Sessions != d.Sessions || inside.Limits != d.Limits || !reflect.DeepEqual(inside.Reminders, d.Reminders) || !reflect.DeepEqual(inside.Jobs, d.Jobs) ||
		inside.Log != d.Log || inside.Mail.Security != d.Mail.Security || inside.NATS.Listen != d.NATS.Listen || inside.NATS.TLS.Key != "/etc/silta/key.pem" ||
		!reflect.DeepEqual(inside.Metrics, d.Metrics) {
		t.Errorf("what is shown as default is not: %+v", inside)
	}
	if inside.Mail.Inbound != (Inbound{LMTP: "unix:/run/silta/lmtp.sock", Maildir: "/var/mail/silta"}) ||
		inside.Mail.DKIM.KeyFile != "/etc/silta/dkim.pem" || inside.TLS.Key != "/etc/silta/key.pem" || len(inside.Proxy.Trusted) != 2 {
		t.Errorf("the comments were not read: %+v", inside)
	}
	if p := inside.SignIn.Providers; len(p) != 1 || len(p[0].Roles) != 2 || p[0].Roles[1].Role != consult.Specialist || len(p[0].AMR) != 1 || len(inside.SignIn.SecondFactor) != 3 || !p[0].Create || p[0].Person != "preferred_username" {
		t.Errorf("providers: %+v", p)
	}
	// Where a pool stands is said by line and column of the file, as of the rules in it.
	lines := strings.Split(live, "\n")
	for _, p := range [][]Provider{inside.SignIn.Providers, Providers("silta.yaml", []byte(live))} {
		if len(p) != 1 || len(p[0].Pools) != 1 {
			t.Fatalf("pools: %+v", p)
		}
		rule := p[0].Pools[0]
		if rule.Pool != "child-psychiatry" || !strings.HasPrefix(lines[rule.Line-1][rule.Column-1:], rule.Pool+"}") {
			t.Errorf("pools: %+v", rule)
		}
	}
	listening := regexp.MustCompile(`(?m)^  (listen: .*4222|reader:|  user: reader|  password: secret|tls:|  cert: .*|  key: .*)$`)
	outside, err := parse("/etc/silta/silta.yaml", []byte(listening.ReplaceAllString(live, "")), nil, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	want := NATS{URL: "tls://nats.example.fi:4222", Credentials: "/etc/silta/silta.creds", CA: "/etc/silta/ca.pem", Replicas: 1}
	if outside.NATS != want {
		t.Errorf("nats: %+v, want %+v", outside.NATS, want)
	}
}

func TestOverrides(t *testing.T) {
	file := `
listen: 127.0.0.1:1
data: here
mail: {smtp: a.example:25, user: u, password: from-file}
proxy: {trusted: [10.0.0.0/8]}
routing: {anything: [at, all]}
`
	environ := strings.Split(required+`SILTA_LISTEN=[::1]:9000
SILTA_EXPIRE_AFTER=2d12h
SILTA_PROXY_TRUSTED=192.0.2.0/24, 2001:db8::/32
SILTA_MAIL_PASSWORD_FILE=/secret
SILTA_MAIL_SECURITY=tls
SILTA_SESSIONS_ABSOLUTE=45m
SILTA_LOG_LEVEL=debug
SILTA_LOG_FORMAT=json
SILTA_NATS_LISTEN=
SILTA_METRICS_ALLOW=
SILTA_JOBS_ESCALATION=*/5 * * * *
SILTA_SERVICE_HOST=10.1.1.1
SILTA_PORT_8080_TCP_ADDR=10.1.1.1
OTHER=x
`, "\n")
	got, err := parse("/etc/silta/silta.yaml", []byte(file), environ, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Listen = "[::1]:9000"
	want.PublicURL = &url.URL{Scheme: "https", Host: "silta.example.fi"}
	want.Data = "/data"
	want.Calendars = "/etc/silta"
	want.ExpireAfter = 60 * time.Hour
	want.Organisation.Name = consult.Text{"fi": "Alue", "sv": "Område", "en": "County"}
	want.Organisation.Feedback = "palaute@example.fi"
	want.Proxy.Trusted = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	want.NATS.Listen = ""
	want.Mail = Mail{SMTP: "smtp.example.fi:587", Security: TLSFromStart, Login: Login{User: "u", Password: "s3cret"},
		From: mail.Address{Name: "Silta", Address: "silta@example.fi"}, Helo: "silta.example.fi", ReturnPathDomain: "example.fi"}
	want.Sessions.Absolute = 45 * time.Minute
	want.Reminders.Close = 30 * time.Hour // half of the shorter expiry
	want.Jobs["escalation"], _ = jobs.Parse("*/5 * * * *")
	want.Log = Log{Level: slog.LevelDebug, JSON: true}
	want.Metrics.Allow = []netip.Prefix{}
	equal(t, got, want)
}

// TestEveryValueHasItsVariable takes each variable that the program knows and holds it to name its key when it is wrong.
func TestEveryValueHasItsVariable(t *testing.T) {
	s := &source{file: "silta.yaml", env: map[string]string{}, read: readOnly}
	Default().read(s.newReader("", nil, nil))
	if len(s.known) < 41 {
		t.Fatalf("%d variables: %q", len(s.known), s.known)
	}
	seen := map[string]bool{}
	for _, name := range s.known {
		if seen[name] {
			t.Errorf("%s stands for two keys", name)
		}
		seen[name] = true
		wrong := ""
		if slices.Contains([]string{
			"SILTA_REMINDERS_REPLY", "SILTA_NATS_LISTEN", "SILTA_PROXY_TRUSTED", "SILTA_METRICS_ALLOW", "SILTA_SIGN_IN_SECOND_FACTOR",
		}, name) {
			wrong = "?"
		}
		_, err := parse("silta.yaml", nil, append(strings.Split(required, "\n"), name+"="+wrong), readOnly)
		if err == nil || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("%s=%s: %v", name, wrong, err)
		}
	}
}

func TestSecretsAreNotRepeated(t *testing.T) {
	const secret = "hunter2!"
	for _, file := range []string{
		"mail: {password: hunter2!}",
		"mail: {password: [hunter2!]}",
		"mail: {user: a, password: &x hunter2!}",
		"nats: {url: \"nats://silta:hunter2!@example.fi\"}",
		"nats: {url: \"silta:hunter2!\"}",
		"nats: {reader: {password: {a: hunter2!}}}",
		"public-url: https://silta:hunter2!@example.fi",
		"public-url: \"silta:hunter2!@\"",
		"mail: {password: \"hunter2!}",
	} {
		_, err := parse("silta.yaml", []byte(file), strings.Split(required+"SILTA_NATS_PASSWORD=hunter2!", "\n"), readOnly)
		if err == nil {
			t.Errorf("accepted: %s", file)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestLoad(t *testing.T) {
	name := filepath.Join(t.TempDir(), "silta.yaml")
	if _, err := Load(name, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(name, []byte("\ufefflisten: 127.0.0.1:0\r\nlog: {level: warn}\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(name, strings.Split(required, "\n"))
	if err != nil || c.Listen != "127.0.0.1:0" || c.Log.Level != slog.LevelWarn {
		t.Errorf("%+v, %v", c, err)
	}
	if err := os.WriteFile(name, []byte(strings.Repeat("# much too long\n", maxSize/16+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(name, nil); err == nil || !strings.HasSuffix(err.Error(), ":1:1: is longer than 1 MiB; is this the right file?") {
		t.Errorf("too long: %v", err)
	}
}

func equal(t *testing.T, got, want *Config) {
	t.Helper()
	g, w := reflect.ValueOf(*got), reflect.ValueOf(*want)
	for i := range g.NumField() {
		if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
			t.Errorf("%s:\n got %+v\nwant %+v", g.Type().Field(i).Name, g.Field(i), w.Field(i))
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data, "SILTA_LISTEN=x")
	}
	f.Fuzz(func(t *testing.T, data []byte, variable string) {
		c, err := parse("silta.yaml", data, append(strings.Split(required, "\n"), variable), readOnly)
		if (c == nil) == (err == nil) {
			t.Fatalf("%v and %v", c, err)
		}
		if err == nil {
			if c.PublicURL == nil || c.Data == "" || c.Mail.SMTP == "" || len(c.Organisation.Name) != 3 || len(c.Organisation.Emergency) == 0 {
				t.Errorf("accepted without what is required: %+v", c)
			}
			return
		}
		faults, ok := errors.AsType[Faults](err)
		if !ok || len(faults) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		for _, fault := range faults {
			if fault.Reason == "" || fault.Variable == "" && (fault.Line < 1 || fault.Column < 1) || strings.ContainsAny(fault.String(), "\n\r\x00") {
				t.Errorf("%#v", fault)
			}
		}
	})
}
