package config

import "silta/notify/jobs"

// Jobs is `jobs`: by the names of the jobs, when each is done.
type Jobs map[string]jobs.Schedule

// jobDefaults are all jobs that there are, and when each is done where nothing else is written.
var jobDefaults = []struct{ name, schedule string }{
	{"escalation", "@every 30s"},
	{"watchdog", "@every 5m"},
	{"digest", "0 7 * * *"},
	{"figures", "30 7 * * mon"},
	{"mailbox", "@every 15s"},
	{"calendars", "@every 5m"},
	{"certificates", "@every 5m"},
	{"openings", "@every 30s"},
	{"head", "0 7 * * 1"},
	{"retention", "15 3 * * *"},
	{"duty", "@every 30s"},
	{"drafts", "@every 1h"},
}

func defaultJobs() Jobs {
	j := Jobs{}
	for _, d := range jobDefaults {
		j[d.name] = jobs.Must(d.schedule)
	}
	return j
}

func (j Jobs) read(r *reader) {
	for _, d := range jobDefaults {
		s := j[d.name]
		scalar(r, d.name, &s, parseSchedule)
		j[d.name] = s
	}
}
