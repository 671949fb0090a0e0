package stack

import "github.com/autogit/autogit/internal/finding"

// Confidence says how a fact is known.
type Confidence string

// Declared: the repository says so in words. Derived: it follows from what the repository says.
// Default: nothing says so; the value is AutoGit's dated default and its Evidence names that.
const (
	Declared Confidence = "declared"
	Derived  Confidence = "derived"
	Default  Confidence = "default"
)

// Fact is something known of the repository, with its evidence.
type Fact struct {
	Value      string           `json:"value"`
	Evidence   finding.Evidence `json:"evidence"`
	Confidence Confidence       `json:"confidence"`
}

// String is the value; empty for a fact that is not known, so that a nil Fact can be asked.
func (f *Fact) String() string {
	if f == nil {
		return ""
	}
	return f.Value
}

// Kinds of component.
const (
	KindService = "service"
	KindCLI     = "cli"
	KindLibrary = "library"
	KindStatic  = "static"
	KindWorker  = "worker"
)

// Component is one buildable part of a repository.
type Component struct {
	Path  string `json:"path"` // "." or the folder, slash-separated
	Name  string `json:"name"` // short and usable as an image, service or job name
	Kind  string `json:"kind"`
	Stack string `json:"stack"` // the Stack's Name

	Language       *Fact `json:"language,omitempty"`
	Version        *Fact `json:"version,omitempty"`       // the runtime's version to build and run with: "1.25", "3.12", "20"
	VersionRange   *Fact `json:"version_range,omitempty"` // what the manifest admits: ">=3.10,<4", "^20 || ^22"
	Framework      *Fact `json:"framework,omitempty"`
	PackageManager *Fact `json:"package_manager,omitempty"`
	LockFile       *Fact `json:"lock_file,omitempty"` // repository path
	Port           *Fact `json:"port,omitempty"`
	PortFromEnv    *Fact `json:"port_from_env,omitempty"` // the variable's name
	Listen         *Fact `json:"listen,omitempty"`        // the address it listens on, when it is not all interfaces: "127.0.0.1"
	ListenFromEnv  *Fact `json:"listen_from_env,omitempty"`
	Health         *Fact `json:"health,omitempty"` // route: "/healthz"
	Entry          *Fact `json:"entry,omitempty"`  // main package, module, file, jar or bin that start runs
	Start          *Fact `json:"start,omitempty"`  // production start command
	Dev            *Fact `json:"dev,omitempty"`    // development server with reload
	Install        *Fact `json:"install,omitempty"`
	Build          *Fact `json:"build,omitempty"`
	Test           *Fact `json:"test,omitempty"`
	Lint           *Fact `json:"lint,omitempty"`
	TypeCheck      *Fact `json:"typecheck,omitempty"`
	Format         *Fact `json:"format,omitempty"`
	Output         *Fact `json:"output,omitempty"` // folder of built files: dist, public, target

	Tools            []Fact     `json:"tools,omitempty"` // configured: ruff, mypy, eslint, golangci-lint, …
	Services         []Fact     `json:"services,omitempty"`
	OptionalServices []Fact     `json:"optional_services,omitempty"`
	Env              []Variable `json:"env,omitempty"`     // environment variables that the source reads
	Workers          []Fact     `json:"workers,omitempty"` // start commands of processes beside the web one
	Assets           []Fact     `json:"assets,omitempty"`  // folders that the program reads at run time: static, templates, migrations
	Embeds           []Fact     `json:"embeds,omitempty"`  // folders that are compiled into the program: go:embed
	Frontend         *Frontend  `json:"frontend,omitempty"`
	Notes            []Fact     `json:"notes,omitempty"` // what a writer or a person must know: "listens on 127.0.0.1", "npm ci fails without a lock file"
}

// Variable is an environment variable that the source reads.
type Variable struct {
	Name     string           `json:"name"`
	Service  string           `json:"service,omitempty"`  // the service that it points to: DATABASE_URL -> postgres
	Secret   bool             `json:"secret,omitempty"`   // it names a secret
	File     bool             `json:"file,omitempty"`     // it names a file that holds the secret: DATABASE_PASSWORD_FILE
	Required bool             `json:"required,omitempty"` // the program does not start without it
	Default  string           `json:"default,omitempty"`  // the source's own default
	Scheme   string           `json:"scheme,omitempty"`   // of the URL that the program's driver wants, where it is not the service's own: "jdbc:postgresql"
	Evidence finding.Evidence `json:"evidence"`
}

// Frontend is a part that must be built by another stack before this component is (Vite in a Go or PHP service).
type Frontend struct {
	Path   string `json:"path"`
	Stack  string `json:"stack"`
	Build  string `json:"build"`
	Output string `json:"output"` // folder, relative to the repository
	// Install, LockFile (a repository path) and Image (pinned) are what a build stage needs; empty when not known.
	Install  string `json:"install,omitempty"`
	LockFile string `json:"lock_file,omitempty"`
	Image    string `json:"image,omitempty"`
}

// Delivery is a delivery file that the repository already has.
type Delivery struct {
	File string `json:"file"`
	Kind string `json:"kind"`
}

// Contradiction is a fact that the repository states in more than one way. The first value won.
type Contradiction struct {
	Fact      string `json:"fact"`
	Component string `json:"component"`
	Values    []Fact `json:"values"`
}

// Facts is everything that Detect found.
type Facts struct {
	Languages      []string        `json:"languages"`
	Components     []Component     `json:"components"`
	Delivery       []Delivery      `json:"delivery"`
	Contradictions []Contradiction `json:"contradictions"`
}
