package examples_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startRedis runs a Redis that keeps nothing, and returns its URL.
func startRedis(t *testing.T) string {
	t.Helper()
	needs(t, "redis-server")
	port := freePort(t)
	s := startOn(t, port, t.TempDir(), nil, "redis-server", "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "")
	waitFor(t, port, s)
	return fmt.Sprintf("redis://127.0.0.1:%d/0", port)
}

// startPostgres runs a Postgres with a new, empty database, and returns its URL.
func startPostgres(t *testing.T) string {
	t.Helper()
	needs(t, "initdb", "postgres")
	owner := postgresUser(t)
	dir := dirFor(t, owner)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	data := filepath.Join(dir, "data")
	initdb := command(ctx, dir, nil, "initdb", "-A", "trust", "-U", "app", "-N", "-D", data)
	initdb.SysProcAttr.Credential = owner
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	port := freePort(t)
	s := &service{log: &log{}, done: make(chan error, 1)}
	s.cmd = command(context.Background(), dir, nil, "postgres", "-D", data, "-p", strconv.Itoa(port), "-k", "", "-h", "127.0.0.1", "-F")
	s.cmd.SysProcAttr.Credential = owner
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	t.Cleanup(func() {
		_ = s.cmd.Process.Signal(syscall.SIGINT) // a fast shutdown; SIGTERM would wait for clients
		s.stop(t)
	})
	waitFor(t, port, s)
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(s.log.String(), "ready to accept connections"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("postgres does not get ready\n%s", s.log)
		}
	}
	return fmt.Sprintf("postgres://app@127.0.0.1:%d/postgres?sslmode=disable", port)
}

// dirFor is a temporary folder that belongs to a user; nil is this one.
func dirFor(t *testing.T, owner *syscall.Credential) string {
	t.Helper()
	dir := t.TempDir()
	if owner == nil {
		return dir
	}
	// t.TempDir lies in a folder that only its maker may enter.
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// postgresUser is who Postgres runs as when this test is root, which Postgres refuses to be.
func postgresUser(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Skip("Postgres does not run as root, and there is no user postgres")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func waitFor(t *testing.T, port int, s *service) {
	t.Helper()
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing listens on %s: %v\n%s", address, err, s.log)
		}
	}
}
