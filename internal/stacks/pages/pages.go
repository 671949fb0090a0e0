// Package pages plans the image that serves built pages: files behind a small web server, without the language that made them.
package pages

import "github.com/autogit/autogit/internal/stack"

// server runs as a numeric user on an unprivileged port. Dated November 2026.
const server = "nginxinc/nginx-unprivileged:1.29.8-alpine"

// Port is where the server listens, Health the route that it answers itself.
const (
	Port   = "8080"
	Health = "/healthz"
)

// Site says what is served.
type Site struct {
	Args   []stack.KV    // the bases of Stages
	Stages []stack.Stage // they build the pages; none for pages that are files already
	From   string        // name of the stage that has the pages; empty for the build context
	Dir    string        // the folder of the pages there
	// App tells that the pages have a router of their own: every route gets the first page.
	App    bool
	Hashed string // folder of files whose names change with their content, relative to Dir; empty for none
	Ignore []string
}

// Image plans the image of a site.
func Image(s Site) *stack.Image {
	copyFrom := "COPY " + s.Dir + " /usr/share/nginx/html"
	if s.Dir == "." {
		copyFrom = "COPY . /usr/share/nginx/html"
	}
	if s.From != "" {
		copyFrom = "COPY --from=" + s.From + " " + s.Dir + " /usr/share/nginx/html"
	}
	return &stack.Image{
		User: "101:101", Port: Port, Platforms: []string{"linux/amd64", "linux/arm64"}, Ignore: s.Ignore,
		Args: append(s.Args, stack.KV{Key: "WEB_IMAGE", Value: server}),
		Stages: append(s.Stages, stack.Stage{
			Name: "runtime", From: "${WEB_IMAGE}", Why: "Pages are files: they need a web server and nothing of what made them.",
			Steps: []stack.Step{{Why: why(s), Text: configuration(s)}, {Text: copyFrom}},
		}),
		Cmd:        []string{"nginx", "-g", "daemon off;"},
		Health:     []string{"wget", "-q", "-O", "/dev/null", "http://127.0.0.1:" + Port + Health},
		HealthWhy:  "wget is part of the image's BusyBox.",
		StopSignal: "SIGQUIT", // nginx then finishes the requests that it has
		Writable:   []string{"/var/cache/nginx"},
	}
}

func why(s Site) string {
	if s.App {
		return "A health route, and the first page for every route of the page's own router."
	}
	return "A health route, and the site's own page for what is not there."
}

// configuration is the server's. The first page must always be asked for again; a name with a hash never changes.
func configuration(s Site) string {
	c := `COPY <<'EOF' /etc/nginx/conf.d/default.conf
server {
    listen ` + Port + `;
    root /usr/share/nginx/html;
    server_tokens off;
    location = ` + Health + ` {
        access_log off;
        return 200 "ok\n";
    }
`
	if s.Hashed != "" {
		c += `    location /` + s.Hashed + `/ {
        add_header Cache-Control "public, max-age=31536000, immutable";
        try_files $uri =404;
    }
`
	}
	if s.App {
		return c + `    location / {
        add_header Cache-Control "no-cache";
        try_files $uri $uri/ /index.html;
    }
}
EOF`
	}
	return c + `    error_page 404 /404.html;
    location / {
        try_files $uri $uri/ $uri.html =404;
    }
}
EOF`
}
