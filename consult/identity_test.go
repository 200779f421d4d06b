package consult

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// surroundings are what may stand next to an identity code, to try its offsets with.
var surroundings = []string{
	"", " ", "äiti ", "Äiti ", "a\u0308", "\u0308", "👩‍👧 ", "🙂", "é", "e\u0301", "\u200b", "\u00a0", "\n", "\r\n", "\t", "hetu", "hetu:", "(", ")",
	".", ",", "-", "–", "+", "@", ":n ", "7", "12 ", "3.11.2026 ", " klo 14.30", "SDQ 17/40 ", " 2-3 päivää", "\xff", "\xe2\x80", "人", "Koskikatu ",
	" 15-vuotias", "O", "l", "A", "T", "\ufeff", "\x00", "040 ", " 33100",
}

func surrounding(t *rapid.T, name string) string {
	parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(surroundings), rapid.StringN(0, 5, 20)), 0, 5).Draw(t, name)
	return strings.Join(parts, "")
}

func TestValidHetuIsFoundAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hetu := validHetu(t)
		if rapid.Bool().Draw(t, "lower") {
			hetu = strings.ToLower(hetu)
		}
		before, after := surrounding(t, "before"), surrounding(t, "after")
		start := utf8.RuneCountInString(before)
		want := IdentityFinding{IdentityHetu, start, start + 11}
		if got := FindIdentity(before + hetu + after); !slices.Contains(got, want) {
			t.Fatalf("%q, %q, %q: %v is not in %v", before, hetu, after, want, got)
		}
	})
}

func TestOffsetsCountCodePoints(t *testing.T) {
	plain := []string{"040 123 4567", "maija@example.fi", "Koskikatu 5", "131052 - 308T", "Väinön", "Va\u0308ino\u0308n"}
	kinds := []IdentityKind{IdentityPhone, IdentityEmail, IdentityAddress, IdentityHetu, IdentityName, IdentityName}
	rapid.Check(t, func(t *rapid.T) {
		quiet := rapid.SliceOf(rapid.SampledFrom([]string{
			"äiti ", "A\u0308iti ", "👩‍👧‍👦 ", "e\u0301 ", "人 ", "on kotona. ", "\xff ", "\n", "\u00ad", "— ", "𝒜 ",
		}))
		before, after := strings.Join(quiet.Draw(t, "before"), "")+" ", " "+strings.Join(quiet.Draw(t, "after"), "")
		i := rapid.IntRange(0, len(plain)-1).Draw(t, "what")
		start := utf8.RuneCountInString(before)
		want := []IdentityFinding{{kinds[i], start, start + utf8.RuneCountInString(plain[i])}}
		if got := FindIdentity(before+plain[i]+after, "Väinö"); !slices.Equal(got, want) {
			t.Fatalf("%q: %v, not %v", before+plain[i]+after, got, want)
		}
	})
}

func TestOverlapsAreMerged(t *testing.T) {
	for _, c := range []struct {
		text string
		want []IdentityFinding
	}{
		{"matti.virtanen@example.fi", []IdentityFinding{{IdentityEmail, 0, 25}}},
		{"Virtasenkatu 5 ja Virtanen", []IdentityFinding{{IdentityAddress, 0, 14}, {IdentityName, 18, 26}}},
		{"Matti Virtanen", []IdentityFinding{{IdentityName, 0, 5}, {IdentityName, 6, 14}}},
		{"Matti, 040 1234567, 131052-308T", []IdentityFinding{{IdentityName, 0, 5}, {IdentityPhone, 7, 18}, {IdentityHetu, 20, 31}}},
		{"(040 1234567), (+358401234567)", []IdentityFinding{{IdentityPhone, 1, 12}, {IdentityPhone, 16, 29}}},
		{"020 123456789012 3", nil}, // as many digits as are read, the last alone
		{"puh. 116 4567", []IdentityFinding{{IdentityPhone, 5, 13}}},
		{"0401234567isä", []IdentityFinding{{IdentityPhone, 0, 10}}},
		{"(040287-997Z)", []IdentityFinding{{IdentityHetu, 1, 12}}},
		{"0401234567/0507654321", []IdentityFinding{{IdentityPhone, 0, 10}, {IdentityPhone, 11, 21}}},
		{"040 1234567 09 1234567", []IdentityFinding{{IdentityPhone, 0, 11}, {IdentityPhone, 12, 22}}},
		{"", nil},
	} {
		if got := FindIdentity(c.text, "Matti", "Virtanen"); !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, not %v", c.text, got, c.want)
		}
	}
}

// TestNamesInflect holds forms that must be found and words that must not.
func TestNamesInflect(t *testing.T) {
	for _, c := range []struct{ name, forms, others string }{
		{"Matti", "Matti Matin Mattia Matille Matilla Matilta Matissa Matista Mattiin Matiksi Mattina Matitta Mattinsa Matillekin MATTI matin",
			"Matto maton Matka matala Marin Mattola"},
		{"Pekka", "Pekan Pekalle Pekkaa Pekkaan Pekankin", "Pekoni Peili"},
		{"Virtanen", "Virtasen Virtaselle Virtasta Virtasten Virtasia Virtasilla", "Virta virtaa virtaus"},
		{"Mäki", "Mäen Mäelle Mäkeä Mäkeen Mäet Maki", "Mökki mäyrä"},
		{"Lampi", "Lammen Lampea Lammelle", "Lamppu lampun lammas"},
		{"Markus", "Markuksen Markusta Markukselle Markuksessa", "Markka marraskuu"},
		{"Kevin", "Kevinin Kevinille Keviniä", "Kevät kevään keveä"},
		{"Rinne", "Rinteen Rinteelle Rinnettä", "Rinta rinnalla"},
		{"Aalto", "Aallon Aaltoa Aallolle", "Aamu aalloittain"},
		{"Kurki", "Kurjen Kurjelle Kurkea Kurkien", "Kurssi"},
		{"Heikki", "Heikin Heikille Heikkiä", "Heikko heikentynyt"},
		{"Satu", "Sadun Sadulle Satua Satun", "Sataa"},
		{"Helanko", "Helangon Helangolle Helankoa", "Helposti"},
		{"Leppä", "Lepän Lepälle Leppää", "Lepo levoton"},
		{"Leipä", "Leivän Leivälle", "Leikki"},
		{"Susi", "Suden Susia Suteen", "Suunta"},
		{"Ranta", "Rannan Rannalle Rantaan", "Raskas"},
		{"Tuomas", "Tuomaan Tuomaalle Tuomasta Tuomaksen", "Tuomio"},
		{"Kallas", "Kaltaan Kallaan Kallasta", "Kallis"},
		{"Aho", "Aho Ahon Aholle Ahoa", "Ahven ahkera"},
		{"Ali", "Ali Alin Alille", "Alku aluksi"},
		{"André", "Andre Andrén André", "Anders"},
		{"Anna-Liisa", "Anna-Liisa Annan Liisalle Anna-Liisan", "annos Liika"},
		{"Kim", "Kim Kimin Kimille", "kimppa kimmoisa"},
		{"O'Brien", "O'Brien Brienin", "Brie"},
		{"Виктор", "ВИКТОР виктор", "вик"},
	} {
		for form := range strings.FieldsSeq(c.forms) {
			if got := FindIdentity("Tapasin: "+form+" tänään.", c.name); len(got) == 0 || got[0].Kind != IdentityName {
				t.Errorf("%s is not found as a form of %s", form, c.name)
			}
		}
		for other := range strings.FieldsSeq(c.others) {
			if got := FindIdentity("Tapasin: "+other+" tänään.", c.name); len(got) != 0 {
				t.Errorf("%s is found as a form of %s", other, c.name)
			}
		}
	}
	if got := FindIdentity("O on. Li ja Yu, the den von och.", "O Li", "Yu", "von den"); len(got) != 0 {
		t.Errorf("short parts and particles of names are found: %v", got)
	}
}

// TestEachSpellingIsFoundWhole tries spellings that must be found from their first to their last character.
func TestEachSpellingIsFoundWhole(t *testing.T) {
	for kind, spellings := range map[IdentityKind][]string{
		IdentityHetu: {
			"131052-308T", "131052-308t", "131052 -308T", "131052- 308T", "131052 - 308 T", "131052 308T", "131052308T", "1 3 1 0 5 2 - 3 0 8 T",
			"13 10 52-308T", "13 10 52 308T", "131052-3O8T", "l31052-308T", "13l052-308t", "0105l6B903X", "131052-308\u200bT", "131052-\n308T",
			"1310\x0052-308T", "131052\x07-308T", "131052-3\u206608T", "131052-308\u009fT",
			"131052--308T", "13.10.1952-308T", "0105949032", "010594 Y 9032", "131052\u2010308T", "131052\u2011308T", "131052\u2012308T",
			"131052\u2013308T", "131052\u2014308T", "131052\u2015308T", "131052\u2212308T", "131052\uff0d308T", "１３１０５２－３０８Ｔ", "131052-308Т",
			"010516В903Х", "131052\u00a0-\u00a0308T", "131052-308X", "010190-999K", "310290-998H", "131052_308T", "131052/308T", "٠١٠٥٩٤Y٩٠٣٢",
		},
		IdentityPhone: {
			"040 123 4567", "+358 40 1234567", "(03) 123 4567", "09-1234567", "0401234567", "00358401234567", "040 12 34 567", "+358-40-1234567",
			"+358(40)1234567", "(+358) 40 123 4567", "09 123 4567", "040 / 123 4567", "(040) 1234567", "0400-123 456", "040\u00a0123\u00a04567",
			"０４０ １２３ ４５６７", "+358 9 123 4567", "00 358 40 1234567", "0457 123 4567", "+44 20 7946 0958", "06-12 34 567", "O40 1234567",
		},
		IdentityEmail: {
			"maija@example.fi", "maija.m(at)example.fi", "maija.m [at] example.fi", "maija [ät] example.fi", "maija ät example.fi", "maija(ät)example.fi",
			"maija at posti dot fi", "maija.m ät posti piste fi", "maija[at]posti[dot]fi", "maija.m at example.fi", "maija＠example.fi", "m_m(a)example.fi",
			"väinö.äyräs@example.fi", "maija@gmail", "a.b+c@d-e.example.co.uk",
		},
		IdentityAddress: {
			"Koskikatu 5", "Koskikadulla 5", "koskikatu 5 A 12", "Koskikatu 5b", "Sammonkatu 4A5", "Peltotie 12-14 C", "Mäntykuja 3", "Saarnipolku 7 as. 4",
			"Sateenkaarella 2", "Kuusiraitti 8", "Rantaväylä 22", "Laukontori 4", "Storgatan 5", "Strandvägen 14 B", "Björkgränd 3", "Kyrkstigen 8",
			"33100 TAMPERE", "Koskikatu 5, 33100 Tampere", "Koskikatu 5\n33100 Tampere", "Kiven katu 10 B 4", "Norra Esplanaden 12", "Koskikatu nro 5",
			"Tohlopinranta 10", "Iso Roobertinkatu 5 A",
		},
	} {
		for _, s := range spellings {
			want := []IdentityFinding{{kind, 4, 4 + utf8.RuneCountInString(s)}}
			if got := FindIdentity("on: "+s+".", ""); !slices.Equal(got, want) {
				t.Errorf("%q: %v, not %v", s, got, want)
			}
		}
	}
}

// TestNothingIsFound tries what only looks like something that identifies.
func TestNothingIsFound(t *testing.T) {
	for _, s := range []string{
		"2-3", "15.11.2026", "12345 kr", "F32.1", "SDQ 17/40", "112", "116117", "116 111", "116 117", "09 2525 0111", "09 2525 0112", "0800 147 111",
		"0800-147 111", "+358 800 147 111", "+358 9 2525 0111", "(09) 2525 0111", "0925250111", "puh. 116 117", "puh. 112", "Puhelin: 8-16, 9-15 pe",
		"1.1.2026-31.12.2026", "1 000 000", "vuosina 2015, 2018 ja 2020", "100-200-300", "12 345 678", "03 11 2026", "05-09-2026", "klo 08 15 ja 09 15",
		"09-12 13-15", "FI49 5000 9420 0287 30", "ISBN 978-951-1-23456-7", "+12 345 678", "IP 192.168.100.200", "12:30:45", "0.123456789", "T-051126-001",
		"Hoitopolku 2", "Kuraattori 3 kertaa", "Koulutie 2 km", "Moottoritie 9", "Vuosikatu 2026", "Koskikatu 3.11.", "Tie 3", "lustig 3", "12345 EUR",
		"sähköposti @ puuttuu", "@nuori", "look at thl.fi", "12345 euroa", "12345 KPL", "12345 Kelalta", "kohta (a) lapsi.fi", "thl.fi", "nolla kahdeksan nolla nolla yksi neljä seitsemän 111",
		"zero one two three four five six seven", "nolla virhettä 040 sivulla", "13.10.52, huone 308T", "13.10.52, loppuarvio 308S", "12 Church meetings", "valtatie 12",
		"Lapsi 14 as", "loppuosa 308T", "131052-XXXX", "S-2026-0042", "1234567-8", "010126-1235",
	} {
		if got := FindIdentity("Kirjattu "+s+" tänään", "Matti Virtanen"); len(got) != 0 {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// TestAnyMixtureIsOrdered feeds mixtures of what the readers look for, which random bytes seldom make.
func TestAnyMixtureIsOrdered(t *testing.T) {
	tokens := strings.Split("0|00|1|12|010190|040|050|358|3|09|020|116|112|2026|1234567|123456789012|33100| |  |\n|(|)|+|-|–|.|/|,|:|@|[|]|(at)|(dot)|"+
		" ät | at | dot |snabel-a|nolla|neljä|forty|loppuosa|308T|3 February|o|l|I|A|T|katu|Lane|valtatie|Koskikatu|Norra|gatan|Kiven|nro| as. |TAMPERE|Nokia|puh|tel.|matti|Matin|\u0308|\u200b|ä|🙂|\xff|fi|example", "|")
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(tokens), 0, 40).Draw(t, "tokens"), "")
		name := strings.Join(rapid.SliceOfN(rapid.SampledFrom(tokens), 0, 4).Draw(t, "name"), "")
		if fault := disorder(text, FindIdentity(text, name)); fault != "" {
			t.Fatalf("%q: %s", text, fault)
		}
	})
}

// disorder says what is wrong with the findings in a text: they must be within it, in order and apart.
func disorder(text string, found []IdentityFinding) string {
	count, end := utf8.RuneCountInString(text), 0
	for _, f := range found {
		if f.Start < end || f.End <= f.Start || f.End > count || !slices.Contains(identityGravity, f.Kind) {
			return fmt.Sprint(f, " of ", found)
		}
		end = f.End
	}
	return ""
}

// FuzzFindIdentity checks that findings are in order, apart, within the text, and that the end of the text does not matter
// to the codes in it.
func FuzzFindIdentity(f *testing.F) {
	for _, s := range corpus(f) {
		f.Add(s.text, strings.Join(s.names, " "))
	}
	for _, s := range surroundings {
		f.Add(s+"131052-308T"+s, s)
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		if fault := disorder(text, FindIdentity(text, name)); fault != "" {
			t.Fatalf("%q: %s", text, fault)
		}
		count := utf8.RuneCountInString(text)
		hetu := IdentityFinding{IdentityHetu, count + 1, count + 12}
		if got := FindIdentity(text+"\n131052-308T", name); !slices.Contains(got, hetu) {
			t.Fatalf("%q hides an identity code: %v", text, got)
		}
	})
}
