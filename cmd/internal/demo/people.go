// Package demo fills a new Silta with an example region's people and a believable year of requests, so that everything can be
// tried on one machine. The people are roles, not persons; the cases are made up.
package demo

import "silta/consult"

// Password is everybody's in the demo.
const Password = "demo"

// TokenOf is the API token of one of the demo's people.
func TokenOf(id string) string { return "demo-" + id }

func person(id, name string, role consult.Role, prof consult.Profession, municipality string) consult.Person {
	return consult.Person{
		ID: id, Name: name, Email: id + "@silta.example", Language: consult.Finnish, Roles: []consult.Role{role},
		Profession: prof, Municipality: municipality,
	}
}

// Colleagues are those who have sent most of the past's requests. Nobody is told to sign in as one of them, so that the lists of the
// others stay short.
func Colleagues() []consult.Person {
	return []consult.Person{
		person("nurse2", "Kouluterveydenhoitaja, Nokia", consult.Requester, "school-nurse", "Nokia"),
		person("midwife2", "Kätilö, Lempäälä", consult.Requester, "midwife", "Lempäälä"),
		person("youthteam2", "Nuorten mielenterveystiimi, Valkeakoski", consult.Requester, "youth-team", "Valkeakoski"),
	}
}

// People are those whom the example region's rules name, and those who send to them.
func People() []consult.Person {
	people := []consult.Person{
		person("nurse", "Kouluterveydenhoitaja, Ylöjärvi", consult.Requester, "school-nurse", "Ylöjärvi"),
		person("midwife", "Kätilö, Tampere", consult.Requester, "midwife", "Tampere"),
		person("youthteam", "Nuorten mielenterveystiimi, Kangasala", consult.Requester, "youth-team", "Kangasala"),
		person("childpsych", "Lastenpsykiatri", consult.Specialist, "doctor", ""),
		person("childpsych2", "Lastenpsykiatrian vastaava lääkäri", consult.Specialist, "doctor", ""),
		person("paivaperho", "Päiväperhon työntekijä", consult.Specialist, "social-worker", ""),
		person("youthpsych", "Nuorisopsykiatri", consult.Specialist, "doctor", ""),
		person("protection", "Lastensuojelun sosiaalityöntekijä", consult.Specialist, "social-worker", ""),
		person("paediatrician", "Lastenlääkäri", consult.Specialist, "doctor", ""),
		person("disability", "Vammaispalvelujen asiantuntija", consult.Specialist, "social-worker", ""),
		person("admin", "Pääkäyttäjä", consult.Admin, "", ""),
		person("auditor", "Tietosuojavastaava", consult.Auditor, "", ""),
	}
	// So that there are digests to be seen.
	for i := range people {
		switch people[i].ID {
		case "nurse":
			people[i].Preferences.Topics = map[consult.Topic]consult.Way{consult.TopicCourse: consult.InDigest}
		case "childpsych2":
			people[i].Preferences.Morning = true
		}
	}
	return people
}
