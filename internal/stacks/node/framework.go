package node

import "github.com/autogit/autogit/internal/stack"

// framework is what a package is made with, as far as it decides how the program is built and served.
type framework struct {
	dep, name string
	kind      string // service, static, library; empty when the sources decide
	port      string // where it listens when nothing says otherwise
	output    string // folder of the built files
	start     string // production start of a server, after the build
	dev       string
}

// frameworks, the most telling first: a package that has Next also has React.
var frameworks = []framework{
	{dep: "next", name: "next", kind: stack.KindService, port: "3000", output: ".next", start: "next start", dev: "next dev"},
	{dep: "nuxt", name: "nuxt", kind: stack.KindService, port: "3000", output: ".output", start: "node .output/server/index.mjs", dev: "nuxt dev"},
	{dep: "@remix-run/serve", name: "remix", kind: stack.KindService, port: "3000", output: "build", start: "remix-serve ./build/server/index.js", dev: "remix vite:dev"},
	{dep: "@react-router/serve", name: "react-router", kind: stack.KindService, port: "3000", output: "build", start: "react-router-serve ./build/server/index.js", dev: "react-router dev"},
	{dep: "@sveltejs/adapter-static", name: "sveltekit", kind: stack.KindStatic, output: "build", dev: "vite dev"},
	{dep: "@sveltejs/kit", name: "sveltekit", kind: stack.KindService, port: "3000", output: "build", start: "node build", dev: "vite dev"},
	{dep: "@astrojs/node", name: "astro", kind: stack.KindService, port: "4321", output: "dist", start: "node ./dist/server/entry.mjs", dev: "astro dev"},
	{dep: "astro", name: "astro", kind: stack.KindStatic, output: "dist", dev: "astro dev"},
	{dep: "@nestjs/core", name: "nest", kind: stack.KindService, port: "3000", output: "dist", start: "node dist/main.js", dev: "nest start --watch"},
	{dep: "@adonisjs/core", name: "adonis", kind: stack.KindService, port: "3333", output: "build", start: "node build/bin/server.js"},
	{dep: "fastify", name: "fastify", kind: stack.KindService, port: "3000"},
	{dep: "express", name: "express", kind: stack.KindService, port: "3000"},
	{dep: "koa", name: "koa", kind: stack.KindService, port: "3000"},
	{dep: "@hapi/hapi", name: "hapi", kind: stack.KindService, port: "3000"},
	{dep: "hono", name: "hono", kind: stack.KindService, port: "3000"},
	{dep: "elysia", name: "elysia", kind: stack.KindService, port: "3000"},
	{dep: "restify", name: "restify", kind: stack.KindService, port: "8080"},
	{dep: "@angular/core", name: "angular", kind: stack.KindStatic, output: "dist", dev: "ng serve"},
	{dep: "react-scripts", name: "create-react-app", kind: stack.KindStatic, output: "build", dev: "react-scripts start"},
	{dep: "@vue/cli-service", name: "vue-cli", kind: stack.KindStatic, output: "dist", dev: "vue-cli-service serve"},
	{dep: "gatsby", name: "gatsby", kind: stack.KindStatic, output: "public", dev: "gatsby develop"},
	{dep: "@docusaurus/core", name: "docusaurus", kind: stack.KindStatic, output: "build", dev: "docusaurus start"},
	{dep: "vitepress", name: "vitepress", kind: stack.KindStatic, output: ".vitepress/dist", dev: "vitepress dev"},
	{dep: "parcel", name: "parcel", kind: stack.KindStatic, output: "dist", dev: "parcel"},
	{dep: "vite", name: "vite", kind: stack.KindStatic, output: "dist", dev: "vite"},
	{dep: "webpack", name: "webpack", output: "dist", kind: stack.KindStatic},
}

// framework finds what the package is made with. Tests and tools bring bundlers along too, so a bundler only counts when
// it also builds the package.
func (p *project) framework() framework {
	for _, f := range frameworks {
		if !p.pkg.has(f.dep) {
			continue
		}
		bundler := f.dep == "vite" || f.dep == "webpack" || f.dep == "parcel"
		if bundler && (p.pkg.script("build") == "" || p.isServerBundle()) {
			continue
		}
		return f
	}
	return framework{}
}

// isServerBundle tells a bundler that packs a server or a library rather than pages for a browser.
func (p *project) isServerBundle() bool {
	if p.scan.Has("index.html") || p.scan.Has("public/index.html") || p.scan.Has("src/index.html") {
		return false
	}
	return p.pkg.Exports.set || p.pkg.Main != "" || p.pkg.Bin.set
}
