package stack

// Recipe is how to work with a component: commands for pipelines and Makefiles, and the stages of its image.
// Commands run in the component's folder.
type Recipe struct {
	Toolchain   Toolchain
	Install     []Command // from the lock file, development tools included
	Lint        []Command // the tools that the repository configures; the stack's standard one when it configures none
	TypeCheck   []Command
	FormatCheck []Command
	Format      []Command
	Test        []Command // with coverage where the stack has it without a new dependency
	Integration []Command // tests that need the services, when they are apart from Test
	Build       []Command
	Audit       []Command // known vulnerabilities of dependencies, by the stack's own tool
	Clean       []Command
	Dev         []Command // development server with reload
	Start       []Command // production start
	Deploy      []Command // only when the repository has a deploy command of its own

	CoverageFile string // written by Test: coverage.xml, coverage.out, lcov.info; empty when Test writes none
	// Tools are all tools of this language that a task may ask for by name, also those that the repository
	// does not configure: "ruff", "black", "flake8", "mypy", "pytest". Job is lint, typecheck, format, test, audit.
	Tools []Tool
	// Matrix are the supported versions that the declared range admits, oldest first; at least the Version itself.
	Matrix []string
	Image  *Image // nil for a library
	// DevMounts are the folders bound into the development container: "./src:/app/src".
	DevMounts []string
	// DevTarget is the image stage that development builds, and DevCommand what it runs there.
	DevTarget  string
	DevCommand []string
	// DevHealth is the exec-form health command in DevTarget's stage; nil when Image.Health works there too.
	DevHealth []string
	// DevReload tells that DevCommand itself restarts when a file changes. Where it is false, whoever runs it must
	// restart it (Compose: develop.watch with sync+restart).
	DevReload bool
}

// Command is one shell command with the reason for it.
type Command struct {
	Run  string // as a POSIX shell runs it
	Tool string // the tool's name: "ruff"
	Why  string // one plain sentence, for a comment; may be empty
}

// Tool is a program of the language's world and how it is run on a component.
type Tool struct {
	Name     string
	Job      string // lint, typecheck, format, test, audit
	Commands []Command
	// Install are the commands that get the tool when the repository does not declare it; empty when Install has it.
	Install []Command
	Known   bool // the repository declares or configures it
}

// Toolchain is how a pipeline gets the language.
type Toolchain struct {
	// Actions are the GitHub actions that set the language up, in order, with their inputs. An input value
	// VersionPlaceholder is replaced by the job's version (or the matrix expression).
	Actions []Action
	// Setup are shell commands on a GitHub runner, before Actions, for a language whose manager the runner carries (rustup).
	// VersionPlaceholder in them is replaced by the version.
	Setup []Command
	// GitLabImage is the job image; VersionPlaceholder in it is replaced by the version.
	GitLabImage string
	GitLabSetup []Command // before Install, in that image (for example: get uv)
	CachePaths  []string  // what GitLab caches, relative to the project
	CacheEnv    []KV      // variables that put the caches there
	CacheKeys   []string  // files whose content keys the cache (lock files), repository paths
}

// VersionPlaceholder stands for the runtime's version in a Toolchain.
const VersionPlaceholder = "{version}"

// Action is a GitHub action by name (pins come from the action table) and its inputs.
type Action struct {
	Name  string // "actions/setup-python"
	Title string // step name: "Set up Python"
	With  []KV
}

// KV is a key and its value; order matters to those who read the file.
type KV struct{ Key, Value string }

// Image is the plan of a container image: the stages that build it, and how it runs.
type Image struct {
	// Context is the folder, relative to the repository, that the build reads; empty for the component's own.
	// It is the root of the workspace for a component whose lock file or local dependencies lie above it.
	Context string
	Args    []KV    // global ARGs before the first FROM: the pinned, replaceable bases
	Stages  []Stage // in order; the last one is the final image
	// User is numeric "uid:gid" of the final stage. A base that already runs as that user still gets the USER line.
	User       string
	Env        []KV
	Port       string   // empty when it listens on none
	Entrypoint []string // exec form
	Cmd        []string
	// Health is the exec-form command that succeeds in the final image (no curl where there is none); nil when there is no port.
	Health      []string
	HealthWhy   string
	StopSignal  string   // empty for SIGTERM
	Platforms   []string // linux/amd64, … for which all bases exist
	StaticFinal bool     // final stage has no shell and no package manager (scratch, distroless)
	Ignore      []string // lines of .dockerignore
	// Writable are the folders beside /tmp that the program writes to: a read-only root file system needs a tmpfs there.
	Writable []string
}

// Stage is one FROM and the instructions after it.
type Stage struct {
	Name  string // AS name
	From  string // "${GO_IMAGE}", "build", "scratch"
	Cross bool   // FROM --platform=$BUILDPLATFORM: it compiles for TARGETARCH
	Why   string
	Steps []Step
}

// Step is one Dockerfile instruction with the reason for it. USER, EXPOSE, HEALTHCHECK, ENTRYPOINT, CMD, STOPSIGNAL, LABEL
// and the final ENV are the artifact's to write.
type Step struct {
	Why  string // comment; may be empty
	Text string // the whole instruction, also over several lines or with a here-document
}
