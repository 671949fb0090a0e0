package docker_test

import (
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/docker"
)

func byID(t *testing.T, id string) rule.Rule {
	t.Helper()
	for _, r := range docker.All() {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no rule %s", id)
	return rule.Rule{}
}

// final puts lines into a final stage on a slim image, so that their first line is line 2.
func final(lines string) string { return "FROM debian:13-slim\n" + lines + "\n" }

func TestEdges(t *testing.T) {
	tests := map[string][]ruletest.Edge{
		"DK001": {
			{Name: "user in a parent stage", Src: "FROM a:1 AS base\nUSER app\nFROM base\nCMD [\"x\"]\n"},
			{Name: "user root at the end", Src: "FROM alpine:3\nUSER app\nUSER root\n", Want: []string{"3:6 root"}},
			{Name: "zero with group", Src: "FROM alpine:3\nUSER 0:0\n", Want: []string{"2:6"}},
			{Name: "user from ARG", Src: "FROM alpine:3\nARG UID=10001\nUSER ${UID}\n"},
			{Name: "user from ARG that is root", Src: "FROM alpine:3\nARG U=root\nUSER $U\n", Want: []string{"3:6"}},
			{Name: "image without root", Src: "FROM gcr.io/distroless/static:nonroot\nCMD [\"/x\"]\n"},
			{Name: "distroless without it", Src: "FROM gcr.io/distroless/static-debian12\nCMD [\"/x\"]\n", Want: []string{"1:6"}},
			{Name: "gosu in the entrypoint", Src: "FROM alpine:3\nENTRYPOINT [\"gosu\", \"app\", \"x\"]\n"},
			{Name: "only the final stage counts", Src: "FROM golang:1 AS b\nRUN x\nFROM scratch\nUSER 1\n"},
			{Name: "named user", Src: "FROM alpine:3\nUSER app\n"},
		},
		"DK002": {
			{Name: "a port of a registry is no tag", Src: "FROM localhost:5000/a\n", Want: []string{"1:6"}},
			{Name: "digest is enough", Src: "FROM a@sha256:" + strings.Repeat("a", 64) + "\n"},
			{Name: "stage and scratch", Src: "FROM scratch AS x\nFROM x\n"},
			{Name: "ARG default", Src: "ARG B=debian\nFROM ${B}\n", Want: []string{"2:6"}},
			{Name: "ARG without default", Src: "ARG B\nFROM ${B}\n"},
			{Name: "COPY from an image", Src: "FROM a:1\nCOPY --from=ghcr.io/x/y /a /a\n", Want: []string{"2:6"}},
			{Name: "COPY from a stage by number", Src: "FROM a:1\nFROM a:1\nCOPY --from=0 /a /a\n"},
			{Name: "platform flag", Src: "FROM --platform=$BUILDPLATFORM golang AS b\n", Want: []string{"1:32"}},
		},
		"DK003": {
			{Name: "latest with digest is pinned", Src: "FROM a:latest@sha256:" + strings.Repeat("a", 64) + "\n"},
			{Name: "a mount's image", Src: "FROM a:1\nRUN --mount=from=b/c:latest,target=/x ls\n", Want: []string{"2:5"}},
		},
		"DK005": {
			{Name: "reference", Src: "FROM a:1\nARG TOKEN\nENV TOKEN=${TOKEN}\n"},
			{Name: "old form", Src: "FROM a:1\nENV API_KEY abc123xyz\n", Want: []string{"2:5"}},
			{Name: "several", Src: "FROM a:1\nENV A=1 \\\n    DB_PASSWORD=\"x y\"\n", Want: []string{"3:5"}},
			{Name: "empty and placeholder", Src: "FROM a:1\nENV TOKEN= SECRET=changeme PASSWORD_FILE=/x\n"},
			{Name: "the value is masked", Src: "FROM a:1\nENV TOKEN=abcdefgh12345678\n", Want: []string{"2:5 (abcd****)"}},
		},
		"DK006": {
			{Name: "curl with a password", Src: final("RUN curl -u bob:hunter2 https://x"), Want: []string{"2:13"}},
			{Name: "curl with a variable", Src: final("RUN curl -u \"bob:$PW\" https://x")},
			{Name: "in a here-document", Src: final("RUN <<EOF\ngit clone https://bob:hunter2@x/y\nEOF"), Want: []string{"3:23"}},
		},
		"DK007": {
			{Name: "example file", Src: final("COPY .env.example .env")},
			{Name: "env of production", Src: final("COPY app .env.production /app/"), Want: []string{"2:10"}},
			{Name: "public certificate", Src: final("COPY ca.pem /etc/ssl/")},
			{Name: "from another stage", Src: final("COPY --from=x .env /")},
			{Name: "npmrc with a registry only", Src: "FROM a:1\nCOPY .npmrc /\n-- .npmrc --\nregistry=https://r/\n"},
			{Name: "npmrc with a token", Src: "FROM a:1\nCOPY .npmrc /\n-- .npmrc --\n//r/:_authToken=abc\n", Want: []string{"Dockerfile:2"}},
		},
		"DK008": {
			{Name: "a tool serves nothing", Src: "FROM a:1\nCMD [\"x\"]\n"},
			{Name: "switched off on purpose", Src: "FROM a:1\nEXPOSE 1\nHEALTHCHECK NONE\nCMD [\"x\"]\n"},
			{Name: "Compose checks it", Src: "FROM a:1\nEXPOSE 1\nCMD [\"x\"]\n-- docker-compose.yml --\nservices:\n  a:\n    build: .\n    healthcheck: {test: x}\n"},
			{Name: "Compose checks another", Src: "FROM a:1\nEXPOSE 1\nCMD [\"x\"]\n-- docker-compose.yml --\nservices:\n  a:\n    image: b\n    healthcheck: {test: x}\n", Want: []string{"Dockerfile:2"}},
		},
		"DK009": {
			{Name: "development stage", Src: "FROM golang:1 AS dev\nCMD [\"go\", \"run\", \".\"]\n"},
			{Name: "a base without a start", Src: "FROM golang:1\nRUN x\n"},
			{Name: "Docker Hub's long name", Src: "FROM docker.io/library/rust:1\nCMD [\"x\"]\n", Want: []string{"1:6"}},
		},
		"DK010": {
			{Name: "removed in the same RUN", Src: final("RUN apk add --virtual .b gcc && make && apk del .b\nCMD [\"x\"]")},
			{Name: "in a build stage", Src: "FROM a:1 AS b\nRUN apt-get install -y gcc\nFROM a:1\nCMD [\"x\"]\n"},
			{Name: "two in one line", Src: final("RUN apt-get install -y gcc curl libpq-dev\nCMD [\"x\"]"), Want: []string{"2:24", "2:33"}},
		},
		"DK011": {
			{Name: "switched off by option", Src: final("RUN apt-get -o APT::Install-Recommends=false install -y curl")},
			{Name: "switched off before", Src: final("RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/x\nRUN apt-get install -y curl")},
			{Name: "through sh -c", Src: final("RUN [\"sh\", \"-c\", \"apt-get install curl\"]")},
			{Name: "continued line", Src: final("RUN apt-get update \\\n # why\n && apt-get install -y \\\n    curl"), Want: []string{"4:5"}},
		},
		"DK012": {
			{Name: "cache mount", Src: final("RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y x")},
			{Name: "build stage", Src: "FROM a:1 AS b\nRUN apt-get update\nFROM a:1\nUSER 1\n"},
		},
		"DK013": {
			{Name: "apk with a cache mount", Src: final("RUN --mount=type=cache,target=/var/cache/apk apk add curl")},
			{Name: "dnf cleaned", Src: final("RUN dnf install -y x && dnf clean all")},
			{Name: "dnf not cleaned", Src: final("RUN dnf install -y x"), Want: []string{"2:5"}},
		},
		"DK014": {
			{Name: "npm install of a tool", Src: final("RUN npm install -g npm@11")},
			{Name: "npm install of a package", Src: final("RUN npm install left-pad")},
			{Name: "pip with ENV", Src: final("ENV PIP_NO_CACHE_DIR=1\nRUN pip install -r r.txt")},
			{Name: "pip in a build stage", Src: "FROM a:1 AS b\nRUN pip install x\nFROM a:1\nUSER 1\n"},
			{Name: "pip as a module", Src: final("RUN python -m pip install -r r.txt"), Want: []string{"2:5"}},
			{Name: "yarn frozen", Src: final("RUN yarn install --frozen-lockfile")},
			{Name: "yarn alone", Src: final("RUN yarn"), Want: []string{"2:5"}},
			{Name: "uv locked", Src: final("RUN uv sync --locked --no-dev")},
		},
		"DK016": {
			{Name: "with upgrade", Src: final("RUN apt-get update && apt-get upgrade -y")},
			{Name: "with install in a here-document", Src: final("RUN <<EOF\napt-get update\napt-get install -y x\nEOF")},
		},
		"DK017": {
			{Name: "archive", Src: final("ADD x.tar.gz /")},
			{Name: "address", Src: final("ADD https://x/y /")},
			{Name: "variable", Src: final("ADD $X /")},
			{Name: "folder", Src: final("ADD --chown=1:1 src /src"), Want: []string{"2:1"}},
		},
		"DK018": {
			{Name: "checksum", Src: final("ADD --checksum=sha256:aa https://x/y /")},
			{Name: "git", Src: final("ADD https://github.com/a/b.git /")},
			{Name: "sudo bash", Src: final("RUN curl -sL https://x | sudo -E bash -"), Want: []string{"2:5"}},
			{Name: "substitution", Src: final("RUN bash -c \"$(curl -fsSL https://x)\""), Want: []string{"2:5"}},
			{Name: "process substitution", Src: final("RUN [\"bash\", \"-c\", \"x\"]\nRUN bash <(curl -s https://x)"), Want: []string{"3:5"}},
			{Name: "into tar", Src: final("RUN curl -sL https://x | tar xz")},
			{Name: "python with a script of its own", Src: final("RUN curl -s https://x | python -c 'print(1)'")},
		},
		"DK019": {
			{Name: "wget", Src: final("RUN wget -q --no-check-certificate https://x"), Want: []string{"2:5"}},
			{Name: "short flags together", Src: final("RUN curl -fsSLk https://x"), Want: []string{"2:5"}},
			{Name: "this machine", Src: final("RUN curl -k https://localhost/x")},
			{Name: "variable", Src: final("ENV NODE_TLS_REJECT_UNAUTHORIZED=0"), Want: []string{"2:5"}},
			{Name: "git", Src: final("RUN git -c http.sslVerify=false clone x"), Want: []string{"2:5"}},
			{Name: "k of another program", Src: final("RUN tar -k x")},
		},
		"DK021": {
			{Name: "exec", Src: final("CMD exec python app.py")},
			{Name: "entrypoint with a variable", Src: final("ENTRYPOINT java $OPTS -jar a.jar"), Want: []string{"2:12"}},
		},
		"DK022": {
			{Name: "one in each stage", Src: "FROM a:1\nCMD [\"x\"]\nFROM a:1\nCMD [\"x\"]\n"},
			{Name: "CMD and ENTRYPOINT", Src: final("ENTRYPOINT [\"x\"]\nCMD [\"y\"]")},
		},
		"DK023": {
			{Name: "set in the RUN", Src: final("RUN set -o pipefail && curl x | tar x")},
			{Name: "shell of the parent", Src: "FROM a:1 AS b\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nFROM b\nRUN curl x | tar x\n"},
			{Name: "echo cannot fail", Src: final("RUN echo x | tee y")},
			{Name: "a condition", Src: final("RUN if curl x | grep y; then z; fi")},
		},
		"DK024": {
			{Name: "after an absolute one", Src: final("WORKDIR /a\nWORKDIR b")},
			{Name: "variable", Src: final("WORKDIR $HOME/x")},
			{Name: "Windows", Src: final("WORKDIR C:\\app")},
			{Name: "cd with work behind it", Src: final("RUN cd /x && make")},
		},
		"DK025": {
			{Name: "manifest mounted", Src: "FROM node:24\nRUN --mount=type=bind,source=package.json,target=package.json npm ci\nCOPY . .\n"},
			{Name: "cache mounted", Src: "FROM node:24\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\n"},
			{Name: "build after copy", Src: "FROM golang:1\nCOPY go.mod .\nRUN go mod download\nCOPY . .\nRUN go build\n"},
			{Name: "python", Src: "FROM python:3\nCOPY . .\nRUN pip install -r requirements.txt\n", Want: []string{"3:5"}},
		},
		"DK026": {
			{Name: "label in the old form", Src: final("LABEL a b"), Want: []string{"2:7"}},
			{Name: "label as it should be", Src: final("LABEL a=b")},
		},
		"DK027": {
			{Name: "platform", Src: "FROM --platform=$BUILDPLATFORM a:1\nARG TARGETARCH\nRUN x $TARGETARCH\n"},
			{Name: "not defined at all", Src: "FROM a:${V}\n", Want: []string{"1:8"}},
			{Name: "default in place", Src: "FROM a:${V:-1}\n"},
			{Name: "repeated", Src: "ARG V=1\nFROM a:$V\nARG V\nRUN echo $V\n"},
			{Name: "shell variable of the same name", Src: "ARG V=1\nFROM a:$V\nRUN V=2 && echo $V\n"},
			{Name: "escaped", Src: "ARG V=1\nFROM a:$V\nRUN echo \\$V\n"},
		},
		"DK028": {
			{Name: "range and protocol", Src: final("EXPOSE 1-2/udp 80/tcp $P")},
			{Name: "host side", Src: final("EXPOSE 80:80"), Want: []string{"2:8 no port"}},
			{Name: "ssh", Src: final("EXPOSE 22"), Want: []string{"2:8"}},
			{Name: "duplicate stage", Src: "FROM a:1 AS x\nFROM a:1 AS X\n", Want: []string{"2:13"}},
			{Name: "misspelt stage", Src: "FROM a:1 AS build\nFROM a:1\nCOPY --from=biuld /a /a\n", Want: []string{"3:6 do you mean build"}},
			{Name: "image without a tag is no stage", Src: "FROM a:1 AS build\nFROM a:1\nCOPY --from=nginx /a /a\n"},
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}
