// Package deps holds the test that keeps the layers of the program apart: which package may import which other one of this
// module. The domain knows nobody, the adapters do not know each other, and only the commands know everything.
package deps
