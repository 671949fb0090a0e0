package criterion

// The lexicon: what words mean to the tokeniser and which words carry no demand. It is data; the grammar is in patterns_*.go.

// contractions are words that hide a "not".
var contractions = map[string]string{
	"don't": "not", "doesn't": "not", "isn't": "not", "aren't": "not", "mustn't": "not", "shouldn't": "not", "won't": "not",
	"can't": "not", "cannot": "not", "shan't": "not", "dont": "not", "doesnt": "not", "never": "never", "&": "and", "+": "and",
	"and/or": "and", "w/o": "without", "w/": "with",
}

// compounds are words that people also write apart or with a hyphen.
var compounds = map[string]string{
	"multistage": "multi stage", "healthcheck": "health check", "healthchecks": "health check", "nonroot": "non root",
	"typecheck": "type check", "typechecks": "type check", "typechecking": "type checking", "typechecker": "type checker",
	"hardcoded": "hard coded", "hardcode": "hard code", "hardcoding": "hard coding", "lockfile": "lock file", "lockfiles": "lock file",
	"multiarch": "multi arch", "multiarchitecture": "multi arch", "multiplatform": "multi platform", "readonly": "read only",
	"timeouts": "time out", "timeout": "time out", "pullrequest": "pull request", "pull_request": "pull request",
	"pull_requests": "pull request", "merge_request": "merge request", "merge_requests": "merge request", "filesystem": "file system",
	"filesystems": "file system", "rootfs": "root file system", "autoreload": "auto reload", "dockerhub": "docker hub",
	"riscv": "risc v", "riscv64": "risc v", "risc-v64": "risc v", "setup": "set up", "workflow_dispatch": "workflow dispatch",
	"plaintext": "plain text", "subdirectories": "sub directory", "codebase": "code", "livereload": "live reload",
	"world-readable": "world readable", "superuser": "super user", "rootless": "non root", "makefiles": "makefile",
	"logfile": "log file", "logfiles": "log file", "lockdown": "lock down", "failfast": "fail fast", "cronjob": "cron job",
	"dotenv": ".env", "entrypoint": "entry point", "onto": "to", "into": "to", "prerelease": "pre release",
}

// spellings are irregular plurals and British or short forms.
var spellings = map[string]string{
	"caches": "cache", "prs": "pr", "mrs": "mr", "images": "image", "licence": "license", "licences": "license",
	"cancelled": "cancel", "canceled": "cancel", "cancels": "cancel", "cancelling": "cancel", "canceling": "cancel", "labelled": "label",
	"labeled": "label", "unlabelled": "unlabeled", "artefact": "artifact", "artefacts": "artifact", "catalogue": "catalog",
	"databases": "database", "releases": "release", "uses": "use", "bases": "base", "aliases": "alias", "pushes": "push",
	"cves": "cve", "vms": "vm", "cpus": "cpu", "gbs": "gb", "ids": "id", "apis": "api", "dbs": "db", "envs": "env", "process": "process", "processes": "process",
	"shas": "sha", "passes": "pass", "passed": "pass", "passing": "pass", "using": "with", "via": "with", "through": "with",
	"succeed": "pass", "succeeds": "pass", "succeeded": "pass", "green": "pass", "whenever": "when", "once": "when",
	"hrs": "hour", "hr": "hour", "mins": "minute", "min": "minute", "secs": "second", "sec": "second",
	"libraries": "dependency", "library": "dependency", "deps": "dependency", "dep": "dependency",
	"architectures": "arch", "architecture": "arch", "archs": "arch", "arches": "arch", "registries": "registry", "services": "service",
	"repo": "repository", "repos": "repository", "prod": "production", "os": "os", "whilst": "while", "amongst": "among", "zero": "no",
	"hashes": "hash", "licenses": "license", "does": "do", "has": "have", "vulns": "vulnerability", "vuln": "vulnerability",
	"config": "configuration", "configs": "configuration", "configurations": "configuration", "authorise": "authorize",
}

// fillers carry no demand wherever they stand. No word that negates, limits or weakens is here.
var fillers = wordSet(`a an the must should shall will be is are been being have that which it its their our we i you your this these those
	please also both do does properly correctly automatically successfully there
	respectively currently itself`)

// leads are words before a demand that add nothing to it: who is spoken to, and verbs that only say "let there be".
var leads = []string{
	"ensure", "make sure", "enforce", "security option", "security option :", "verify", "check", "need to", "need", "want", "require", "required", "add", "configure", "set up", "enable", "provide", "include",
	"implement", "use", "define", "support", "contain", "create", "have to", "able to", "to", "set", "apply", "with", "expect", "specify", "declare",
	"all", "allow to", "in ci", "in ci pipeline", "in pipeline", "ci", "cd", "ci pipeline", "ci/cd pipeline", "ci/cd", "pipeline", "workflow", "ci workflow", "github action", "github action workflow",
	"gitlab ci", "gitlab pipeline", "github workflow", "gitlab ci pipeline", "build pipeline", "dockerfile", "docker image", "docker build",
	"image", "container image", "container", "compose", "compose file", "docker compose", "docker compose file", "compose stack", "stack",
	"makefile", "final image", "runtime image", "production image", "resulting image", "file", "docker", "project", "repository",
	":", "in dockerfile", "in makefile", "in compose file", "in docker", "in docker compose", "in compose", "in container", "in image",
}

// tails are words after a demand that add nothing to it: where it holds.
var tails = []string{
	"in ci", "in pipeline", "in ci pipeline", "in workflow", "in ci workflow", "in github action", "in gitlab ci", "on ci", "in dockerfile", "in compose file", "in docker compose",
	"in makefile", "in build", "in image", "in container", "in final image", "in every case", "in all case", "at all time", "by default",
	"in docker compose file", "inside container", "in repository", "in project", "for project", "for this project", "of project", "for repository",
	"as part of ci", "as part of pipeline", "as part of build", "in ci build", "during ci", "for image", "for container", "for ci",
}

// purposes are the words of which reasons are made: "for speed", "to keep the image small". A reason holds no demand.
var purposes = wordSet(`speed security safety smaller small image faster fast build size performance reliability reproducibility reproducible
	quality hardening minimal better improved improve efficiency efficient consistency consistent compliance robust robustness stability stable
	maintainability feedback quicker quick speed up reduce reducing attack surface time minimize minimizing lower best practice production developer experience
	keep and increase secure deployment maintainable maintenance isolation simplicity clarity portability readability availability traceability auditability
	easy easier save saving money bandwidth disk space download persistence leaner lean slim tiny footprint defense depth resilience ci pipeline
	reason sake purpose code supply chain operation debugging observability convenience`)

// purposeHeads begin a reason.
var purposeHeads = []string{"for", "to", "in order to", "so", "so as to", "because of", "due to", "as"}

// separators stand between the demands of a criterion.
var separators = []string{
	", and", "; and", ", but", "; but", ", plus", ", as well as", ", then", ", while", "and then", ",", ";", "and", "but", "plus", "as well as", "while", "along with", "together with",
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range splitWords(words) {
		set[stem(w)] = true
	}
	return set
}
