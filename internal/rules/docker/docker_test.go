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
			{"user in a parent stage", "FROM a:1 AS base\nUSER app\nFROM base\nCMD [\"x\"]\n", nil},
			{"user root at the end", "FROM alpine:3\nUSER app\nUSER root\n", []string{"3:6 root"}},
			{"zero with group", "FROM alpine:3\nUSER 0:0\n", []string{"2:6"}},
			{"user from ARG", "FROM alpine:3\nARG UID=10001\nUSER ${UID}\n", nil},
			{"user from ARG that is root", "FROM alpine:3\nARG U=root\nUSER $U\n", []string{"3:6"}},
			{"image without root", "FROM gcr.io/distroless/static:nonroot\nCMD [\"/x\"]\n", nil},
			{"distroless without it", "FROM gcr.io/distroless/static-debian12\nCMD [\"/x\"]\n", []string{"1:6"}},
			{"gosu in the entrypoint", "FROM alpine:3\nENTRYPOINT [\"gosu\", \"app\", \"x\"]\n", nil},
			{"only the final stage counts", "FROM golang:1 AS b\nRUN x\nFROM scratch\nUSER 1\n", nil},
			{"named user", "FROM alpine:3\nUSER app\n", nil},
		},
		"DK002": {
			{"a port of a registry is no tag", "FROM localhost:5000/a\n", []string{"1:6"}},
			{"digest is enough", "FROM a@sha256:" + strings.Repeat("a", 64) + "\n", nil},
			{"stage and scratch", "FROM scratch AS x\nFROM x\n", nil},
			{"ARG default", "ARG B=debian\nFROM ${B}\n", []string{"2:6"}},
			{"ARG without default", "ARG B\nFROM ${B}\n", nil},
			{"COPY from an image", "FROM a:1\nCOPY --from=ghcr.io/x/y /a /a\n", []string{"2:6"}},
			{"COPY from a stage by number", "FROM a:1\nFROM a:1\nCOPY --from=0 /a /a\n", nil},
			{"platform flag", "FROM --platform=$BUILDPLATFORM golang AS b\n", []string{"1:32"}},
		},
		"DK003": {
			{"latest with digest is pinned", "FROM a:latest@sha256:" + strings.Repeat("a", 64) + "\n", nil},
			{"a mount's image", "FROM a:1\nRUN --mount=from=b/c:latest,target=/x ls\n", []string{"2:5"}},
		},
		"DK005": {
			{"reference", "FROM a:1\nARG TOKEN\nENV TOKEN=${TOKEN}\n", nil},
			{"old form", "FROM a:1\nENV API_KEY abc123xyz\n", []string{"2:5"}},
			{"several", "FROM a:1\nENV A=1 \\\n    DB_PASSWORD=\"x y\"\n", []string{"3:5"}},
			{"empty and placeholder", "FROM a:1\nENV TOKEN= SECRET=changeme PASSWORD_FILE=/x\n", nil},
			{"the value is masked", "FROM a:1\nENV TOKEN=abcdefgh12345678\n", []string{"2:5 (abcd****)"}},
		},
		"DK006": {
			{"curl with a password", final("RUN curl -u bob:hunter2 https://x"), []string{"2:13"}},
			{"curl with a variable", final("RUN curl -u \"bob:$PW\" https://x"), nil},
			{"in a here-document", final("RUN <<EOF\ngit clone https://bob:hunter2@x/y\nEOF"), []string{"3:23"}},
		},
		"DK007": {
			{"example file", final("COPY .env.example .env"), nil},
			{"env of production", final("COPY app .env.production /app/"), []string{"2:10"}},
			{"public certificate", final("COPY ca.pem /etc/ssl/"), nil},
			{"from another stage", final("COPY --from=x .env /"), nil},
			{"npmrc with a registry only", "FROM a:1\nCOPY .npmrc /\n-- .npmrc --\nregistry=https://r/\n", nil},
			{"npmrc with a token", "FROM a:1\nCOPY .npmrc /\n-- .npmrc --\n//r/:_authToken=abc\n", []string{"Dockerfile:2"}},
		},
		"DK008": {
			{"a tool serves nothing", "FROM a:1\nCMD [\"x\"]\n", nil},
			{"switched off on purpose", "FROM a:1\nEXPOSE 1\nHEALTHCHECK NONE\nCMD [\"x\"]\n", nil},
			{"Compose checks it", "FROM a:1\nEXPOSE 1\nCMD [\"x\"]\n-- docker-compose.yml --\nservices:\n  a:\n    build: .\n    healthcheck: {test: x}\n", nil},
			{"Compose checks another", "FROM a:1\nEXPOSE 1\nCMD [\"x\"]\n-- docker-compose.yml --\nservices:\n  a:\n    image: b\n    healthcheck: {test: x}\n", []string{"Dockerfile:2"}},
		},
		"DK009": {
			{"development stage", "FROM golang:1 AS dev\nCMD [\"go\", \"run\", \".\"]\n", nil},
			{"a base without a start", "FROM golang:1\nRUN x\n", nil},
			{"Docker Hub's long name", "FROM docker.io/library/rust:1\nCMD [\"x\"]\n", []string{"1:6"}},
		},
		"DK010": {
			{"removed in the same RUN", final("RUN apk add --virtual .b gcc && make && apk del .b\nCMD [\"x\"]"), nil},
			{"in a build stage", "FROM a:1 AS b\nRUN apt-get install -y gcc\nFROM a:1\nCMD [\"x\"]\n", nil},
			{"two in one line", final("RUN apt-get install -y gcc curl libpq-dev\nCMD [\"x\"]"), []string{"2:24", "2:33"}},
		},
		"DK011": {
			{"switched off by option", final("RUN apt-get -o APT::Install-Recommends=false install -y curl"), nil},
			{"switched off before", final("RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/x\nRUN apt-get install -y curl"), nil},
			{"through sh -c", final("RUN [\"sh\", \"-c\", \"apt-get install curl\"]"), nil},
			{"continued line", final("RUN apt-get update \\\n # why\n && apt-get install -y \\\n    curl"), []string{"4:5"}},
		},
		"DK012": {
			{"cache mount", final("RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y x"), nil},
			{"build stage", "FROM a:1 AS b\nRUN apt-get update\nFROM a:1\nUSER 1\n", nil},
		},
		"DK013": {
			{"apk with a cache mount", final("RUN --mount=type=cache,target=/var/cache/apk apk add curl"), nil},
			{"dnf cleaned", final("RUN dnf install -y x && dnf clean all"), nil},
			{"dnf not cleaned", final("RUN dnf install -y x"), []string{"2:5"}},
		},
		"DK014": {
			{"npm install of a tool", final("RUN npm install -g npm@11"), nil},
			{"npm install of a package", final("RUN npm install left-pad"), nil},
			{"pip with ENV", final("ENV PIP_NO_CACHE_DIR=1\nRUN pip install -r r.txt"), nil},
			{"pip in a build stage", "FROM a:1 AS b\nRUN pip install x\nFROM a:1\nUSER 1\n", nil},
			{"pip as a module", final("RUN python -m pip install -r r.txt"), []string{"2:5"}},
			{"yarn frozen", final("RUN yarn install --frozen-lockfile"), nil},
			{"yarn alone", final("RUN yarn"), []string{"2:5"}},
			{"uv locked", final("RUN uv sync --locked --no-dev"), nil},
		},
		"DK016": {
			{"with upgrade", final("RUN apt-get update && apt-get upgrade -y"), nil},
			{"with install in a here-document", final("RUN <<EOF\napt-get update\napt-get install -y x\nEOF"), nil},
		},
		"DK017": {
			{"archive", final("ADD x.tar.gz /"), nil},
			{"address", final("ADD https://x/y /"), nil},
			{"variable", final("ADD $X /"), nil},
			{"folder", final("ADD --chown=1:1 src /src"), []string{"2:1"}},
		},
		"DK018": {
			{"checksum", final("ADD --checksum=sha256:aa https://x/y /"), nil},
			{"git", final("ADD https://github.com/a/b.git /"), nil},
			{"sudo bash", final("RUN curl -sL https://x | sudo -E bash -"), []string{"2:5"}},
			{"substitution", final("RUN bash -c \"$(curl -fsSL https://x)\""), []string{"2:5"}},
			{"process substitution", final("RUN [\"bash\", \"-c\", \"x\"]\nRUN bash <(curl -s https://x)"), []string{"3:5"}},
			{"into tar", final("RUN curl -sL https://x | tar xz"), nil},
			{"python with a script of its own", final("RUN curl -s https://x | python -c 'print(1)'"), nil},
		},
		"DK019": {
			{"wget", final("RUN wget -q --no-check-certificate https://x"), []string{"2:5"}},
			{"short flags together", final("RUN curl -fsSLk https://x"), []string{"2:5"}},
			{"this machine", final("RUN curl -k https://localhost/x"), nil},
			{"variable", final("ENV NODE_TLS_REJECT_UNAUTHORIZED=0"), []string{"2:5"}},
			{"git", final("RUN git -c http.sslVerify=false clone x"), []string{"2:5"}},
			{"k of another program", final("RUN tar -k x"), nil},
		},
		"DK021": {
			{"exec", final("CMD exec python app.py"), nil},
			{"entrypoint with a variable", final("ENTRYPOINT java $OPTS -jar a.jar"), []string{"2:12"}},
		},
		"DK022": {
			{"one in each stage", "FROM a:1\nCMD [\"x\"]\nFROM a:1\nCMD [\"x\"]\n", nil},
			{"CMD and ENTRYPOINT", final("ENTRYPOINT [\"x\"]\nCMD [\"y\"]"), nil},
		},
		"DK023": {
			{"set in the RUN", final("RUN set -o pipefail && curl x | tar x"), nil},
			{"shell of the parent", "FROM a:1 AS b\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nFROM b\nRUN curl x | tar x\n", nil},
			{"echo cannot fail", final("RUN echo x | tee y"), nil},
			{"a condition", final("RUN if curl x | grep y; then z; fi"), nil},
		},
		"DK024": {
			{"after an absolute one", final("WORKDIR /a\nWORKDIR b"), nil},
			{"variable", final("WORKDIR $HOME/x"), nil},
			{"Windows", final("WORKDIR C:\\app"), nil},
			{"cd with work behind it", final("RUN cd /x && make"), nil},
		},
		"DK025": {
			{"manifest mounted", "FROM node:24\nRUN --mount=type=bind,source=package.json,target=package.json npm ci\nCOPY . .\n", nil},
			{"cache mounted", "FROM node:24\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\n", nil},
			{"build after copy", "FROM golang:1\nCOPY go.mod .\nRUN go mod download\nCOPY . .\nRUN go build\n", nil},
			{"python", "FROM python:3\nCOPY . .\nRUN pip install -r requirements.txt\n", []string{"3:5"}},
		},
		"DK026": {
			{"label in the old form", final("LABEL a b"), []string{"2:7"}},
			{"label as it should be", final("LABEL a=b"), nil},
		},
		"DK027": {
			{"platform", "FROM --platform=$BUILDPLATFORM a:1\nARG TARGETARCH\nRUN x $TARGETARCH\n", nil},
			{"not defined at all", "FROM a:${V}\n", []string{"1:8"}},
			{"default in place", "FROM a:${V:-1}\n", nil},
			{"repeated", "ARG V=1\nFROM a:$V\nARG V\nRUN echo $V\n", nil},
			{"shell variable of the same name", "ARG V=1\nFROM a:$V\nRUN V=2 && echo $V\n", nil},
			{"escaped", "ARG V=1\nFROM a:$V\nRUN echo \\$V\n", nil},
		},
		"DK028": {
			{"range and protocol", final("EXPOSE 1-2/udp 80/tcp $P"), nil},
			{"host side", final("EXPOSE 80:80"), []string{"2:8 no port"}},
			{"ssh", final("EXPOSE 22"), []string{"2:8"}},
			{"duplicate stage", "FROM a:1 AS x\nFROM a:1 AS X\n", []string{"2:13"}},
			{"misspelt stage", "FROM a:1 AS build\nFROM a:1\nCOPY --from=biuld /a /a\n", []string{"3:6 do you mean build"}},
			{"image without a tag is no stage", "FROM a:1 AS build\nFROM a:1\nCOPY --from=nginx /a /a\n", nil},
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}
