package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// directory is the absolute path of the directory that the n-th argument
// names, the current one where there is no such argument.
func directory(args []string, n int) (string, error) {
	dir := "."
	if n < len(args) {
		dir = args[n]
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", noSuch("directory", dir)
	case err != nil:
		return "", err
	case !info.IsDir():
		return "", hinted("name the directory that it lies in", "%s: a file, not a directory", dir)
	}
	return filepath.Abs(dir)
}

func noSuch(what, path string) error { return fmt.Errorf("%s: no such %s", path, what) }

// addColor defines --color.
func (p *process) addColor(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.color, "color", "auto", "`WHEN` to use colours: auto, always or never")
	words := cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc("color", words); err != nil {
		panic(err) // a flag that was defined two lines above
	}
}

// completeDirectory lets a shell complete the n-th argument to a directory and
// the others to nothing.
func completeDirectory(n int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == n {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}
