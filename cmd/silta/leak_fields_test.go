package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// staffMark is in the names of people and of the site, in notes and comments that the test types. Both marks may stand in a password.
const staffMark = "Vuotonimi"

// typable is a field that somebody can type into.
type typable struct{ where, field string }

// fieldTable reads ui/testdata/fields.txt: what becomes of what is typed into each field.
func fieldTable(t *testing.T) map[typable]string {
	t.Helper()
	file, err := os.ReadFile("../../ui/testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	table := map[typable]string{}
	for line := range strings.Lines(string(file)) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		if len(f) != 4 || !slices.Contains([]string{"sealed", "staff", "secret", "asked", "value"}, f[3]) {
			t.Fatalf("fields.txt: %s", line)
		}
		table[typable{f[0] + " " + f[1], f[2]}] = f[3]
	}
	return table
}

// inTable holds every member of a body that takes any text to a row of the table, and every row to a member.
func (d described) inTable(table map[typable]string) {
	d.t.Helper()
	rows := map[typable]bool{}
	for path, methods := range d.doc["paths"].(map[string]any) {
		for method, operation := range methods.(map[string]any) {
			body, _ := operation.(map[string]any)["requestBody"].(map[string]any)
			content, _ := body["content"].(map[string]any)
			media, ok := content["application/json"].(map[string]any)
			if !ok {
				continue
			}
			where := strings.ToUpper(method) + " /api" + regexp.MustCompile(`\{(\w+)\}`).ReplaceAllString(path, ":$1")
			d.texts(media["schema"].(map[string]any), "", 0, func(pointer string) { rows[typable{where, pointer}] = true })
		}
	}
	for row := range rows {
		if table[row] == "" {
			d.t.Errorf("where does what is typed into %s of %s go? Say so in ui/testdata/fields.txt.", row.field, row.where)
		}
	}
	for row := range table {
		if strings.Contains(row.where, " /api/") && !rows[row] {
			d.t.Errorf("fields.txt: %s has no member %s", row.where, row.field)
		}
	}
}

// texts tells the pointers of the members that are texts of any kind.
func (d described) texts(schema map[string]any, pointer string, depth int, tell func(string)) {
	if ref, ok := schema["$ref"].(string); ok {
		components := d.doc["components"].(map[string]any)["schemas"].(map[string]any)
		schema = components[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any)
	}
	if depth > 12 {
		return
	}
	for _, many := range []string{"oneOf", "anyOf", "allOf"} {
		list, _ := schema[many].([]any)
		for _, one := range list {
			d.texts(one.(map[string]any), pointer, depth+1, tell)
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		d.texts(property.(map[string]any), pointer+"/"+name, depth+1, tell)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		d.texts(items, pointer+"/N", depth+1, tell)
	}
	if more, ok := schema["additionalProperties"].(map[string]any); ok {
		d.texts(more, pointer+"/*", depth+1, tell)
	}
	if kind := fmt.Sprint(schema["type"]); strings.Contains(kind, "string") && schema["enum"] == nil {
		tell(pointer)
	}
}

// visitor is somebody with a browser that runs no script.
type visitor struct {
	t    *testing.T
	base string
	http *http.Client
	// read is all that they have been shown.
	read strings.Builder
	*journey
}

// journey is a life of requests, people and rules in which every field of the table is filled in as it should be.
type journey struct {
	t     *testing.T
	base  string
	table map[typable]string
	next  func() string
	// marks are those that were typed where they are kept.
	marks map[typable][]string
}

var rowNumber = regexp.MustCompile(`\.(\d+|#)\.`)

func (j *journey) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		j.t.Fatal(err)
	}
	return &visitor{t: j.t, base: j.base, http: &http.Client{Jar: jar}, journey: j}
}

func (j *journey) as(who, password string) *visitor {
	v := j.visitor()
	v.post("/sign-in", url.Values{"name": {who}, "password": {password}})
	return v
}

// do asks and reads; marks must not come into an address.
func (v *visitor) do(method, path string, form url.Values) (*http.Response, *goquery.Document) {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if told := fmt.Sprint(res.Header, res.Request.URL); strings.Contains(told, leakMark) || strings.Contains(strings.ToLower(told), strings.ToLower(staffMark)) {
		v.t.Errorf("%s %s: an address or a header holds what was typed: %s", method, path, told)
	}
	v.read.Write(body)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		v.t.Fatal(err)
	}
	return res, doc
}

func (v *visitor) post(path string, form url.Values) (*http.Response, *goquery.Document) {
	v.t.Helper()
	return v.do(http.MethodPost, path, form)
}

func (v *visitor) open(path string) *goquery.Document {
	v.t.Helper()
	res, doc := v.do(http.MethodGet, path, nil)
	if res.StatusCode != http.StatusOK {
		v.t.Fatalf("GET %s: %d", path, res.StatusCode)
	}
	return doc
}

// send opens a page and sends its form to an action with every field filled in, and returns the address to which that led. The route
// is the table's.
func (v *visitor) send(page, action, route string, own url.Values) string {
	v.t.Helper()
	form := v.open(page).Find(fmt.Sprintf("form[action=%q]", action)).First()
	if form.Length() == 0 {
		v.t.Fatalf("%s has no form to %s", page, action)
	}
	values := v.filled(form, route, own)
	res, doc := v.post(action, values)
	if res.StatusCode != http.StatusOK {
		faults := doc.Find("[id$=errors] a").Map(func(_ int, e *goquery.Selection) string { return e.AttrOr("href", "") })
		v.t.Errorf("POST %s: %d: %v %s", action, res.StatusCode, faults, strings.Join(strings.Fields(doc.Find(".flashes").Text()), " "))
	}
	return res.Request.URL.Path
}

// filled fills in a form: its own values first, else the first of what can be chosen and a mark for what can be typed.
func (v *visitor) filled(form *goquery.Selection, route string, own url.Values) url.Values {
	values := url.Values{}
	form.Find("input[name],textarea[name],select[name]").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		kind, _ := in.Attr("type")
		value, _ := in.Attr("value")
		if strings.Contains(name, "#") || own[name] != nil || in.ParentsFiltered("template").Length() > 0 {
			return
		}
		switch {
		case kind == "hidden":
			values.Set(name, value)
		case kind == "radio":
			if values.Get(name) == "" && value != "" {
				values.Set(name, value)
			}
		case kind == "checkbox":
		case goquery.NodeName(in) == "select":
			in.Find("option").EachWithBreak(func(_ int, o *goquery.Selection) bool {
				first, _ := o.Attr("value")
				values.Set(name, first)
				return first == ""
			})
		default:
			values.Set(name, v.typed(typable{route, rowNumber.ReplaceAllString(name, ".N.")}))
		}
	})
	maps.Copy(values, own)
	return values
}

// typed is what is typed into a field of the table.
func (v *visitor) typed(f typable) string {
	switch v.table[f] {
	case "sealed":
		mark := v.next()
		v.marks[f] = append(v.marks[f], mark)
		return mark
	case "staff":
		v.marks[f] = append(v.marks[f], staffMark)
		if f.field == "email" {
			return strings.ToLower(staffMark) + "@silta.example"
		}
		return staffMark
	case "asked":
		return v.next()
	case "value":
		return ""
	}
	v.t.Fatalf("%v is to be filled in by the test", f)
	return ""
}

// live goes through everything once.
func (j *journey) live() {
	j.t.Helper()
	nurse, psych, lead, youth, admin := j.as("nurse", "demo"), j.as("childpsych", "demo"), j.as("childpsych2", "demo"), j.as("youthpsych", "demo"), j.as("admin", "demo")
	request := url.Values{
		"client.age": {"9"}, "client.municipality": {"Ylöjärvi"}, "client.language": {"fi"}, "concerns": {"mood"}, "instruments.0.name": {"SDQ"}, "instruments.0.score": {"17"},
		"instruments.0.date": {"2020-01-02"}, "instruments.1.name": {""}, "instruments.2.name": {""}, "client.identity.hetu": {""}, "client.identity.name": {""}, "client.identity.basis": {""},
	}
	fresh := func(own url.Values) string {
		all := maps.Clone(request)
		maps.Copy(all, own)
		path := nurse.send("/requests/new", "/requests", "POST /requests", all)
		if !strings.HasPrefix(path, "/requests/") {
			j.t.Fatalf("nothing was sent: %s", path)
		}
		return path
	}
	act := func(v *visitor, path, action string, own url.Values) {
		v.send(path, path+"/"+action, "POST /requests/:id/"+action, own)
	}
	// One from its beginning to its end.
	one := fresh(nil)
	j.drafts(nurse)
	act(nurse, one, "add", nil)
	act(psych, one, "claim", nil)
	act(psych, one, "ask", nil)
	act(nurse, one, "reply", nil)
	act(psych, one, "join", nil)
	act(psych, one, "answer", url.Values{"plan.0.due": {"2030-12-01"}})
	act(psych, one, "worker", nil)
	act(nurse, one, "follow-up", nil)
	act(psych, one, "answer", url.Values{"plan.0.due": {""}})
	act(nurse, one, "close", nil)
	// One with its client's identity, handed over; another that is withdrawn; one that is opened for a reason.
	name := j.next()
	j.marks[typable{"POST /requests", "client.identity.name"}] = []string{name}
	two := fresh(url.Values{"client.identified": {"true"}, "client.identity.hetu": {leakHetu}, "client.identity.name": {name}, "client.identity.basis": {"consent"}})
	act(psych, two, "claim", nil)
	three := fresh(nil)
	var shown struct{ Ref string }
	if status := j.api("nurse", "/api/v1/consultations/"+strings.TrimPrefix(three, "/requests/"), &shown); status != http.StatusOK {
		j.t.Fatal(status)
	}
	found, page := youth.post("/find", url.Values{"ref": {shown.Ref}})
	if found.StatusCode != http.StatusOK {
		j.t.Fatal(found.Status)
	}
	youth.post("/find/open", youth.filled(page.Find("form[action='/find/open']"), "POST /find/open", nil))
	act(nurse, three, "withdraw", nil)
	for _, v := range []*visitor{nurse, psych, lead} {
		for _, path := range []string{one, one + "/record", two, two + "/record", two + "/print", two + "/export", three, "/requests", "/queue"} {
			v.do(http.MethodGet, path, nil)
		}
	}
	lead.open("/openings")
	act(psych, two, "hand-over", nil)
	nurse.open(two)
	// People, rules, and what belongs to oneself.
	admin.send("/people/-/new", "/people", "POST /people", url.Values{"id": {"newcomer"}, "roles": {"requester"}, "phone": {"+358 40 1234567"}})
	admin.send("/people/newcomer", "/people/newcomer", "POST /people/:id", url.Values{"roles": {"requester"}, "phone": {"+358 40 1234567"}})
	admin.send("/people", "/people/-/search", "POST /people/-/search", nil)
	admin.open("/people?search=1")
	document, _ := admin.open("/rules").Find("textarea[name=document]").Html()
	document = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(document)
	admin.send("/rules", "/rules", "POST /rules", url.Values{"document": {document + "\n# " + staffMark + "\n"}})
	admin.send("/rules/versions/1", "/rules/versions/1/restore", "POST /rules/versions/:number/restore", nil)
	admin.send("/account", "/account/tokens", "POST /account/tokens", url.Values{"days": {"9"}, "password": {"demo"}, "scopes": {"read"}})
	secret := j.next() + " and " + staffMark
	youth.send("/account", "/account/password", "POST /account/password", url.Values{"password": {"demo"}, "new_password": {secret}})
	j.as("youthpsych", secret).open("/queue")
	for _, path := range []string{"/people", "/people/newcomer", "/rules", "/rules/versions", "/account"} {
		admin.open(path)
	}
	// Who is let in nowhere.
	j.as(j.next(), j.next())
	j.as("nurse", j.next())
	j.visitor().post("/sign-in/forgot", url.Values{"name": {j.next()}})
	// Each mark that is kept was read again by somebody, or it never was in the system.
	var read strings.Builder
	for _, v := range []*visitor{nurse, psych, lead, youth, admin} {
		read.WriteString(v.read.String())
	}
	for f, class := range j.table {
		if class != "sealed" && class != "staff" || strings.Contains(f.where, " /api/") || f.field == "passkey_name" || f.field == "phone" || f == (typable{"POST /requests", "client.identity.hetu"}) ||
			f == (typable{"POST /rules", "document"}) {
			continue // It takes an authenticator, or what is typed is of a form that no mark fits.
		}
		if len(j.marks[f]) == 0 {
			j.t.Errorf("nothing was typed into %v", f)
		}
		for _, mark := range j.marks[f] {
			if !strings.Contains(read.String(), mark) {
				j.t.Errorf("%s, typed into %v, was not taken", mark, f)
			}
		}
	}
}

// leakHetu is an identity code that was given to nobody.
const leakHetu = "100920A987P"

// drafts keeps a form that is not sent.
func (j *journey) drafts(v *visitor) {
	page := v.open("/requests/new")
	form := page.Find("form[action='/requests']")
	keep, ok := form.Find("button[formaction^='/drafts/']").Attr("formaction")
	if !ok {
		keep, ok = page.Find("button[formaction^='/drafts/']").Attr("formaction")
	}
	if !ok {
		j.t.Fatal("a new request cannot be kept")
	}
	if res, _ := v.post(keep, v.filled(form, "POST /requests", url.Values{"client.age": {"9"}, "client.identity.hetu": {leakHetu}, "client.identity.name": {j.next()}, "client.identity.basis": {""}})); res.StatusCode != http.StatusOK {
		j.t.Errorf("a draft was not kept: %d", res.StatusCode)
	}
}

// api reads something as one of the demo's people.
func (j *journey) api(who, path string, reply any) int {
	req, err := http.NewRequestWithContext(j.t.Context(), http.MethodGet, j.base+path, nil)
	if err != nil {
		j.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer demo-"+who)
	res, err := client.Do(req)
	if err != nil {
		j.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(reply); err != nil {
		j.t.Fatal(err)
	}
	return res.StatusCode
}
