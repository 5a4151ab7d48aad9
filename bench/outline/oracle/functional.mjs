// Haskell and OCaml.
import { loose, field, child } from './handlers.mjs'

export const decorative = /comment|haddock|pragma|cpp|default_signature/

function sibling(node, step) {
  let s = node[step]
  while (s && decorative.test(s.type)) s = s[step]
  return s
}

const haskellName = (node) => {
  const name = field(node, 'name')
  if (name) return name
  const inner = node.namedChildren.find((c) => c.type === 'infix')
  return inner ? field(inner, 'operator') : undefined
}

const clean = (name) => name.text.replace(/^[(`]\s*|\s*[)`]$/g, '')

function equation(node, walk) {
  const name = haskellName(node)
  if (!name || !/declarations$/.test(node.parent.type)) return
  const top = node.parent.type === 'declarations'
  const same = (other) =>
    other &&
    (other.type === 'function' || other.type === 'bind') &&
    haskellName(other) &&
    clean(haskellName(other)) === clean(name)
  if (same(sibling(node, 'previousNamedSibling'))) return false
  let last = node
  for (let s = sibling(node, 'nextNamedSibling'); same(s); s = sibling(s, 'nextNamedSibling')) last = s
  let before = sibling(node, 'previousNamedSibling')
  let signed
  if (before?.type === 'signature') {
    const names = [field(before, 'name'), ...(field(before, 'names')?.namedChildren ?? [])].filter(Boolean)
    signed = names.find((n) => clean(n) === clean(name))
  }
  let above = node.previousNamedSibling
  while (above && above.type !== 'default_signature' && decorative.test(above.type)) above = above.previousNamedSibling
  if (!signed && above?.type === 'default_signature') {
    // the default's own signature, where others stand between it and the method's
    const own = field(above.namedChildren.find((c) => c.type === 'signature') ?? above, 'name')
    if (own && clean(own) === clean(name)) [before, signed] = [above, own]
  }
  walk.define(signed ? before : node, signed ?? name, top ? 'function' : 'method', {
    alt: signed ? name : undefined,
    end: last,
    text: clean(name),
    level: node.parent.type === 'instance_declarations' ? 'loose' : undefined,
  })
}

const haskellType = (kind, options) => (node, walk) => {
  const name = haskellName(node)
  if (name) walk.define(node, name, kind, { ...options, text: clean(name) })
}

export const haskell = {
  function: equation,
  bind: equation,
  signature: (node, walk) => {
    // a class's method, or one without an equation
    if (!/^(class_)?declarations$/.test(node.parent.type)) return
    const names = [field(node, 'name'), ...(field(node, 'names')?.namedChildren ?? [])].filter(Boolean)
    for (const name of names) {
      const level = node.parent.type === 'class_declarations' ? undefined : 'loose'
      const next = sibling(node, 'nextNamedSibling')
      if (
        next &&
        (next.type === 'function' || next.type === 'bind') &&
        haskellName(next) &&
        clean(haskellName(next)) === clean(name)
      )
        continue
      walk.define(node, name, level ? 'function' : 'method', { level, text: clean(name), keep: false })
    }
  },
  data_type: haskellData,
  newtype: haskellData,
  type_instance: haskellType('class', loose),
  type_synomym: haskellType('class'),
  type_family: haskellType('class'),
  data_family: haskellType('class'),
  class: haskellType('interface'),
  instance: haskellType('class', loose),
  data_constructor: loosely,
  foreign_import: (node, walk) => {
    const name = field(node, 'signature') && field(field(node, 'signature'), 'name')
    if (name) walk.define(node, name, 'function', {})
    return false
  },
  pattern_synonym: (node, walk) => {
    const name = node.descendantsOfType('constructor')[0]
    if (name) walk.define(node, name, 'function', loose)
    return false
  },
}

// Data is an enum of its constructors, or a struct where there is but one.
function haskellData(node, walk) {
  const name = haskellName(node)
  if (!name) return
  const several = (field(node, 'constructors')?.namedChildren.filter((c) => !decorative.test(c.type)).length ?? 0) > 1
  const instance = /instance|class/.test(node.parent.type) || node.parent.parent?.type === 'instance_declarations'
  walk.define(node, name, several ? 'enum' : 'struct', { text: clean(name), level: instance ? 'loose' : undefined })
}

function loosely(node, walk) {
  const name = node.descendantsOfType(['constructor'])[0]
  if (name) walk.define(node, name, 'enummember', { ...loose, keep: false })
}

const ocamlTop = (node) => node.parent.type !== 'let_expression'

const ocamlName =
  (kind, ...types) =>
  (node, walk) => {
    const name = child(node, ...types)
    if (name && name.text !== '_')
      walk.define(
        node.parent.type.endsWith('definition') && node.parent.namedChildCount === 1 ? node.parent : node,
        name,
        kind,
        {},
      )
  }

const ocamlLoosely = (kind, type) => (node, walk) => {
  const name = child(node, type)
  if (name) walk.define(node, name, kind, { ...loose, keep: false })
}

const bare = (name) => name.text.replace(/^\(\s*|\s*\)$/g, '') // an operator in parentheses

const ocamlTypes = { record_declaration: 'struct', variant_declaration: 'enum', polymorphic_variant_type: 'enum' }

export const ocaml = {
  module_binding: ocamlName('module', 'module_name'),
  module_type_definition: ocamlName('interface', 'module_type_name'),
  class_binding: ocamlName('class', 'class_name'),
  class_type_binding: ocamlName('class', 'class_type_name'),
  method_definition: ocamlName('method', 'method_name'),
  // what a class's type declares is no definition in the tags query, but no mistake either
  method_specification: ocamlLoosely('method', 'method_name'),
  instance_variable_definition: ocamlLoosely('variable', 'instance_variable_name'),
  instance_variable_specification: ocamlLoosely('variable', 'instance_variable_name'),
  exception_definition: (node, walk) => {
    const name = node.descendantsOfType('constructor_name')[0]
    if (name) walk.define(node, name, 'class', loose)
  },
  type_binding: (node, walk) => {
    const name = field(node, 'name')
    if (name?.type === 'type_constructor')
      walk.define(
        node.parent.namedChildren.filter((c) => c.type === 'type_binding').length === 1 ? node.parent : node,
        name,
        ocamlTypes[(field(node, 'body') ?? field(node, 'equation'))?.type] ?? 'class',
        {},
      )
  },
  external: (node, walk) => {
    const name = child(node, 'value_name', 'parenthesized_operator')
    if (name) walk.define(node, name, 'function', name.type === 'value_name' ? {} : { ...loose, text: bare(name) })
  },
  value_specification: (node, walk) => {
    const name = child(node, 'value_name', 'parenthesized_operator')
    let type = field(node, 'type')
    while (type && /polymorphic_type|parenthesized_type/.test(type.type)) type = type.lastNamedChild
    const kind = type?.type === 'function_type' ? 'function' : 'constant'
    const level = name?.type !== 'value_name' ? 'loose' : kind === 'constant' ? 'value' : undefined
    if (name) walk.define(node, name, kind, { level, text: bare(name) })
  },
  let_binding: (node, walk) => {
    const name = field(node, 'pattern')
    const definition = node.parent
    if (definition.type !== 'value_definition' || (name?.type !== 'value_name' && name?.type !== 'parenthesized_operator')) return
    const callable = child(node, 'parameter') || ['fun_expression', 'function_expression'].includes(field(node, 'body')?.type)
    const whole = definition.namedChildren.filter((c) => c.type === 'let_binding').length === 1 ? definition : node
    if (!ocamlTop(definition) || walk.functions > 0) {
      // let ... in: a local
      if (callable && name.text !== '_')
        walk.define(whole, name, 'function', { level: name.type === 'value_name' ? 'inner' : 'loose', text: bare(name) })
      walk.functions++
      return
    }
    const level = name.type !== 'value_name' || name.text === '_' ? 'loose' : callable ? undefined : 'value'
    walk.define(whole, name, callable ? 'function' : 'constant', { level, text: bare(name), keep: name.text !== '_' })
    walk.functions++
  },
  constructor_declaration: (node, walk) => {
    const name = child(node, 'constructor_name')
    if (name) walk.define(node, name, 'enummember', { ...loose, keep: false })
  },
}
