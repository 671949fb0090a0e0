package artifact

import (
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/finding"
)

// Change is the frame of a Modify that works by edits. It does nothing where nothing is asked, writes a missing file, and
// keeps the seal true: a file that nobody changed since AutoGit wrote it is edited and sealed again, and written anew where
// the edits leave something open. Whoever changed a file keeps it: then the edits, or their error, are all.
func Change(req *Request, write func(*Request) (*Output, error), change func(req *Request, src []byte) (*Output, error)) (*Output, error) {
	src := req.Existing()
	if len(src) == 0 {
		return write(req)
	}
	if len(req.Unproven) == 0 && len(req.Problems) == 0 {
		return &Output{Content: src}, nil
	}
	own := Untouched(src)
	if own {
		src = Unsealed(src)
	}
	out, err := change(req, src)
	switch {
	case own && (err != nil || len(out.Notes) > 0):
		return write(req)
	case err != nil:
		return nil, err
	case own:
		out.Content = Seal(out.Content)
	}
	return out, nil
}

// Mended is src with the safe fixes made that the Problems bring along; a set that does not fit together is left out.
func (r *Request) Mended(src []byte) []byte {
	var edits []finding.Edit
	for _, f := range r.Problems {
		if f.Fix != nil && f.Fix.Safe {
			edits = append(edits, f.Fix.Edits...)
		}
	}
	out, err := edit.Apply(src, edits)
	if err != nil {
		return src
	}
	return out
}
