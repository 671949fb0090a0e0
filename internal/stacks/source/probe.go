package source

import "strings"

// BashProbe is a health command for images that have bash and no HTTP client: bash itself speaks HTTP over /dev/tcp.
// port may be an expression of the shell: "${PORT:-8080}". Header is one more request header, or empty.
func BashProbe(port, route, header string) []string {
	if header != "" {
		header += `\r\n`
	}
	script := `exec 3<>/dev/tcp/127.0.0.1/` + port + ` && printf 'GET ` + clean(route) + ` HTTP/1.0\r\nHost: localhost\r\n` + header +
		`\r\n' >&3 && read -r _ status _ <&3 && [[ $status == [23]* ]]`
	return []string{"bash", "-c", script}
}

// PortProbe only asks whether something accepts connections: for programs that have no health route.
func PortProbe(port string) []string {
	return []string{"bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/` + port}
}

// WgetProbe is a health command for Alpine images: wget is a part of their BusyBox. A port expression needs a shell.
func WgetProbe(port, route string) []string {
	url := "http://127.0.0.1:" + port + clean(route)
	if strings.Contains(port, "$") {
		return []string{"sh", "-c", `wget -q -O /dev/null "` + url + `"`}
	}
	return []string{"wget", "-q", "-O", "/dev/null", url}
}

// PortExpression is the port as a health command writes it: the variable that moves the port, and the port without it.
func PortExpression(env, port string) string {
	if env == "" {
		return port
	}
	return "${" + env + ":-" + port + "}"
}

// clean keeps the bytes of a route that need no quoting anywhere. Routes come from the repository.
func clean(route string) string {
	out := strings.Map(func(r rune) rune {
		if (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') || (r >= '0' && r <= '9') || strings.ContainsRune("/._-~", r) {
			return r
		}
		return -1
	}, route)
	if !strings.HasPrefix(out, "/") {
		return "/" + out
	}
	return out
}

// HealthRoute is the part of a pattern that matches a route by which programs tell that they are well.
const HealthRoute = `/(?:[\w.-]+/){0,3}(?:_?health(?:z|check|-check|_check)?|livez|readyz|livez?|ready|alive|ping|up)(?:/(?:live|ready|liveness|readiness))?`
