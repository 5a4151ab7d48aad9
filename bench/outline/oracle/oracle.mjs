// What the grammars of tree-sitter, the TypeScript compiler, PostCSS, parse5, commonmark.js and PostgreSQL's parser name in
// source files:
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
  if (out.length > 0) process.stdout.write(out.join('\n') + '\n')
  out = []
}

const read = (file) => fs.readFileSync(path.join(folder, file), 'utf8')

const version = (name) => `${name} ${JSON.parse(fs.readFileSync(path.join(here, 'node_modules', name, 'package.json'))).version}`

async function outliner() {
  switch (language) {
    case 'javascript':
    case 'typescript':
      return (await import('./compiler.mjs')).compiler(createRequire(import.meta.url)('typescript'), write)
    case 'css':
      return (await import('./styles.mjs')).styles((await import('postcss')).parse, version('postcss'), write)
    case 'scss':
      return (await import('./styles.mjs')).styles((await import('postcss-scss')).parse, version('postcss-scss'), write)
    case 'html':
      return (await import('./pages.mjs')).pages(await import('parse5'), version('parse5'), write)
    case 'markdown':
      return (await import('./prose.mjs')).prose(await import('commonmark'), version('commonmark'), write)
    case 'sql':
      return (await import('./sql.mjs')).sql(await import('libpg-query'), version('libpg-query'), write)
    default: {
      const { grammars } = await import('./grammars.mjs')
      return (await import('./tree.mjs')).outliner(here, grammars[language], write)
    }
  }
}

const outline = await outliner()
for (const file of files) outline(file, read(file))
flush()
