package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"syscall"
)

// errClosedPipe is returned when the reader of standard output has gone: there is nobody left to tell.
var errClosedPipe = errors.New("standard output was closed")

func writeError(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return errClosedPipe
	}
	if err != nil {
		return fmt.Errorf("write standard output: %w", err)
	}
	return nil
}

// writeJSON prints one value; indented for people who look at it, one line for programs that read many.
func writeJSON(w io.Writer, v any, indent bool) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if indent {
		enc.SetIndent("", "  ")
	}
	return writeError(enc.Encode(v))
}
