package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// settingsFlags are the settings that were given on the command line, by key.
type settingsFlags map[string]string

// add defines a flag for every setting that may stand on a command line.
func (f settingsFlags) add(cmd *cobra.Command) {
	for _, row := range settings.Table() {
		if row.Secret {
			continue
		}
		name := flagName(row)
		cmd.PersistentFlags().Var(settingFlag{f, row}, name, usage(row))
		if row.Type == settings.Boolean {
			cmd.PersistentFlags().Lookup(name).NoOptDefVal = "true"
		}
		var complete cobra.CompletionFunc = cobra.NoFileCompletions
		switch {
		case row.Values != nil:
			complete = cobra.FixedCompletions(row.Values, cobra.ShellCompDirectiveNoFileComp)
		case row.Type == settings.Path:
			complete = nil // files
		}
		if complete != nil {
			if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
				panic(err) // a flag that was defined some lines above
			}
		}
	}
}

// flagName is embedding-base-url for embedding.baseURL: the words of the
// environment variable.
func flagName(row settings.Setting) string {
	name := strings.TrimPrefix(row.Env[0], "SEMANTIC_LS_")
	return strings.ToLower(strings.ReplaceAll(name, "_", "-"))
}

// usage is the first sentence of the setting's text. Its Markdown is left out:
// pflag takes what stands in backquotes for the name of the value.
func usage(row settings.Setting) string {
	text, _, _ := strings.Cut(strings.ReplaceAll(row.Doc, "`", ""), ". ")
	text = strings.TrimSuffix(text, ".")
	if row.Default != "" && row.Default != "0" {
		text += fmt.Sprintf(" (default %s)", row.Default)
	}
	return text
}

// settingFlag keeps what a flag was set to. Load checks it together with all
// other sources.
type settingFlag struct {
	given settingsFlags
	row   settings.Setting
}

var _ pflag.Value = settingFlag{}

func (f settingFlag) Set(text string) error {
	f.given[f.row.Key] = text
	return nil
}

func (f settingFlag) String() string { return f.given[f.row.Key] }

// Type is the value's name in the help.
func (f settingFlag) Type() string {
	if f.row.Values != nil {
		return strings.Join(f.row.Values, "|")
	}
	return string(f.row.Type)
}

// loadSettings reads the settings from all sources; editor is what an editor
// sent, nil for a command.
func (p *process) loadSettings(editor json.RawMessage) (settings.Settings, []settings.Warning, error) {
	return settings.Load(settings.Sources{
		Flags:   p.flags,
		Environ: p.environ,
		Editor:  editor,
		File:    settings.UserFile(),
	})
}

// settings are those of a command; what is odd about them is said on stderr.
func (p *process) settings() (settings.Settings, error) {
	s, warnings, err := p.loadSettings(nil)
	for _, warning := range warnings {
		p.warn(warning.Text)
	}
	return s, err
}

// warn says on stderr what is odd, or left out of an answer; nothing where text
// is empty.
func (p *process) warn(text string) {
	if text != "" {
		_, _ = fmt.Fprintf(p.stderr, "semantic-ls: warning: %s\n", escape(text))
	}
}
