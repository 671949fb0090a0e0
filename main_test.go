package main_test

import (
	"os"
	"testing"

	"github.com/autogit/autogit/internal/cli"
	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run this test's own binary as autogit, so that they see what the real program does.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"autogit": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true})
}
