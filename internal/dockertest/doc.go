// Package dockertest builds images and runs containers for tests, by the docker command line.
//
// Tests that need an engine call Require first: without a working engine they skip, and with AUTOGIT_REQUIRE_DOCKER=1,
// which continuous integration sets, they fail. Everything that a test makes carries a name of its own and is removed
// when that test ends; nothing else on the engine is touched.
package dockertest
