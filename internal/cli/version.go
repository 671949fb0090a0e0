package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Version is set by the build (-ldflags "-X …"); a plain go build leaves it to the module's own record.
var Version = ""

func version() string {
	if Version != "" {
		return Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

func (a *app) version() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Example: `  autogit version
  autogit version --output json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.output == "json" {
				return writeJSON(a.out, map[string]string{
					"version": version(), "go": runtime.Version(), "os": runtime.GOOS, "architecture": runtime.GOARCH,
				}, true)
			}
			_, err := fmt.Fprintf(a.out, "autogit %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return writeError(err)
		},
	}
	a.outputFlag(cmd, "text", "json")
	return cmd
}
