package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/config"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/report"
)

// kindList is the kinds of file that --only-format knows.
func kindList() []string {
	var out []string
	for _, k := range []repo.Kind{
		repo.KindDockerfile, repo.KindCompose, repo.KindWorkflow, repo.KindAction, repo.KindGitLabCI, repo.KindMakefile,
		repo.KindKubernetes, repo.KindShell,
	} {
		out = append(out, string(k))
	}
	return out
}

// files are the paths to review, and the tree with standard input laid over it where that is what is reviewed.
func (o *checkOptions) files(ctx context.Context, tree *repo.Tree, args []string) (*repo.Tree, []string, error) {
	for _, k := range o.kinds {
		if !slices.Contains(kindList(), k) {
			hint := ""
			if near := config.Nearest(k, kindList()); near != "" {
				hint = fmt.Sprintf(": did you mean %q?", near)
			}
			return nil, nil, &usageError{fmt.Errorf("--only-format %q is not one of %s%s", k, strings.Join(kindList(), ", "), hint)}
		}
	}
	var paths []string
	var err error
	switch {
	case o.stdinName != "":
		tree, paths, err = o.withStdin(tree)
	default:
		paths, err = o.named(tree, args)
	}
	if err == nil && o.changedSince != "" {
		var changed map[string]bool
		if changed, err = changedSince(ctx, o.app.dir, o.changedSince); err == nil {
			paths = slices.DeleteFunc(paths, func(p string) bool { return !changed[p] })
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if len(o.kinds) > 0 {
		paths = slices.DeleteFunc(paths, func(p string) bool { return !slices.Contains(o.kinds, string(tree.Kind(p))) })
	}
	return tree, paths, nil
}

func (o *checkOptions) withStdin(tree *repo.Tree) (*repo.Tree, []string, error) {
	name, err := o.inRepository(o.stdinName)
	if err != nil {
		return nil, nil, err
	}
	if reason := edit.Malformed(name); reason != "" {
		return nil, nil, &usageError{fmt.Errorf("--stdin-filename %q: %s", o.stdinName, reason)}
	}
	src, err := io.ReadAll(io.LimitReader(o.app.in, repo.MaxFile+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read standard input: %w", err)
	}
	return tree.With(map[string][]byte{name: src}), []string{name}, nil
}

// named are the files that the arguments name, or all.
func (o *checkOptions) named(tree *repo.Tree, args []string) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var out []string
	for _, arg := range args {
		p, err := o.inRepository(arg)
		if err != nil {
			return nil, err
		}
		under := tree.Under(p)
		switch {
		case tree.Has(p):
			out = append(out, p)
		case len(under) > 0 || p == ".":
			for _, f := range under {
				out = append(out, f.Path)
			}
		case !o.exists(p):
			return nil, &usageError{fmt.Errorf("%s: no such file or folder in the repository (paths start at -C)", arg)}
		default:
			fmt.Fprintf(o.app.err, "%s: not reviewed: git ignores it, or it is a link or an empty folder\n", report.Plain(arg))
		}
	}
	return out, nil
}

// exists tells whether there is something at a path that the tree does not list.
func (o *checkOptions) exists(p string) bool {
	_, err := os.Lstat(filepath.Join(o.app.dir, filepath.FromSlash(p)))
	return err == nil
}

// inRepository turns a path of the command line into one of the tree.
func (o *checkOptions) inRepository(arg string) (string, error) {
	p := arg
	if filepath.IsAbs(p) {
		root, err := filepath.Abs(o.app.dir)
		if err != nil {
			return "", err
		}
		if p, err = filepath.Rel(root, p); err != nil {
			return "", &usageError{err}
		}
	}
	p = path.Clean(filepath.ToSlash(p))
	if p == ".." || strings.HasPrefix(p, "../") {
		return "", &usageError{fmt.Errorf("%s lies outside of the repository: name its root with -C", arg)}
	}
	return p, nil
}

// changedSince asks git which files differ from the common ancestor with a revision, those that git does not know
// included. The revision is looked up first, as a revision and nothing else; what is handed on is its hash.
func changedSince(ctx context.Context, dir, rev string) (map[string]bool, error) {
	hash, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		return nil, &usageError{fmt.Errorf("--changed-since %q is no commit that git finds here (%w): in a pipeline, fetch it first", rev, err)}
	}
	hash = strings.TrimSpace(hash)
	if base, err := git(ctx, dir, "merge-base", hash, "HEAD"); err == nil {
		hash = strings.TrimSpace(base)
	}
	tracked, err := git(ctx, dir, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--diff-filter=d", "--relative", hash, "--")
	if err != nil {
		return nil, err
	}
	others, err := git(ctx, dir, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, p := range strings.Split(tracked+others, "\x00") {
		out[p] = true
	}
	return out, nil
}

// git runs git in a folder, without what a repository's settings could make it start.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", dir}, args...)...) //nolint:gosec // the arguments are this program's own, but for a revision behind --end-of-options
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("git is not installed")
	case err != nil && errs.Len() > 0:
		line, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return "", fmt.Errorf("git %s: %s", args[0], line)
	case err != nil:
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return out.String(), nil
}
