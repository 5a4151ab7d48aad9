// What the grammars of tree-sitter and the TypeScript compiler name in source files:
//
//	npm ci
//	node oracle.mjs LANGUAGE FOLDER < paths-relative-to-FOLDER
//
// The first line of the answer is {"version": ...}. Then comes one JSON line per definition, {path, name, kind, container,
// nameLine, startLine, endLine}, and where that is not all:
//
//	level    "inner": inside a function or an object literal; "value": a constant, variable or property of a file or type;
//	         "loose": may be named, need not
//	altLine  another line that may count as the name's: an equation below its signature
//	noEnd    the parser is not sure of the end: there is an error inside
//
// and one {path, skip: [first, last]} per range of lines that the parser did not understand or does not look into.
// What counts as a definition follows the grammars' own queries/tags.scm, completed where these leave something out that
// the same query names for another language (Java's enums, C#'s constructors); grammars.mjs is the table.
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const [language, folder] = process.argv.slice(2)
const files = fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)
let out = []

function write(record) {
  out.push(JSON.stringify(record))
  if (out.length > 1000) flush()
}

function flush() {
  if (out.length > 0) fs.writeSync(1, out.join('\n') + '\n')
  out = []
}

const read = (file) => fs.readFileSync(path.join(folder, file), 'utf8')

if (language === 'javascript' || language === 'typescript') {
  const { compiler } = await import('./compiler.mjs')
  const outline = compiler(createRequire(import.meta.url)('typescript'), write)
  for (const file of files) outline(file, read(file))
} else {
  const { grammars } = await import('./grammars.mjs')
  const { outliner } = await import('./tree.mjs')
  const outline = await outliner(here, grammars[language], write)
  for (const file of files) outline(file, read(file))
}
flush()
