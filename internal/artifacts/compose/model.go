package compose

// project is a Compose file before it is text.
type project struct {
	path     string
	dev      bool
	name     string
	header   []string // lines of the comment at the top; those that begin with two spaces are commands
	services []*service
	networks []network
	volumes  []volume
	secrets  []string // names; each is a file in secrets/
	vars     []variable
	notes    []string
	// sharedLogs tells that the log options stand once, as an anchor.
	sharedLogs bool
	told       []string // explanations that the file has given, so that each stands once
}

// service is one entry of services. The zero value of a field leaves its key out.
type service struct {
	name, why string
	app       bool // one of the repository's own programs

	build      *build
	image      string
	imageWhy   string
	entrypoint []string
	command    []string
	commandWhy string
	init       bool
	user       string
	env        []entry
	envFile    []string
	secrets    []string
	ports      []string
	portsWhy   string
	volumes    []string
	tmpfs      []string
	shmSize    string
	networks   []string
	depends    []string
	health     *health
	unhealthy  string // why there is no health check at all
	watch      []watch

	restart    string
	stopSignal string
	grace      string
	readOnly   bool
	noNewPrivs bool
	dropCaps   bool
	addCaps    []string
	cpus       string
	memory     string
	pids       string
	rotateLogs bool
}

type build struct{ context, dockerfile, target string }

// entry is one environment variable; pass means "hand on what .env or the shell sets, else leave it unset".
type entry struct {
	key, value string
	pass       bool
	why        string
}

type health struct {
	why                               string
	test                              []string
	interval, timeout, retries, start string
}

// watch is one rule of develop.watch.
type watch struct {
	action, path, target string
	ignore               []string
}

type network struct {
	name, why string
	internal  bool
}

type volume struct{ name string }

// variable is one that the file takes from .env or the shell; all of them go into .env.example.
type variable struct {
	name, why, example string
	required           bool
}

func (p *project) addVar(v variable) {
	for i := range p.vars {
		if p.vars[i].name == v.name {
			p.vars[i].required = p.vars[i].required || v.required
			return
		}
	}
	p.vars = append(p.vars, v)
}

func (p *project) addSecret(name string) {
	for _, s := range p.secrets {
		if s == name {
			return
		}
	}
	p.secrets = append(p.secrets, name)
}

func (p *project) addVolume(v volume) {
	for _, have := range p.volumes {
		if have.name == v.name {
			return
		}
	}
	p.volumes = append(p.volumes, v)
}

// take adds what the services of another project need from outside.
func (p *project) take(from *project) {
	for _, v := range from.vars {
		p.addVar(v)
	}
	for _, v := range from.volumes {
		p.addVolume(v)
	}
	for _, s := range from.secrets {
		p.addSecret(s)
	}
}

// apps are the services that run the repository's own programs.
func (p *project) apps() []*service {
	var out []*service
	for _, s := range p.services {
		if s.app {
			out = append(out, s)
		}
	}
	return out
}
