package agent

import (
	"io/fs"
	"os"
)

// hidden says why a file that is on disk cannot be taken for the old content of a change; empty if it can, or is not there.
// Without this a file that git ignores would be planned as a new one and be found in the way at the very end.
func (j *job) hidden(p string) string {
	if j.base.Has(p) {
		if _, err := j.base.Read(p); err != nil {
			return "it cannot be read: " + err.Error()
		}
		return ""
	}
	root, err := os.OpenRoot(j.o.Dir)
	if err != nil {
		return ""
	}
	defer func() { _ = root.Close() }()
	info, err := root.Lstat(p)
	switch {
	case err != nil:
		return "" // not there, or on a way that Commit refuses with a reason of its own
	case info.Mode()&fs.ModeSymlink != 0:
		return "it is a symbolic link, and AutoGit writes only regular files"
	case info.IsDir():
		return "it is a folder, and AutoGit writes only regular files"
	case !info.Mode().IsRegular():
		return "it is no regular file, and AutoGit writes no other"
	}
	return "it is there and a .gitignore hides it (git check-ignore -v names the line): AutoGit does not work on ignored files"
}
