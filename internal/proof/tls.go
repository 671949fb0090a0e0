package proof

import (
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/repo"
)

var tlsOff = regexp.MustCompile(`--no-check-certificate|--insecure\b|NODE_TLS_REJECT_UNAUTHORIZED\s*[=:]\s*['"]?0|GIT_SSL_NO_VERIFY\s*[=:]\s*['"]?(1|true)|--trusted-host|--allow-unauthenticated|http\.sslVerify\s*=?\s*false|strict-ssl\s*=?\s*false|PYTHONHTTPSVERIFY\s*[=:]\s*['"]?0|GOINSECURE|--tls-verify=false|insecure-skip-tls-verify|sslverify=0`)

// tlsVerified proves that nothing switches the verification of certificates off.
func tlsVerified(p *prover) Result {
	return every(p.files, func(file string) Result {
		switch p.in.Tree.Kind(file) {
		case repo.KindDockerfile:
			if p.dockerfile(file) == nil {
				return unproven(p.bad[0])
			}
		case repo.KindCompose:
			if _, err := p.stackFile(file); err != nil {
				return unproven(err.Error())
			}
		}
		for i, l := range p.in.Tree.Lines(file) {
			if strings.HasPrefix(strings.TrimSpace(l), "#") {
				continue
			}
			if tlsOff.MatchString(l) || insecureCurl.MatchString(l) {
				return unproven("certificates are not verified here", p.at(file, i+1))
			}
		}
		return proven(p.at(file, 1))
	})
}

var insecureCurl = regexp.MustCompile(`\bcurl\s(?:[^|;&]*\s)?-[A-Za-z]*k[A-Za-z]*\b`)
