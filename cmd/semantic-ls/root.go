package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes, as grep and ripgrep have them; an interrupted command says so
// with the shells' 128 + SIGINT.
const (
	exitFound       = 0
	exitNone        = 1
	exitError       = 2
	exitInterrupted = 130
)

// process is what a command knows of the world around it.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
	env            func(name string) (value string, set bool)
	flags          settingsFlags
	color          string
}

// run is the program: it runs the command that args name and returns the exit
// code. It reads and writes nothing of the process but the working directory,
// the user's directories and what it is handed.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) int {
	p := &process{stdin: stdin, stdout: stdout, stderr: stderr, environ: env, env: lookup(env), flags: settingsFlags{}}
	root := p.rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return exitFound
	case ctx.Err() != nil:
		return exitInterrupted
	case isClosedPipe(err):
		return exitFound // whoever read has seen enough
	}
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	return p.complain(cmd, err)
}

// exitCode ends the program with that code, once everything has been said.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// failure is an error with the way out of it.
type failure struct {
	err  error
	hint string
	code int // that the program exits with
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// hinted is an error with a way out.
func hinted(hint, format string, args ...any) error {
	return &failure{fmt.Errorf(format, args...), hint, exitError}
}

// failures are those of several arguments; each is said by itself.
type failures []error

func (f failures) Error() string   { return errors.Join(f...).Error() }
func (f failures) Unwrap() []error { return f }

// complain says what failed, why, and the way out where there is one. It returns
// the exit code.
func (p *process) complain(cmd *cobra.Command, err error) int {
	code := exitError
	if several, ok := errors.AsType[failures](err); ok {
		for _, err := range several {
			code = max(code, p.complain(cmd, err))
		}
		return code
	}
	var b strings.Builder
	b.WriteString("semantic-ls: ")
	if cmd.HasParent() {
		b.WriteString(cmd.Name() + ": ")
	}
	b.WriteString(err.Error() + "\n")
	var f *failure
	if errors.As(err, &f) {
		code = f.code
		for line := range strings.Lines(f.hint) {
			b.WriteString("hint: " + line)
		}
		b.WriteString("\n")
	}
	// Names of files and answers of providers stand in it. There is no one to
	// tell when this fails.
	_, _ = io.WriteString(p.stderr, escapeLines(b.String()))
	return code
}

func (p *process) rootCommand() *cobra.Command {
	var stdio bool
	root := &cobra.Command{
		Use:   "semantic-ls",
		Short: "Find code by what it does",
		Long: `semantic-ls finds code by what it does: "where are requests cancelled" finds the
function, whatever it is called. Nothing has to be downloaded or configured, and
nothing leaves this machine unless you configure a remote provider.

Without a command it serves an editor if standard input is not a terminal.`,
		Example: `  semantic-ls search 'where are requests cancelled'
  semantic-ls search -C2 'retry with backoff' ~/src/project
  semantic-ls related lsp/server.go:120
  semantic-ls serve`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := "semantic-ls search " + quote(strings.Join(args, " "))
			if near := cmd.SuggestionsFor(args[0]); len(args) == 1 && len(near) > 0 {
				hint = "did you mean `semantic-ls " + near[0] + "`?"
			}
			return hinted(hint, "%q is not a command", args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !stdio && isTerminal(p.stdin) {
				return cmd.Help()
			}
			return p.serve(cmd.Context(), tracing{})
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.Flags().BoolVar(&stdio, "stdio", false, "serve over standard input and output")
	hide(root, "stdio") // editors add it by themselves
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return hinted("see `"+cmd.CommandPath()+" --help`", "%w", err)
	})
	root.CompletionOptions.HiddenDefaultCmd = false
	p.flags.add(root)
	root.AddCommand(p.searchCommand(), p.relatedCommand(), p.duplicatesCommand(), p.outlineCommand(), p.indexCommand(),
		p.statusCommand(), p.cacheCommand(), p.serveCommand(), p.replayCommand(), p.doctorCommand(), p.versionCommand())
	return root
}

// hide keeps a flag out of the help.
func hide(cmd *cobra.Command, flag string) {
	if err := cmd.Flags().MarkHidden(flag); err != nil {
		panic(err) // a flag that was defined a line above
	}
}

// atMost is cobra.RangeArgs with a way out of too few and too many.
func atMost(least, most int, hint func(args []string) string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return hinted("see `"+cmd.CommandPath()+" --help`", "too few arguments: %s", cmd.UseLine())
		case len(args) > most:
			return hinted(hint(args), "%d arguments, at most %d make sense", len(args), most)
		}
		return nil
	}
}

// quote is s as a shell takes it for one word.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// lookup finds a variable in an environment of NAME=VALUE; the last one of a
// name counts.
func lookup(env []string) func(name string) (string, bool) {
	vars := make(map[string]string, len(env))
	for _, entry := range env {
		if name, value, ok := strings.Cut(entry, "="); ok {
			vars[name] = value
		}
	}
	return func(name string) (string, bool) {
		value, ok := vars[name]
		return value, ok
	}
}
