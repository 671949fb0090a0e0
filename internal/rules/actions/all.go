package actions

import "github.com/autogit/autogit/internal/rule"

// All are the rules on GitHub Actions.
func All() []rule.Rule {
	return []rule.Rule{
		gh001(), gh002(), gh003(), gh004(), gh005(), gh006(), gh007(), gh008(), gh009(), gh010(),
		gh011(), gh012(), gh013(), gh014(), gh015(), gh016(), gh017(), gh018(), gh019(), gh020(),
	}
}
