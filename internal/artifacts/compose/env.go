package compose

import (
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/stack"
)

// store is a server from the catalogue as it stands in the file.
type store struct {
	stack.Service
	host   string // its name in the file
	secret string // name of its password's secret; empty when it has none
}

func newStore(s stack.Service, host string) store {
	st := store{Service: s, host: host}
	if s.Secret != "" {
		st.secret = strings.ReplaceAll(artifact.Slug(host), "-", "_") + "_password"
	}
	return st
}

// password is how the file writes the store's password where a program takes it as a value: never the word itself.
func (s store) password() string {
	return "${" + s.Secret + ":?set " + s.Secret + " in .env}"
}

// wire is the value that makes variable v of component p point to store s; ok is false when v says nothing of a place.
// withPassword is false where the password reaches the program as a file.
func (s store) wire(r *artifact.Request, p artifact.Part, v stack.Variable, withPassword bool) (value string, ok bool) {
	name := strings.ToUpper(v.Name)
	address := s.host + ":" + s.Port
	switch {
	case v.File:
		return "", false
	case v.Secret || hasSuffix(name, "PASSWORD", "PASSWD", "_PASS"):
		if s.Secret == "" {
			return "", false
		}
		return s.password(), true
	case hasSuffix(name, "_HOST", "_HOSTNAME", "PGHOST", "_SERVER"):
		return s.host, true
	case hasSuffix(name, "_PORT", "PGPORT"):
		return s.Port, true
	case hasSuffix(name, "_USER", "_USERNAME", "PGUSER"):
		return s.user(), s.user() != ""
	case hasSuffix(name, "_DB", "_DATABASE", "_DBNAME", "_DB_NAME", "_NAME", "PGDATABASE"):
		return s.database(), s.database() != ""
	case hasSuffix(name, "_ADDR", "_ADDRESS", "_SERVERS", "_BROKERS", "_BROKER", "_NODES", "_HOSTS"):
		if !strings.Contains(v.Default, "://") {
			return address, true
		}
	}
	if strings.Contains(name, "CONNECTIONSTRING") {
		return s.connectionString(withPassword), true
	}
	return s.url(r, p, v, withPassword), true
}

func hasSuffix(name string, suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}

// userInfo matches "scheme://user:{password}@" of the catalogue's URLs.
var userInfo = regexp.MustCompile(`^([a-z0-9+.:-]+)://(([^:@/]+):\{password\}@)?([^/]*)(/[^?]*)?(\?.*)?$`)

func (s store) user() string     { return s.urlPart(3) }
func (s store) database() string { return strings.TrimPrefix(s.urlPart(5), "/") }

func (s store) urlPart(i int) string {
	m := userInfo.FindStringSubmatch(s.URL)
	if m == nil {
		return ""
	}
	return m[i]
}

// url is the catalogue's URL with the scheme and the options that the source's own default shows: a program that wants
// postgresql+asyncpg://, jdbc:postgresql:// or ?sslmode=disable gets just that.
func (s store) url(r *artifact.Request, p artifact.Part, v stack.Variable, withPassword bool) string {
	m := userInfo.FindStringSubmatch(s.URL)
	if m == nil {
		if strings.Contains(v.Default, "://") {
			return schemeOf(v.Default) + "://" + s.host + ":" + s.Port
		}
		return strings.ReplaceAll(s.URL, "{host}", s.host)
	}
	scheme, user, hostPort, database, query := m[1], m[3], strings.ReplaceAll(m[4], "{host}", s.host), m[5], m[6]
	if d := v.Default; strings.Contains(d, "://") && (stack.ServiceOfURL(d) == s.Name || strings.HasPrefix(d, "r2dbc:")) {
		scheme = schemeOf(d)
		if _, q, ok := strings.Cut(d, "?"); ok && optionsPattern.MatchString(q) {
			query = "?" + q
		}
	} else if v.Scheme != "" {
		scheme = v.Scheme
	} else if strings.HasPrefix(v.Name, "SPRING_DATASOURCE") || strings.HasPrefix(v.Name, "JDBC_") {
		scheme = "jdbc:" + scheme
	}
	if query == "" && s.Name == "postgres" && needsSSLOff(r, p) {
		query = "?sslmode=disable"
	}
	if strings.HasPrefix(scheme, "jdbc:") || strings.HasPrefix(scheme, "r2dbc:") {
		return scheme + "://" + hostPort + database + query // the user has variables of its own
	}
	if user == "" {
		return scheme + "://" + hostPort + database + query
	}
	if withPassword {
		user += ":" + s.password()
	}
	return scheme + "://" + user + "@" + hostPort + database + query
}

// optionsPattern is what may be taken over of a default's query: plain options, nothing that Compose would interpolate.
var optionsPattern = regexp.MustCompile(`^[A-Za-z0-9_.=&-]{1,200}$`)

func schemeOf(u string) string {
	scheme, _, _ := strings.Cut(u, "://")
	if regexp.MustCompile(`^[A-Za-z0-9+.:-]{1,40}$`).MatchString(scheme) {
		return scheme
	}
	return "http"
}

// needsSSLOff: Go's lib/pq demands TLS unless it is told otherwise, and the official image offers none.
func needsSSLOff(r *artifact.Request, p artifact.Part) bool {
	return p.Stack == "golang" && strings.Contains(r.Tree.Text(path.Join(p.Path, "go.mod")), "github.com/lib/pq ")
}

// connectionString is the form that .NET programs read.
func (s store) connectionString(withPassword bool) string {
	password := ""
	if withPassword && s.Secret != "" {
		password = ";Password=" + s.password()
	}
	switch s.Name {
	case "postgres":
		return "Host=" + s.host + ";Port=" + s.Port + ";Database=" + s.database() + ";Username=" + s.user() + password
	case "mysql", "mariadb":
		return "Server=" + s.host + ";Port=" + s.Port + ";Database=" + s.database() + ";User=" + s.user() + password
	case "redis", "valkey":
		return s.host + ":" + s.Port
	}
	return strings.ReplaceAll(strings.ReplaceAll(s.URL, "{host}", s.host), "{password}", s.password())
}
