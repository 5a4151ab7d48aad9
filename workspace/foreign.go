package workspace

import (
	"path"
	"strings"
)

// Foreign reports whether nobody here writes the file at path, as its name or its directories say: it is checked in as
// somebody else wrote it, or a program writes it. It is read and found like any other, below what people write.
func Foreign(file string) bool {
	lower := strings.ToLower(file)
	dir, base := path.Split(lower)
	for i := 0; dir != ""; i++ {
		var part string
		part, dir, _ = strings.Cut(dir, "/")
		switch part {
		case "vendor", "third_party", "thirdparty", "third-party", "3rdparty", "3rd-party", "3rd_party", "external", "extern",
			"node_modules", "generated", "__generated__", "carthage", "godeps", ".yarn":
			return true
		case "vendors", "deps", "pods", "dist":
			if i == 0 { // further down it is a word like others
				return true
			}
		}
	}
	return generatedName(base)
}

// generatedName knows what generators of code call their files, and the scripts that build tools leave in a project. A
// name that ends in _gen is as often that of a generator, but for Go's.
func generatedName(base string) bool {
	switch base {
	case "gradlew", "gradlew.bat", "mvnw", "mvnw.cmd":
		return true
	}
	for _, mark := range [...]string{
		".pb.", "_pb2.", "_pb2_grpc.", "_pb.", "_generated.", ".generated.", "_bundle.", ".bundle.", ".designer.", ".freezed.",
	} {
		if strings.Contains(base, mark) {
			return true
		}
	}
	for _, end := range [...]string{"_gen.go", ".g.dart", ".g.cs", ".g.i.cs"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return strings.HasPrefix(base, "zz_generated") || strings.HasSuffix(strings.TrimSuffix(base, path.Ext(base)), ".gen")
}
