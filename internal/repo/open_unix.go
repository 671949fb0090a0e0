//go:build unix

package repo

import "golang.org/x/sys/unix"

// openFlags keep an open from blocking on a pipe that took a file's place.
const openFlags = unix.O_NONBLOCK
