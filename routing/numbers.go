package routing

import "math/bits"

// numbers is a set of small numbers.
type numbers []uint64

func newNumbers(below int) numbers { return make(numbers, (below+63)/64) }

func (n numbers) add(x int)      { n[x/64] |= 1 << (x % 64) }
func (n numbers) remove(x int)   { n[x/64] &^= 1 << (x % 64) }
func (n numbers) has(x int) bool { return n[x/64]&(1<<(x%64)) != 0 }

func (n numbers) meets(o numbers) bool {
	for i := range n {
		if n[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

// within reports whether o has all of n.
func (n numbers) within(o numbers) bool {
	for i := range n {
		if n[i]&^o[i] != 0 {
			return false
		}
	}
	return true
}

func (n numbers) count() int {
	sum := 0
	for _, w := range n {
		sum += bits.OnesCount64(w)
	}
	return sum
}

// common is how many numbers both have.
func (n numbers) common(o numbers) int {
	sum := 0
	for i, w := range n {
		sum += bits.OnesCount64(w & o[i])
	}
	return sum
}

// all goes through the numbers in order.
func (n numbers) all(yield func(int) bool) {
	for i, w := range n {
		for ; w != 0; w &= w - 1 {
			if !yield(i*64 + bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}

// first returns the smallest number, or -1.
func (n numbers) first() int {
	for i, w := range n {
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}
