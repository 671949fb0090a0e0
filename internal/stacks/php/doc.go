// Package php knows PHP programs that Composer installs: Laravel, Symfony, Slim and plain ones.
package php
