package stack

// services is dated November 2026: of each server a version that its makers support, by its smallest official image.
// Every tag was seen in use in public files. Postgres stays at 17: the image of 18 keeps its data elsewhere, see editions.
var services = []Service{
	{
		// Asked over TCP, because the server that first sets the database up answers on its socket only.
		Name: "postgres", Image: "postgres:17.6-alpine3.22", Port: "5432",
		Env:    []KV{{"POSTGRES_USER", "app"}, {"POSTGRES_DB", "app"}},
		Secret: "POSTGRES_PASSWORD", SecretFile: true, Health: []string{"pg_isready", "-h", "127.0.0.1", "-U", "app", "-d", "app"},
		DataDir: "/var/lib/postgresql/data", URL: "postgresql://app:{password}@{host}:5432/app", Shutdown: "SIGINT",
		ReadOnly: true, Tmpfs: []string{"/tmp", "/var/run/postgresql"},
		Caps: []string{"CHOWN", "DAC_READ_SEARCH", "FOWNER", "SETGID", "SETUID"},
	},
	{
		// A ping over TCP fails while the entrypoint's first, socket-only server still sets the database up.
		Name: "mysql", Image: "mysql:8.4.11", Port: "3306",
		Env:    []KV{{"MYSQL_USER", "app"}, {"MYSQL_DATABASE", "app"}, {"MYSQL_RANDOM_ROOT_PASSWORD", "yes"}},
		Secret: "MYSQL_PASSWORD", SecretFile: true, Health: []string{"mysqladmin", "ping", "--silent", "-h", "127.0.0.1"},
		DataDir: "/var/lib/mysql", URL: "mysql://app:{password}@{host}:3306/app",
		ReadOnly: true, Tmpfs: []string{"/tmp", "/var/run/mysqld"}, Caps: []string{"CHOWN", "DAC_READ_SEARCH", "FOWNER", "SETGID", "SETUID"},
	},
	{
		Name: "mariadb", Image: "mariadb:11.8.9", Port: "3306",
		Env:    []KV{{"MARIADB_USER", "app"}, {"MARIADB_DATABASE", "app"}, {"MARIADB_RANDOM_ROOT_PASSWORD", "yes"}},
		Secret: "MARIADB_PASSWORD", SecretFile: true, Health: []string{"healthcheck.sh", "--connect", "--innodb_initialized"},
		DataDir: "/var/lib/mysql", URL: "mysql://app:{password}@{host}:3306/app",
		ReadOnly: true, Tmpfs: []string{"/tmp", "/run/mysqld"}, Caps: []string{"CHOWN", "DAC_READ_SEARCH", "FOWNER", "SETGID", "SETUID"},
	},
	{
		Name: "redis", Image: "redis:8.2.2-alpine3.22", Port: "6379",
		Health: []string{"redis-cli", "ping"}, DataDir: "/data", URL: "redis://{host}:6379/0",
		ReadOnly: true, Tmpfs: []string{"/tmp"}, Caps: []string{"SETGID", "SETUID"},
	},
	{
		Name: "valkey", Image: "valkey/valkey:9.1.1-alpine", Port: "6379",
		Health: []string{"valkey-cli", "ping"}, DataDir: "/data", URL: "redis://{host}:6379/0",
		ReadOnly: true, Tmpfs: []string{"/tmp"}, Caps: []string{"SETGID", "SETUID"},
	},
	{
		// mongosh writes to its home folder, so the root file system stays writable.
		Name: "mongodb", Image: "mongo:8.0.17", Port: "27017",
		Env:    []KV{{"MONGO_INITDB_ROOT_USERNAME", "app"}, {"MONGO_INITDB_DATABASE", "app"}},
		Secret: "MONGO_INITDB_ROOT_PASSWORD", SecretFile: true,
		Health:  []string{"mongosh", "--quiet", "--eval", "quit(db.adminCommand('ping').ok ? 0 : 2)"},
		DataDir: "/data/db", URL: "mongodb://app:{password}@{host}:27017/app?authSource=admin",
		Caps: []string{"CHOWN", "DAC_READ_SEARCH", "FOWNER", "SETGID", "SETUID"},
	},
	{
		Name: "rabbitmq", Image: "rabbitmq:4.3.5-alpine", Port: "5672",
		Env: []KV{{"RABBITMQ_DEFAULT_USER", "app"}}, Secret: "RABBITMQ_DEFAULT_PASS",
		Health:  []string{"rabbitmq-diagnostics", "-q", "ping"},
		DataDir: "/var/lib/rabbitmq", URL: "amqp://app:{password}@{host}:5672/",
		Caps: []string{"CHOWN", "DAC_READ_SEARCH", "FOWNER", "SETGID", "SETUID"},
	},
	{
		// One node that is broker and controller. Setting any of these replaces the image's own settings, hence all of them.
		Name: "kafka", Image: "apache/kafka:4.3.1", Port: "9092",
		Env: []KV{
			{"KAFKA_NODE_ID", "1"}, {"KAFKA_PROCESS_ROLES", "broker,controller"},
			{"KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093"}, {"KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://{host}:9092"},
			{"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"},
			{"KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"}, {"KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093"},
			{"KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1"}, {"KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1"},
			{"KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1"}, {"KAFKA_LOG_DIRS", "/var/lib/kafka/data"},
		},
		Health:  []string{"/opt/kafka/bin/kafka-broker-api-versions.sh", "--bootstrap-server", "localhost:9092"},
		DataDir: "/var/lib/kafka/data", URL: "{host}:9092", RunAsUser: "1000:1000",
	},
	{
		// The image's own configuration serves the monitoring port 8222.
		Name: "nats", Image: "nats:2.11.6-alpine", Port: "4222",
		Health: []string{"wget", "-q", "--spider", "http://127.0.0.1:8222/healthz"}, URL: "nats://{host}:4222",
		ReadOnly: true, Tmpfs: []string{"/tmp"},
	},
	{
		Name: "elasticsearch", Image: "docker.elastic.co/elasticsearch/elasticsearch:9.4.3", Port: "9200",
		Env:     []KV{{"discovery.type", "single-node"}, {"xpack.security.enabled", "false"}, {"ES_JAVA_OPTS", "-Xms512m -Xmx512m"}},
		Health:  []string{"curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=2s"},
		DataDir: "/usr/share/elasticsearch/data", URL: "http://{host}:9200", RunAsUser: "1000:0",
	},
	{
		Name: "opensearch", Image: "opensearchproject/opensearch:3.8.0", Port: "9200",
		Env: []KV{
			{"discovery.type", "single-node"}, {"DISABLE_SECURITY_PLUGIN", "true"}, {"DISABLE_INSTALL_DEMO_CONFIG", "true"},
			{"OPENSEARCH_JAVA_OPTS", "-Xms512m -Xmx512m"},
		},
		Health:  []string{"curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=2s"},
		DataDir: "/usr/share/opensearch/data", URL: "http://{host}:9200", RunAsUser: "1000:1000",
	},
	{
		Name: "memcached", Image: "memcached:1.6.45-alpine", Port: "11211",
		Health: []string{"sh", "-c", "echo version | nc -w 2 127.0.0.1 11211 | grep -q VERSION"}, URL: "{host}:11211",
		ReadOnly: true, Tmpfs: []string{"/tmp"}, RunAsUser: "11211:11211",
	},
	{
		Name: "minio", Image: "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z", Port: "9000", Command: []string{"server", "/data"},
		Env: []KV{{"MINIO_ROOT_USER", "app-admin"}}, Secret: "MINIO_ROOT_PASSWORD", SecretFile: true,
		Health: []string{"mc", "ready", "local"}, DataDir: "/data", URL: "http://{host}:9000",
	},
	{
		Name: "clickhouse", Image: "clickhouse/clickhouse-server:25.8-alpine", Port: "9000",
		Env: []KV{{"CLICKHOUSE_USER", "app"}, {"CLICKHOUSE_DB", "app"}}, Secret: "CLICKHOUSE_PASSWORD", SecretFile: true,
		Health:  []string{"wget", "-q", "--spider", "http://127.0.0.1:8123/ping"},
		DataDir: "/var/lib/clickhouse", URL: "clickhouse://app:{password}@{host}:9000/app",
		Caps: []string{"CHOWN", "DAC_READ_SEARCH", "FOWNER", "SETGID", "SETUID"},
	},
}

// edition is another version of a service that people ask for by its number.
type edition struct {
	service, version, image, dataDir string
}

// editions are exact images of older and newer versions. Postgres 18 keeps its data in a folder of its version below the mount.
var editions = []edition{
	{"postgres", "18", "postgres:18.6-alpine3.24", "/var/lib/postgresql"},
	{"postgres", "17", "postgres:17.6-alpine3.22", ""},
	{"postgres", "16", "postgres:16.10-alpine3.22", ""},
	{"postgres", "15", "postgres:15.14-alpine3.22", ""},
	{"postgres", "14", "postgres:14.19-alpine3.22", ""},
	{"redis", "8", "redis:8.2.2-alpine3.22", ""},
	{"redis", "7", "redis:7.4.5-alpine3.21", ""},
	{"mysql", "8", "mysql:8.4.11", ""},
	{"mysql", "8.0", "mysql:8.0.43", ""},
	{"mongodb", "8", "mongo:8.0.17", ""},
}
