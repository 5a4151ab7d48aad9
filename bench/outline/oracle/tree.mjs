// Walks a tree of a tree-sitter grammar by its table in grammars.mjs.
import path from 'node:path'
import fs from 'node:fs'
import { Parser, Language } from 'web-tree-sitter'

export async function outliner(here, grammar, write) {
  if (!grammar) throw new Error('no grammar for this language in grammars.mjs')
  await Parser.init()
  const parsers = {}
  const versions = []
  for (const wasm of [grammar.wasm, grammar.interface].filter(Boolean)) {
    const file = path.join(here, 'node_modules', wasm)
    parsers[wasm] = new Parser().setLanguage(await Language.load(file))
    const owner = path.join(here, 'node_modules', ...wasm.split('/').slice(0, wasm.startsWith('@') ? 2 : 1), 'package.json')
    const { name, version } = JSON.parse(fs.readFileSync(owner, 'utf8'))
    if (!versions.includes(`${name} ${version}`)) versions.push(`${name} ${version}`)
  }
  write({ version: versions.join(', ') })

  return function outline(file, text) {
    const parser = parsers[grammar.interface && file.endsWith(grammar.interfaceExt) ? grammar.interface : grammar.wasm]
    const tree = grammar.lost?.test(text) ? undefined : parser.parse(text)
    if (!tree) {
      write({ path: file, skip: [1, 1 << 30] })
      return
    }
    new Walk(grammar, file, write).run(tree.rootNode)
    tree.delete()
  }
}

class Walk {
  constructor(grammar, file, write) {
    this.grammar = grammar
    this.file = file
    this.write = write
    this.within = [] // names around the current node
    this.functions = 0 // around the current node, within the innermost type
    this.types = [] // kinds of the named nodes around the current one
    this.rest = undefined // names that hold for the siblings behind this node: those of a file-scoped namespace
  }

  run(root) {
    this.skip(root)
    if (root.type === 'ERROR') return
    this.visit(root.walk())
  }

  skip(node) {
    if (node.type !== 'ERROR') return
    this.write({ path: this.file, skip: [node.startPosition.row + 1, node.endPosition.row + 1] })
  }

  visit(cursor) {
    const type = cursor.nodeType
    if (type === 'ERROR') {
      this.skip(cursor.currentNode)
      return
    }
    const { within, types, functions } = this
    const handle = this.grammar.nodes[type]
    let inside = true
    if (handle) {
      const node = cursor.currentNode
      if (node.isNamed) inside = handle(node, this) !== false
    }
    const rest = this.rest
    this.rest = undefined
    if (this.grammar.locals?.includes(type)) this.functions++
    if (inside && cursor.gotoFirstChild()) {
      do this.visit(cursor)
      while (cursor.gotoNextSibling())
      cursor.gotoParent()
    }
    this.within = rest?.within ?? within
    this.types = rest?.types ?? types
    this.functions = functions
  }

  // opaque says that lines behind the node's first are not looked into.
  opaque(node) {
    if (node.endPosition.row > node.startPosition.row)
      this.write({ path: this.file, skip: [node.startPosition.row + 2, node.endPosition.row + 1] })
  }

  // define writes a definition, and lets it hold what is inside the node.
  define(node, name, kind, { level, owner, end, alt, text, keep, noEnd } = {}) {
    text ??= name.text
    const container = owner ? [...this.within, owner] : this.within
    const last = end ?? node
    const row = endRow(last, this.grammar.comments)
    const record = {
      path: this.file,
      name: text,
      kind,
      container: container.join('.'),
      nameLine: name.startPosition.row + 1,
      startLine: node.startPosition.row + 1,
      endLine: row + 1,
    }
    if (level) record.level = level
    else if (this.functions > 0) record.level = 'inner'
    if (alt) record.altLine = alt.startPosition.row + 1
    if (noEnd || node.hasError || last.hasError) record.noEnd = true
    this.write(record)
    if (keep !== false) this.hold(owner ? `${owner}.${text}` : text, kind)
    if (kind === 'function' || kind === 'method' || kind === 'constructor') this.functions++
    return record
  }

  // hold puts a name around what is inside the node, without a definition.
  hold(name, kind) {
    this.within = [...this.within, name]
    this.types = [...this.types, kind]
  }

  // remain lets the names around hold for what follows the node beside it.
  remain() {
    this.rest = { within: this.within, types: this.types }
  }

  // become changes what kind the innermost named node is of.
  become(kind) {
    this.types = [...this.types.slice(0, -1), kind]
  }

  // reset ends every name around.
  reset() {
    this.within = []
    this.types = []
  }

  // inside is the kind of the innermost named node around.
  get inside() {
    return this.types[this.types.length - 1]
  }

  get inType() {
    return this.functions === 0 && ['class', 'struct', 'interface', 'enum', 'enummember', 'impl'].includes(this.inside)
  }
}

// endRow is the row of the last thing in a node that is neither white space nor a comment: some grammars let a node run on
// over those.
function endRow(node, comments = /comment/) {
  let n = node
  for (;;) {
    let c = n.lastChild
    if (!c || (c.endIndex < n.endIndex && n.text.slice(c.endIndex - n.startIndex).trim() !== '')) break // a closing quote
    while (c && (comments.test(c.type) || c.startIndex === c.endIndex)) c = c.previousSibling
    if (!c) break
    n = c
  }
  const text = n.text
  const trailing = text.length - text.trimEnd().length
  if (trailing === 0) return n.endPosition.row
  let row = n.endPosition.row
  for (let i = text.length - trailing; i < text.length; i++) if (text[i] === '\n') row--
  return Math.max(row, n.startPosition.row)
}
