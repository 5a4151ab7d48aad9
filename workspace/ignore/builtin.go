package ignore

import (
	"os"
	"path/filepath"
	"strings"
)

// Built-in rules look at names in lower case whatever the file system does: ID_RSA is a key too.

// versionControl names the directories of version control, and the .git file of a worktree or submodule.
func versionControl(name string, isDir bool) Skip {
	switch name {
	case ".git":
		return builtIn("version control: .git")
	case ".hg", ".svn", ".jj", ".bzr", ".pijul", "_darcs":
		if isDir {
			return builtIn("version control: " + name)
		}
	}
	return Skip{}
}

// credentials names what holds secrets by convention. A directory that is merely called credentials is code.
func credentials(name string, isDir bool) Skip {
	rule := ""
	if isDir {
		switch name {
		case ".aws", ".ssh", ".gnupg", ".azure", ".kube", ".password-store":
			rule = name + "/"
		}
	} else {
		rule = credentialFile(name)
	}
	if rule == "" {
		return Skip{}
	}
	return builtIn("credentials: " + rule)
}

// credentialFile returns the rule that names the file, or "".
func credentialFile(name string) string {
	switch name {
	case ".netrc", "_netrc", ".npmrc", ".pypirc", ".pgpass", ".my.cnf", ".htpasswd", ".git-credentials", ".envrc",
		".dockercfg", ".s3cfg", ".boto", ".vault-token", "credentials", "credentials.json",
		"application_default_credentials.json":
		return name
	}
	if name == ".env" || strings.HasPrefix(name, ".env.") || strings.HasSuffix(name, ".env") {
		if example(name) {
			return ""
		}
		if strings.HasPrefix(name, ".env.") {
			return ".env.*"
		}
		if name == ".env" {
			return ".env"
		}
		return "*.env"
	}
	for _, prefix := range []string{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"} {
		if strings.HasPrefix(name, prefix) {
			return prefix + "*"
		}
	}
	if strings.HasSuffix(name, ".json") {
		for _, prefix := range []string{"service-account", "service_account", "client_secret"} {
			if strings.HasPrefix(name, prefix) {
				return prefix + "*.json"
			}
		}
	}
	if strings.Contains(name, ".tfstate") {
		return "*.tfstate*"
	}
	switch ext := filepath.Ext(name); ext {
	case ".pem", ".key", ".p8", ".p12", ".pfx", ".pkcs12", ".keystore", ".jks", ".ppk", ".kdbx", ".kdb", ".ovpn",
		".tfvars":
		return "*" + ext
	}
	return ""
}

// example reports whether an environment file is one to copy from: .env.example, .env.local.sample, template.env.
func example(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		switch part {
		case "example", "sample", "template", "dist", "defaults":
			return true
		}
	}
	return false
}

// worthlessDir names directories of dependencies and caches. Two names are common words and count only beside the
// file that gives them away.
func (r *Rules) worthlessDir(folded, name string) Skip {
	switch folded {
	case "node_modules", "bower_components", "jspm_packages", ".pnpm-store":
		return builtIn("dependencies: " + folded)
	case ".venv", "__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".eggs",
		".ipynb_checkpoints", ".idea", ".vscode-test", ".terraform", ".gradle", ".next", ".nuxt", ".svelte-kit",
		".parcel-cache", ".angular", ".dart_tool", ".stack-work", ".direnv":
		return builtIn("cache: " + folded)
	case "venv", "env", ".env", "virtualenv":
		if r.has(name, "pyvenv.cfg") {
			return builtIn("virtual environment: pyvenv.cfg")
		}
	case "target":
		if r.has("Cargo.toml") {
			return builtIn("build output: target beside Cargo.toml")
		}
	}
	if (folded == ".bare" || strings.HasSuffix(folded, ".git")) && r.has(name, "HEAD") && r.has(name, "objects") {
		return builtIn("version control: bare repository")
	}
	return Skip{}
}

func (r *Rules) has(elem ...string) bool {
	_, err := os.Lstat(filepath.Join(r.dir, filepath.Join(elem...)))
	return err == nil
}

// worthlessFile names files that are written by programs or are not text.
func worthlessFile(name string) Skip {
	switch name {
	case "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
		"deno.lock", "cargo.lock", "go.sum", "go.work.sum", "poetry.lock", "uv.lock", "pdm.lock", "pipfile.lock",
		"pixi.lock", "conda-lock.yml", "composer.lock", "gemfile.lock", "flake.lock", "mix.lock", "pubspec.lock",
		"podfile.lock", "cartfile.resolved", "package.resolved", "packages.lock.json", "paket.lock",
		"gradle.lockfile", ".terraform.lock.hcl", "rebar.lock", "stack.yaml.lock", "shard.lock",
		"module.bazel.lock", "chart.lock", "buf.lock":
		return builtIn("lock file: " + name)
	case ".ds_store", "thumbs.db":
		return builtIn("binary: " + name)
	}
	ext := filepath.Ext(name)
	switch ext {
	case "":
		return Skip{}
	case ".map":
		return builtIn("minified: *.map")
	case ".js", ".css", ".mjs", ".cjs":
		if min := ".min" + ext; strings.HasSuffix(name, min) {
			return builtIn("minified: *" + min)
		}
		return Skip{}
	}
	if kind := binaryKind(ext); kind != "" {
		return builtIn("binary, " + kind + ": *" + ext)
	}
	if i := strings.LastIndex(name, ".so."); i > 0 && strings.Trim(name[i+4:], "0123456789.") == "" {
		return builtIn("binary, object: *.so.*")
	}
	return Skip{}
}

// binaryKind says what files of that extension hold if they are never text. Extensions that text uses too (.ts is
// video and TypeScript, .dat, .bin of hex) are left to Content.
func binaryKind(ext string) string {
	switch ext {
	case ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".ico", ".icns", ".tif", ".tiff", ".webp", ".avif", ".heic", ".heif",
		".psd", ".xcf", ".cr2", ".nef", ".dng", ".tga", ".dds", ".ktx", ".svg", ".svgz", ".eps", ".sketch", ".fig":
		return "image"
	case ".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".lz4", ".lzma", ".br", ".7z", ".rar",
		".jar", ".war", ".ear", ".aar", ".whl", ".egg", ".gem", ".deb", ".rpm", ".apk", ".aab", ".ipa", ".dmg",
		".iso", ".nupkg", ".crate", ".vsix", ".xpi", ".crx", ".cab", ".msi", ".cpio":
		return "archive"
	case ".ttf", ".otf", ".woff", ".woff2", ".eot", ".ttc", ".pfb":
		return "font"
	case ".mp3", ".mp4", ".m4a", ".m4v", ".ogg", ".oga", ".ogv", ".opus", ".wav", ".flac", ".aac", ".aiff", ".mid",
		".midi", ".avi", ".mov", ".mkv", ".webm", ".wmv", ".flv", ".mpg", ".mpeg", ".swf":
		return "media"
	case ".o", ".obj", ".a", ".lib", ".so", ".dylib", ".dll", ".exe", ".ko", ".elf", ".class", ".dex", ".pyc", ".pyo",
		".pyd", ".wasm", ".beam", ".elc", ".rlib", ".rmeta", ".pdb", ".ilk", ".pch", ".gch", ".node", ".hi", ".cmi",
		".cmx", ".cmo", ".bc":
		return "object"
	case ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".odp", ".rtf", ".epub", ".mobi",
		".pages", ".numbers", ".vsd", ".vsdx":
		return "office"
	case ".db", ".sqlite", ".sqlite3", ".mdb", ".accdb", ".parquet", ".avro", ".orc", ".feather", ".npy", ".npz",
		".h5", ".hdf5", ".pkl", ".pickle", ".pt", ".pth", ".onnx", ".safetensors", ".ckpt", ".gguf", ".tflite",
		".tfrecord", ".mat", ".rdata", ".rds":
		return "data"
	}
	return ""
}
