// What the handlers of several grammars share. A handler gets the node and the walk (tree.mjs); false from it leaves out what is
// inside the node.

export const value = { level: 'value' }

export const loose = { level: 'loose' }

export const field = (node, name) => node.childForFieldName(name)

export const child = (node, ...types) => node.namedChildren.find((c) => types.includes(c.type))

// named defines the node by its field `name`.
export const named = (kind, options) => (node, walk) => {
  const name = field(node, 'name')
  if (name) walk.define(node, name, typeof kind === 'function' ? kind(node, walk) : kind, options)
}

export const member = (_, walk) => (walk.inType ? 'method' : 'function')

// constant defines it where it is no local.
export const constant =
  (kind, options = value) =>
  (node, walk) => {
    if (walk.functions === 0) named(kind, options)(node, walk)
  }

export const simple = (text) => text.replace(/\s+/g, '').replace(/<.*$/s, '')

export const dotted = (text) => simple(text).replaceAll('::', '.').replaceAll('\\', '.').replace(/^\.+/, '')

// A namespace without a body holds the rest of the file.
export function namespace(node, walk) {
  const name = field(node, 'name')
  if (!name) return
  const record = walk.define(node, name, 'namespace', { keep: false })
  walk.hold(dotted(record.name), 'namespace')
  if (!field(node, 'body')) walk.remain()
}

// What stands in a class or object, wherever that stands, is a member and no local.
export function members(table, ...types) {
  for (const type of types) {
    const define = table[type]
    table[type] = (node, walk) => {
      const result = define(node, walk)
      walk.functions = 0
      return result
    }
  }
}
