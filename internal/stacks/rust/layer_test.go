package rust_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/stacks/rust"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

var (
	runLine = regexp.MustCompile(`(?s)RUN (?:--mount=\S+ )*(?:--mount=\S+)? ?\\?\s*(.*)`)
	copied  = regexp.MustCompile(`^COPY ([^<-].*) (\S+)$`)
)

// TestDependencyLayerIsWhatCargoAccepts carries the plan's first stage out with the real Cargo: manifests alone, empty programs for
// their targets, then the source and the build.
func TestDependencyLayerIsWhatCargoAccepts(t *testing.T) {
	if _, err := exec.LookPath("cargo"); err != nil || testing.Short() {
		t.Skip("needs cargo")
	}
	files := map[string]string{
		"Cargo.toml":                  "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n",
		"crates/api/Cargo.toml":       "[package]\nname = \"api\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nstore = { path = \"../store\" }\n[[bench]]\nname = \"speed\"\nharness = false\n",
		"crates/api/src/main.rs":      "fn main() { println!(\"{}\", store::name()); }\n",
		"crates/api/benches/speed.rs": "fn main() {}\n",
		"crates/store/Cargo.toml":     "[package]\nname = \"store\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
		"crates/store/src/lib.rs":     "pub fn name() -> &'static str { \"shop\" }\n",
		"Cargo.lock":                  "version = 3\n\n[[package]]\nname = \"api\"\nversion = \"0.1.0\"\ndependencies = [\n \"store\",\n]\n\n[[package]]\nname = \"store\"\nversion = \"0.1.0\"\n",
	}
	r := stacktest.One(t, rust.Stack(), files)
	dir := t.TempDir()
	for _, st := range r.Recipe.Image.Stages[0].Steps {
		switch {
		case strings.HasPrefix(st.Text, "COPY"):
			copyStep(t, dir, files, st.Text)
		case strings.HasPrefix(st.Text, "RUN"):
			shell(t, dir, runLine.FindStringSubmatch(st.Text)[1])
		}
	}
	for p, s := range files {
		write(t, filepath.Join(dir, p), s)
	}
	shell(t, dir, strings.Replace(r.Build.String(), "--release", "", 1))
	out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "target/debug/api")).Output()
	if err != nil || string(out) != "shop\n" {
		t.Errorf("the program says %q, %v: the empty program was not replaced", out, err)
	}
}

func copyStep(t *testing.T, dir string, files map[string]string, text string) {
	t.Helper()
	m := copied.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("not a COPY of files: %s", text)
	}
	for _, src := range strings.Fields(m[1]) {
		if files[src] == "" {
			t.Fatalf("%s is copied and not there", src)
		}
		write(t, filepath.Join(dir, m[2], filepath.Base(src)), files[src])
	}
}

func write(t *testing.T, p, s string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(p), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(s), 0o600); err != nil {
		t.Fatal(err)
	}
}

func shell(t *testing.T, dir, script string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CARGO_NET_OFFLINE=true", "CARGO_TARGET_DIR="+filepath.Join(dir, "target"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// TestTargetScript runs the plan's own script for each platform on a machine that says it is amd64.
func TestTargetScript(t *testing.T) {
	r := stacktest.One(t, rust.Stack(), crate(axumManifest, "fn main() {}"))
	_, script, ok := strings.Cut(r.Dockerfile(), "COPY <<'EOF' /etc/cargo-target\n")
	if !ok {
		t.Fatal("no script in the plan")
	}
	script, _, _ = strings.Cut(script, "\nEOF\n")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "cargo-target"), script+"\n")
	dpkg := filepath.Join(dir, "dpkg")
	write(t, dpkg, "#!/bin/sh\necho amd64\n")
	if err := os.Chmod(dpkg, 0o700); err != nil {
		t.Fatal(err)
	}
	for arch, want := range map[string][]string{
		"amd64":   {"CARGO_BUILD_TARGET=x86_64-unknown-linux-gnu"},
		"arm64":   {"CARGO_BUILD_TARGET=aarch64-unknown-linux-gnu", "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc", "CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc"},
		"riscv64": {"CARGO_BUILD_TARGET=riscv64gc-unknown-linux-gnu", "CARGO_TARGET_RISCV64GC_UNKNOWN_LINUX_GNU_LINKER=riscv64-linux-gnu-gcc"},
		"sparc":   nil,
	} {
		cmd := exec.CommandContext(t.Context(), "sh", "-ec", ". ./cargo-target && env")
		cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "TARGETARCH=" + arch}
		out, err := cmd.Output()
		if (err == nil) != (want != nil) {
			t.Errorf("%s: %v", arch, err)
		}
		for _, w := range want {
			if !strings.Contains("\n"+string(out), "\n"+w+"\n") {
				t.Errorf("%s: %s is not set:\n%s", arch, w, out)
			}
		}
		if arch == "amd64" && strings.Contains(string(out), "LINKER") {
			t.Error("a linker is set for the machine's own architecture")
		}
	}
}
