package stack

import (
	"slices"
	"strings"
)

// healthNames are the last parts of routes that say whether a program is well, the most telling first. Readiness comes
// before liveness: a container is healthy when it can work.
var healthNames = []string{"healthz", "health", "readyz", "ready", "readiness", "livez", "live", "liveness", "healthcheck", "health_check", "health-check", "alive", "heartbeat", "up", "ping", "status"}

// HealthRank says how well a route serves as a health check: 0 is best, -1 is not at all. Routes with parameters never do.
func HealthRank(route string) int {
	r := strings.Trim(strings.ToLower(route), "/")
	if r == "" || strings.ContainsAny(r, "{}:*<>$(") {
		return -1
	}
	depth := strings.Count(r, "/")
	last := r[strings.LastIndex(r, "/")+1:]
	last = strings.TrimPrefix(last, "_")
	if last == "healthy" {
		last = "health"
	}
	i := slices.Index(healthNames, last)
	if i < 0 && depth > 0 && strings.Contains(r, "health/") { // actuator/health/readiness, health/live
		i = 2
	}
	if i < 0 || depth > 3 {
		return -1
	}
	return i + depth
}
