package criterion

// Examples are wordings that are understood, one a kind of claim. They are what a text that is not understood is compared with.
func Examples() []string { return append([]string(nil), examples...) }

// nearest is the example that shares most of its words with a text; empty when none shares any.
func nearest(toks []token) string {
	have := map[string]bool{}
	for _, t := range toks {
		have[t.stem] = true
	}
	best, score := "", 0.0
	for _, e := range examples {
		words := strip(tokenise(normalise(e), func(string) bool { return false }))
		shared := 0
		for _, w := range words {
			if have[w.stem] && len(w.stem) > 2 {
				shared++
			}
		}
		if s := float64(shared) / float64(len(words)+len(toks)); shared > 0 && s > score {
			best, score = e, s
		}
	}
	return best
}

var examples = []string{
	"Run tests on push and PR", "Run tests on pull requests only", "Run linting with ruff", "Lint before tests", "Run type checking with mypy",
	"Format check with black", "Cache dependencies for speed", "Test against Python 3.10, 3.11 and 3.12", "Use a matrix of Node 20 and 22",
	"Cancel outdated runs", "Upload coverage to Codecov", "Fail the build when coverage drops below 80 %", "Scan for vulnerabilities with Trivy",
	"Only critical and high vulnerabilities fail the build", "Build multi-arch images for amd64 and arm64", "Support RISC-V",
	"Do not push images from pull requests", "Publish the image to GHCR on tags", "Least-privilege token permissions", "Pin actions to commit SHAs",
	"Check markdown links", "Jobs must time out after 15 minutes", "Nightly run at 02:00 UTC", "Run integration tests against Postgres 16", "Jobs run on runners tagged arm64",
	"Multi-stage build for smaller image", "Non-root user for security", "Health check endpoint", "Health check on /healthz every 30 s",
	"Proper signal handling", "Final image under 50 MB", "No build tools in the final image", "Pin base image versions", "No secrets in the image",
	"Use the lock file", "Works on arm64", "Expose port 8080", "Labels with source and version", "App waits for the database to be healthy",
	"Restart unless stopped", "Persist database data in a volume", "Limit memory to 512 MB", "Read-only root file system", "No hard-coded passwords",
	"Only the app port is published", "Separate networks for frontend and backend", "Hot reload in development", "Log rotation",
	"Environment from .env file", "help target lists all targets", "install, test, lint, format, build, clean targets",
	"make test runs pytest with coverage", "deploy uses the production compose file", "no target runs as root", "default target is help",
}
