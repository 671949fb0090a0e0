package node

import (
	"path"

	"github.com/autogit/autogit/internal/stack"
)

// webServer serves the pages as a numeric user on an unprivileged port.
const webServer = "nginxinc/nginx-unprivileged:1.29.3-alpine"

// pages is the server's configuration. Names with a hash never change, so browsers may keep them; the first page must
// always be asked for again. Routes of the page's own router all get the first page.
const pages = `COPY <<'EOF' /etc/nginx/conf.d/default.conf
server {
    listen 8080;
    root /usr/share/nginx/html;
    server_tokens off;
    location = /healthz {
        access_log off;
        return 200 "ok\n";
    }
    location /assets/ {
        add_header Cache-Control "public, max-age=31536000, immutable";
        try_files $uri =404;
    }
    location / {
        add_header Cache-Control "no-cache";
        try_files $uri $uri/ /index.html;
    }
}
EOF`

// siteImage builds the pages once, on the build machine, and serves them without Node.
func (p *project) siteImage() *stack.Image {
	img := &stack.Image{
		User: "101:101", Port: "8080", Platforms: []string{"linux/amd64", "linux/arm64"}, Ignore: p.ignore(),
		Args:      []stack.KV{{Key: "NODE_IMAGE", Value: image(p.c.Version.String(), p.manager.name)}, {Key: "WEB_IMAGE", Value: webServer}},
		Cmd:       []string{"nginx", "-g", "daemon off;"},
		Health:    []string{"wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"},
		HealthWhy: "wget is part of the image's BusyBox.",
		// nginx ends in good order, requests finished, on SIGQUIT.
		StopSignal: "SIGQUIT",
		Writable:   []string{"/var/cache/nginx"},
	}
	if p.member() {
		img.Context = p.root.Dir
	}
	img.Stages = []stack.Stage{p.dependencies(), p.sourceStage(), p.buildStage(), {
		Name: "runtime", From: "${WEB_IMAGE}", Why: "Pages are files: they need a web server and no Node.",
		Steps: []stack.Step{
			{Why: "A health route, long caching for hashed names, and the first page for every route of the page's own router.", Text: pages},
			{Text: "COPY --from=build " + path.Join(p.workdir(), p.c.Output.String()) + " /usr/share/nginx/html"},
		},
	}}
	return img
}
