package consult

import "testing"

func TestValidHetu(t *testing.T) {
	for _, s := range []string{"131052-308T", "010594Y9032", "010516B903X"} {
		if !ValidHetu(s) {
			t.Errorf("%s is not valid", s)
		}
		if f := FindIdentity("x" + s + "y"); len(f) != 1 || f[0] != (IdentityFinding{IdentityHetu, 1, 12}) {
			t.Errorf("%s: %v", s, f)
		}
	}
	for _, s := range []string{"", "010190-999K", "131052308T", "131052-308t", "131052-308T ", "310252-308T", "131052Z308T", "１31052-308T"} {
		if ValidHetu(s) {
			t.Errorf("%s is valid", s)
		}
	}
}
