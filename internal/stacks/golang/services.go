package golang

import (
	"bytes"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// drivers are client libraries and the servers that they speak to.
var drivers = []struct{ module, service string }{
	{"github.com/jackc/pgx", "postgres"}, {"github.com/lib/pq", "postgres"}, {"gorm.io/driver/postgres", "postgres"}, {"github.com/go-pg/pg", "postgres"},
	{"github.com/uptrace/bun/driver/pgdriver", "postgres"}, {"github.com/go-sql-driver/mysql", "mysql"}, {"gorm.io/driver/mysql", "mysql"},
	{"github.com/redis/go-redis", "redis"}, {"github.com/go-redis/redis", "redis"}, {"github.com/gomodule/redigo", "redis"}, {"github.com/redis/rueidis", "redis"},
	{"github.com/hibiken/asynq", "redis"}, {"github.com/valkey-io/valkey-go", "valkey"}, {"go.mongodb.org/mongo-driver", "mongodb"},
	{"github.com/rabbitmq/amqp091-go", "rabbitmq"}, {"github.com/streadway/amqp", "rabbitmq"}, {"github.com/segmentio/kafka-go", "kafka"},
	{"github.com/twmb/franz-go", "kafka"}, {"github.com/IBM/sarama", "kafka"}, {"github.com/Shopify/sarama", "kafka"}, {"github.com/confluentinc/confluent-kafka-go", "kafka"},
	{"github.com/nats-io/nats.go", "nats"}, {"github.com/elastic/go-elasticsearch", "elasticsearch"}, {"github.com/olivere/elastic", "elasticsearch"},
	{"github.com/opensearch-project/opensearch-go", "opensearch"}, {"github.com/bradfitz/gomemcache", "memcached"},
	{"github.com/minio/minio-go", "minio"}, {"github.com/ClickHouse/clickhouse-go", "clickhouse"},
}

// cgoModules need a C compiler to build and a C library to run.
var cgoModules = []string{
	"github.com/mattn/go-sqlite3", "gorm.io/driver/sqlite", "github.com/confluentinc/confluent-kafka-go", "github.com/h2non/bimg", "github.com/davidbyttow/govips",
	"gopkg.in/gographics/imagick.v3", "github.com/google/gopacket/pcap", "github.com/marcboeker/go-duckdb", "github.com/libgit2/git2go",
}

// services finds servers by the client libraries that the program is made of. A client that only an optional build tag or
// another program of the module uses is an optional service.
func (d *describer) services() {
	for _, dr := range drivers {
		must, may := d.find(dr.module)
		switch {
		case must != nil:
			d.c.Services = stack.Add(d.c.Services, *stack.DerivedFact(d.dialect(dr.service), *must))
		case may != nil:
			d.c.OptionalServices = stack.Add(d.c.OptionalServices, *stack.DerivedFact(d.dialect(dr.service), *may))
		}
	}
	d.c.OptionalServices = slices.DeleteFunc(d.c.OptionalServices, func(f stack.Fact) bool { return stack.HasValue(d.c.Services, f.Value) })
}

func (d *describer) find(module string) (must, may *finding.Evidence) {
	for _, s := range d.src.files {
		ip, ok := s.importsPrefix(module)
		if !ok {
			continue
		}
		at := d.src.importAt(s, ip)
		switch {
		case d.reach[s.dir] && !s.optional && must == nil:
			must = &at
		case s.optional && d.reach[s.dir] && may == nil:
			may = &at
		case !s.optional && d.isWorker(s.dir) && must == nil:
			must = &at
		}
	}
	return must, may
}

// isWorker tells packages of the workers that run beside the main program.
func (d *describer) isWorker(dir string) bool {
	for _, m := range d.src.mains {
		if m != d.main && isWorkerName(strings.ToLower(m[strings.LastIndex(m, "/")+1:])) && d.reachable(m)[dir] {
			return true
		}
	}
	return false
}

// dialect tells MariaDB and Valkey from the servers whose clients they share, by the Compose file that starts them.
func (d *describer) dialect(service string) string {
	for _, f := range stack.ComposeServices(d.scan.Tree, d.scan.Dir) {
		if (service == "mysql" && f.Value == "mariadb") || (service == "redis" && f.Value == "valkey") {
			return f.Value
		}
	}
	return service
}

// cgo is the evidence that the program needs C; nil when it is pure Go.
func (d *describer) cgo() *stack.Fact {
	for _, s := range d.src.files {
		if !d.reach[s.dir] || s.optional {
			continue
		}
		if _, ok := s.imports["C"]; ok {
			return stack.DerivedFact("cgo", d.src.importAt(s, "C"))
		}
		for _, m := range cgoModules {
			if ip, ok := s.importsPrefix(m); ok {
				return stack.DerivedFact("cgo", d.src.importAt(s, ip))
			}
		}
	}
	return nil
}

// cgoNote starts the note that the recipe looks for.
const cgoNote = "needs cgo: "

// programsNote lists folders that a build from another folder needs.
const contextNote = "is built from "

func (d *describer) notes() {
	if f := d.cgo(); f != nil && d.main != "" {
		f.Value = cgoNote + "no static image, the final image needs glibc"
		d.c.Notes = append(d.c.Notes, *f)
	}
	if w := workspace(d.scan, d.mod); w != "" {
		d.c.Notes = append(d.c.Notes, *stack.DerivedFact(contextNote+w+": modules beside it are part of it", finding.Evidence{File: d.scan.Path("go.mod")}))
	}
	for _, s := range d.src.files {
		for i, l := range s.lines {
			if strings.HasPrefix(l, "//go:generate ") {
				d.c.Notes = append(d.c.Notes, *stack.DeclaredFact("go generate makes some sources", stack.At(s.path, i+1, l)))
				return
			}
		}
	}
}

// start is how production runs the program: the binary by the name of its package, with the sub-command that serves, and
// with the flag that makes it listen on all interfaces where only a flag can.
func (d *describer) start() {
	c := d.c
	testAt := finding.Evidence{File: d.scan.Path("go.mod")}
	c.Install = stack.DerivedFact("go mod download", testAt)
	c.Build = stack.DerivedFact("go build ./...", testAt)
	c.Test = stack.DerivedFact("go test ./...", testAt)
	c.Format = stack.DerivedFact("gofmt -l -w .", testAt)
	if d.main == "" {
		return
	}
	bin := binary(c)
	words := []string{"./" + bin}
	for _, s := range d.src.facts.commands {
		if d.reach[s.dir] && len(d.listens) > 0 && slices.Contains([]string{"serve", "server", "start", "run", "api", "web", "http", "daemon"}, s.value.Value) {
			words = append(words, s.value.Value)
			break
		}
	}
	if c.Listen != nil && c.ListenFromEnv == nil && d.portFlag != "" {
		words = append(words, "-"+d.dashes()+d.portFlag+"=0.0.0.0:"+orDefault(c.Port.String()))
	}
	c.Build = stack.DerivedFact("go build -o bin/"+bin+" "+c.Entry.Value, c.Entry.Evidence)
	c.Start = stack.DerivedFact(strings.Join(words, " "), c.Entry.Evidence)
	c.Dev = stack.DerivedFact("go run "+strings.Join(append([]string{c.Entry.Value}, words[1:]...), " "), c.Entry.Evidence)
	if d.scan.Has(".air.toml") {
		c.Dev = stack.DerivedFact("go run "+air, finding.Evidence{File: d.scan.Path(".air.toml")})
	}
}

func (d *describer) dashes() string {
	for _, s := range d.src.files {
		if _, ok := s.importsPrefix("github.com/spf13/pflag"); ok {
			return "-"
		}
	}
	return ""
}

func binary(c *stack.Component) string {
	e := c.Entry.String()
	if e == "." || e == "" {
		return stack.DNSName(c.Name)
	}
	return e[strings.LastIndex(e, "/")+1:]
}

var golangciFiles = []string{".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json"}

// tools are what the repository configures.
func (d *describer) tools() {
	if f, ok := d.scan.First(golangciFiles...); ok {
		d.c.Tools = append(d.c.Tools, *stack.DeclaredFact("golangci-lint", finding.Evidence{File: d.scan.Path(f)}))
		d.c.Lint = stack.DeclaredFact("golangci-lint run", finding.Evidence{File: d.scan.Path(f)})
	} else {
		d.c.Lint = stack.DefaultFact("go vet ./...", "no linter is configured; go vet comes with Go")
	}
	if f, ok := d.scan.First("staticcheck.conf"); ok {
		d.c.Tools = append(d.c.Tools, *stack.DeclaredFact("staticcheck", finding.Evidence{File: d.scan.Path(f)}))
	}
	for _, name := range []string{".air.toml", "buf.yaml", "sqlc.yaml", ".goreleaser.yaml", ".goreleaser.yml", ".pre-commit-config.yaml"} {
		if d.scan.Has(name) {
			tool := strings.TrimPrefix(strings.SplitN(strings.TrimPrefix(name, "."), ".", 2)[0], ".")
			d.c.Tools = stack.Add(d.c.Tools, *stack.DeclaredFact(strings.TrimSuffix(tool, "-config"), finding.Evidence{File: d.scan.Path(name)}))
		}
	}
	if data, err := d.scan.Tree.Read(d.scan.Path("go.mod")); err == nil && bytes.Contains(data, []byte("golang.org/x/vuln")) {
		d.c.Tools = stack.Add(d.c.Tools, *stack.DeclaredFact("govulncheck", stack.FindText(d.scan.Tree, d.scan.Path("go.mod"), "golang.org/x/vuln")))
	}
}
