// Package jobs runs what the program does again and again by itself: escalations, digests, clean-ups.
//
// Each job has a schedule, and a [Registry] decides at every tick of cron what is due, from when the job last ran and what time
// it is now; so a job that is due once a day runs once a day, also when the clock changes at night, and what came due while the
// program was down is made up at its start. A job never runs twice at once. How each run went is kept in a small file: losing
// it loses no data, for what a job has done stands in the journal.
//
// A job that fails, or that has not succeeded in its time, is an incident: it is told once when it begins and once when it is over.
package jobs
