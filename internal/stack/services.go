package stack

// services is dated November 2026: the newest major version of each that its makers support, by its smallest official image.
var services = []Service{
	{
		Name: "postgres", Image: "postgres:17.6-alpine3.22", Port: "5432",
		Env:    []KV{{"POSTGRES_USER", "app"}, {"POSTGRES_DB", "app"}},
		Secret: "POSTGRES_PASSWORD", Health: []string{"pg_isready", "-U", "app", "-d", "app"},
		DataDir: "/var/lib/postgresql/data", URL: "postgresql://app:{password}@{host}:5432/app", Shutdown: "SIGINT",
		ReadOnly: true, Tmpfs: []string{"/tmp", "/var/run/postgresql"},
		Caps: []string{"CHOWN", "DAC_READ_SEARCH", "FOWNER", "SETGID", "SETUID"},
	},
	{
		Name: "redis", Image: "redis:8.2.2-alpine3.22", Port: "6379",
		Health: []string{"redis-cli", "ping"}, DataDir: "/data", URL: "redis://{host}:6379/0",
		ReadOnly: true, Tmpfs: []string{"/tmp"}, Caps: []string{"SETGID", "SETUID"},
	},
}
