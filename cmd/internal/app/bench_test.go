package app

import (
	"strings"
	"testing"
	"time"

	"silta/cmd/internal/demo"
	"silta/consult/consulttest"
)

// BenchmarkSubmission measures a submission from outside: over HTTP, validated, routed, durable, in the view, and back at a reader
// of the event stream. It is a ratio to what the machine's disk takes for one raw fsync of 4 KiB, in the same run:
//
//	go test -run - -bench Submission -benchtime 3000x ./cmd/internal/app
//
// With one client the time per submission in fsyncs (fsyncs/op: floor 5), with 64 the submissions per raw fsync (op/fsync: floor 1.5).
// The clients are another process; processor time is told of both. Where a raw fsync takes a tenth of a millisecond, what the processor
// does is most of it; a slower disk is had by running it in a control group with blkio.throttle.write_iops_device (io.max).
// "mailed" is the example region, where each submission also makes a mail, whose planning and sending are two more entries of the
// journal at the same time; "alone" has pools whose people get none.
func BenchmarkSubmission(b *testing.B) {
	alone := strings.NewReplacer("childpsych2", "nobody2", "childpsych", "nobody1").Replace(string(demo.Region))
	for _, bench := range []struct {
		name    string
		clients int
		rules   string
	}{{"1client/alone", 1, alone}, {"1client/mailed", 1, ""}, {"64clients/alone", 64, alone}, {"64clients/mailed", 64, ""}} {
		b.Run(bench.name, func(b *testing.B) { benchmarkSubmission(b, bench.clients, bench.rules) })
	}
}

func benchmarkSubmission(b *testing.B, clients int, rules string) {
	a := startEmpty(b, rules)
	l := startLoad(b, a.Addr(), clients)
	l.submit(b, clients)
	disk := consulttest.NewDisk(b)
	var sending, server, load time.Duration
	b.ResetTimer()
	const turns = 20
	for turn := range turns {
		n := b.N*(turn+1)/turns - b.N*turn/turns
		cpu := cpuTime()
		took, used := l.submit(b, n)
		server += cpuTime() - cpu
		sending, load = sending+took, load+used
		b.StopTimer()
		disk.Sync(b, max(10, n/2))
		b.StartTimer()
	}
	b.StopTimer()
	b.ReportMetric(float64(server.Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(load.Microseconds())/float64(b.N), "client-cpu-µs/op")
	b.ReportMetric(disk.Rate(), "fsyncs/s")
	rate := float64(b.N) / sending.Seconds()
	if clients == 1 {
		b.ReportMetric(disk.Rate()/rate, "fsyncs/op")
	} else {
		b.ReportMetric(rate/disk.Rate(), "op/fsync")
	}
}
