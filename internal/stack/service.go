package stack

// Service is a server that programs need beside them (a database, a cache, a broker), as pipelines and Compose files run it.
type Service struct {
	Name      string   // "postgres"
	Image     string   // pinned, smallest maintained variant
	Port      string   // in the container
	Env       []KV     // settings that are no secret: POSTGRES_USER=app
	Secret    string   // variable that holds the password ("POSTGRES_PASSWORD"), empty when it needs none
	Health    []string // exec-form command that succeeds once it answers
	DataDir   string   // where it keeps data; empty when it keeps none
	URL       string   // how a client reaches it; {host} and {password} are replaced
	Shutdown  string   // stop signal where it differs from SIGTERM
	ReadOnly  bool     // works with a read-only root file system given Tmpfs
	Tmpfs     []string // paths that must be writable then
	RunAsUser string   // numeric user the image runs as when not root, empty when its entrypoint drops privileges itself
	Caps      []string // capabilities that its entrypoint needs after cap_drop ALL
}

// ServiceFor looks a service up by the name that surveys use; ok is false for one that AutoGit does not know.
func ServiceFor(name string) (Service, bool) {
	for _, s := range services {
		if s.Name == name {
			return s, true
		}
	}
	return Service{}, false
}
