"""What Python's own ast names in source files:

    python3 python.py FOLDER < paths-relative-to-FOLDER

The lines of the answer are those of oracle.mjs.
"""

import ast
import json
import platform
import sys
import tokenize
import warnings

warnings.simplefilter("ignore")
folder = sys.argv[1]


def write(record):
    print(json.dumps(record))


def outline(path):
    try:
        with open(f"{folder}/{path}", "rb") as f:
            encoding = tokenize.detect_encoding(f.readline)[0]
        with open(f"{folder}/{path}", encoding=encoding, newline="") as f:
            text = f.read()
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        write({"path": path, "skip": [1, 1 << 30]})
        return
    lines = text.split("\n")

    def visit(node, within, kinds):
        local = bool(kinds) and kinds[-1] != "class"
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                if isinstance(child, ast.ClassDef):
                    kind = "class"
                elif kinds and kinds[-1] == "class":
                    kind = "constructor" if child.name == "__init__" else "method"
                else:
                    kind = "function"
                start = min([child.lineno] + [d.lineno for d in child.decorator_list])
                write(
                    {
                        "path": path,
                        "name": child.name,
                        "kind": kind,
                        "container": ".".join(within),
                        "nameLine": name_line(child),
                        "startLine": start,
                        "endLine": child.end_lineno,
                        "level": "inner" if local else "",
                    }
                )
                visit(child, within + [child.name], kinds + [kind])
                continue
            if isinstance(child, (ast.Assign, ast.AnnAssign)) and not local:
                targets = child.targets if isinstance(child, ast.Assign) else [child.target]
                for target in targets:
                    for name in ast.walk(target):
                        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                            write(
                                {
                                    "path": path,
                                    "name": name.id,
                                    "kind": "constant" if name.id.isupper() else "variable",
                                    "container": ".".join(within),
                                    "nameLine": name.lineno,
                                    "startLine": child.lineno,
                                    "endLine": child.end_lineno,
                                    "level": "loose" if kinds or not isinstance(node, ast.Module) else "value",
                                }
                            )
            if sys.version_info >= (3, 12) and isinstance(child, ast.TypeAlias):
                write(
                    {
                        "path": path,
                        "name": child.name.id,
                        "kind": "class",
                        "container": ".".join(within),
                        "nameLine": child.name.lineno,
                        "startLine": child.lineno,
                        "endLine": child.end_lineno,
                        "level": "loose",
                    }
                )
            visit(child, within, kinds)

    def name_line(node):
        """The name may stand on a line behind its keyword's, after a backslash."""
        for line in range(node.lineno, min(node.lineno + 3, len(lines)) + 1):
            if node.name in lines[line - 1]:
                return line
        return node.lineno

    visit(tree, [], [])


write({"version": f"Python {platform.python_version()} ast"})
for line in sys.stdin:
    if line.rstrip("\n"):
        outline(line.rstrip("\n"))
