package consult

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// What is told of every stretch of time together leaves each single count open: whoever puts it all together, and guesses the remainders
// right or not, cannot tell a small number.
func TestRoundedCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rounder{[]byte(rapid.String().Draw(t, "key"))}
		counts := rapid.SliceOfN(rapid.IntRange(0, 12), 1, 36).Draw(t, "counts")
		running := []int{0}
		for _, n := range counts {
			running = append(running, running[len(running)-1]+n)
		}
		told := func(from, to int) int {
			return r.between(running[from], running[to], "pool", "g", "Kihniö", "answered")
		}
		steps := []int{0}
		for to := 1; to < len(running); to++ {
			steps = append(steps, told(0, to))
			for from := range to {
				n, truth := told(from, to), running[to]-running[from]
				if n%FewAnswers != 0 || n <= truth-FewAnswers || n >= truth+FewAnswers {
					t.Fatalf("%d are told as %d", truth, n)
				}
				if n != steps[to]-steps[from] {
					t.Fatalf("from %d to %d there are %d, by difference %d", from, to, n, steps[to]-steps[from])
				}
			}
		}
		// All that is told follows from the steps: each says that the running count, with an unknown remainder, lies between two multiples.
		for i := 1; i < len(steps); i++ {
			low, high := 1<<30, -1
			for up := range FewAnswers {
				within := func(i int) (least, most int) {
					if i == 0 {
						return 0, 0
					}
					return max(0, steps[i]-up), steps[i] - up + FewAnswers - 1
				}
				leastBefore, mostBefore := within(i - 1)
				least, most := within(i)
				low, high = min(low, max(0, least-mostBefore)), max(high, most-leastBefore)
			}
			if n := counts[i-1]; low > n || high < n || high-low < FewAnswers-1 {
				t.Fatalf("the %dth count, %d, must be from %d to %d", i, n, low, high)
			}
		}
	})
}

// The remainder at which a count is rounded up differs from one thing to the next, and is the same every time.
func TestRoundingIsFixed(t *testing.T) {
	r, other := rounder{[]byte("a key")}, rounder{[]byte("another key")}
	ups, differ := map[int]int{}, false
	for i := range 500 {
		name := fmt.Sprint(i)
		for n := 1; n <= FewAnswers; n++ {
			if once, again := r.between(0, n, name), r.between(0, n, name); once != again {
				t.Fatal("one count is rounded in two ways")
			}
			differ = differ || r.between(0, n, name) != other.between(0, n, name)
			if r.between(0, n, name) > 0 {
				ups[n]++
				break
			}
		}
	}
	for n := 1; n <= FewAnswers; n++ {
		if ups[n] < 60 {
			t.Errorf("%d of 500 are rounded up from %d on", ups[n], n)
		}
	}
	if !differ {
		t.Error("the key does not matter")
	}
}
