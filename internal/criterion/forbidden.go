package criterion

// forbidden says why the opposite of a standard is refused.
var forbidden = map[string]string{
	NonRoot:          "containers must not run as root: an attacker who breaks out would own the host",
	NoRoot:           "make targets must not run as root: a mistake in one would own the machine",
	BasePinned:       "base images must be pinned: with \"latest\" the same commit builds another image tomorrow",
	ImagesPinned:     "images must be pinned: with \"latest\" the same file starts another program tomorrow",
	ActionsPinned:    "actions must be pinned: a moved tag would run another's code with this repository's rights",
	NotPrivileged:    "privileged containers are root on the host",
	TLSVerified:      "without TLS verification anyone on the way can change what is downloaded",
	NoSecrets:        "a secret in an image is readable by everyone who can pull it",
	NoLiteralSecrets: "a secret in a file under version control is readable for ever: pass it as a file or from the environment",
	LockFile:         "without the lock file each build may install other versions",
	GatesFail:        "a check that cannot fail checks nothing",
	LeastPermissions: "a token with all permissions lets one bad step rewrite the repository",
	NoPush:           "anyone can open a pull request: an image pushed from one carries unreviewed code",
	NoDockerSocket:   "who holds the Docker socket is root on the host",
	NoNewPrivileges:  "a process in a container must not gain privileges",
}

// Forbidden tells whether the rulebook forbids what a claim demands, and why.
func Forbidden(c Claim) (reason string, bad bool) {
	if !c.Not {
		return "", false
	}
	reason, bad = forbidden[c.Name]
	return reason, bad
}
