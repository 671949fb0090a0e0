package docker

import "github.com/autogit/autogit/internal/rule"

// All are the rules on Dockerfiles.
func All() []rule.Rule {
	return []rule.Rule{
		dk001(), dk002(), dk003(), dk004(), dk005(), dk006(), dk007(), dk008(), dk009(), dk010(), dk011(), dk012(), dk013(), dk014(),
		dk015(), dk016(), dk017(), dk018(), dk019(), dk020(), dk021(), dk022(), dk023(), dk024(), dk025(), dk026(), dk027(), dk028(),
	}
}
