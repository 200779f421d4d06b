package peers

import (
	"strconv"
	"strings"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"

	"silta/consult"
	"silta/routing"
)

// Labels of alerts are single texts. So an age range is a regular expression of its numbers, a set has a label per member, and a rule that
// wants any of several members is several routes to the same receiver.
const (
	ageLabel        = "age"
	placeLabel      = "municipality"
	professionLabel = "profession"
	modeLabel       = "mode"
	present         = "yes"
)

func concernLabel(code string) string  { return "concern_" + strings.ReplaceAll(code, "-", "_") }
func involvedLabel(code string) string { return "involved_" + strings.ReplaceAll(code, "-", "_") }

func loadAlertmanager(rules []Rule) (Prepare, error) {
	root := &config.Route{Receiver: routing.Otherwise}
	for i := range rules {
		routes, err := alertRoutes(&rules[i])
		if err != nil {
			return nil, err
		}
		root.Routes = append(root.Routes, routes...)
	}
	tree := dispatch.NewRoute(root, nil)
	return func(f consult.Facts) Ask {
		set := alertLabels(&f)
		return func() (string, error) { return tree.Match(set)[0].RouteOpts.Receiver, nil }
	}, nil
}

func alertLabels(f *consult.Facts) model.LabelSet {
	set := model.LabelSet{
		ageLabel:        model.LabelValue(strconv.Itoa(f.Age)),
		placeLabel:      model.LabelValue(f.Municipality),
		professionLabel: model.LabelValue(f.Profession),
		modeLabel:       model.LabelValue(f.Mode),
	}
	for _, c := range f.Concerns {
		set[model.LabelName(concernLabel(string(c)))] = present
	}
	for _, p := range f.Involved {
		set[model.LabelName(involvedLabel(string(p)))] = present
	}
	return set
}

// alertRoutes writes a rule as routes beside each other: one for each choice of a concern and a party of those of which any will do.
func alertRoutes(rule *Rule) ([]*config.Route, error) {
	var list []*config.Route
	for _, concern := range orNone(rule.AnyConcern) {
		for _, party := range orNone(rule.AnyInvolved) {
			m := matcherList{}
			if rule.Ranged {
				ages := make([]string, 0, rule.Oldest-rule.Youngest+1)
				for age := rule.Youngest; age <= rule.Oldest; age++ {
					ages = append(ages, strconv.Itoa(age))
				}
				m.add(ageLabel, ages...)
			}
			m.add(placeLabel, rule.Places...)
			if rule.Profession != "" {
				m.add(professionLabel, rule.Profession)
			}
			if rule.Mode != "" {
				m.add(modeLabel, rule.Mode)
			}
			for _, c := range rule.AllConcerns {
				m.add(concernLabel(c), present)
			}
			if concern != "" {
				m.add(concernLabel(concern), present)
			}
			if party != "" {
				m.add(involvedLabel(party), present)
			}
			if m.err != nil {
				return nil, m.err
			}
			list = append(list, &config.Route{Receiver: rule.ID, Matchers: m.list})
		}
	}
	return list, nil
}

// orNone gives a loop over alternatives one turn where there are none.
func orNone(values []string) []string {
	if len(values) == 0 {
		return []string{""}
	}
	return values
}

type matcherList struct {
	list []*labels.Matcher
	err  error
}

// add asks that a label has one of the values.
func (m *matcherList) add(label string, values ...string) {
	if len(values) == 0 || m.err != nil {
		return
	}
	kind := labels.MatchEqual
	if len(values) > 1 {
		kind = labels.MatchRegexp
	}
	matcher, err := labels.NewMatcher(kind, label, strings.Join(values, "|"))
	if err != nil {
		m.err = err
		return
	}
	m.list = append(m.list, matcher)
}
