// AutoGit is a DevOps engineer that you can run: it writes a repository's delivery files and proves them.
package main

import (
	"os"

	"github.com/autogit/autogit/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
