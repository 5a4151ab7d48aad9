// Scripting languages, and Clojure.
import { value, loose, field, child, named, member, dotted } from './handlers.mjs'

const rubyTypes = { Class: 'class', Module: 'module', Struct: 'struct', Data: 'struct' }

export const ruby = {
  method: named((node, walk) => (walk.inType && field(node, 'name').text === 'initialize' ? 'constructor' : member(node, walk))),
  singleton_method: (node, walk) => {
    const object = field(node, 'object')
    const owner = object && object.text !== 'self' ? object.text : undefined
    if (field(node, 'name')) walk.define(node, field(node, 'name'), owner || walk.inType ? 'method' : 'function', { owner })
  },
  alias: named('method', { ...loose, keep: false }),
  class: scoped('class'),
  module: scoped('module'),
  singleton_class: (node, walk) => {
    const v = field(node, 'value')
    if (v && v.type === 'constant') walk.define(node, v, 'class', loose)
  },
  assignment: (node, walk) => {
    const left = field(node, 'left')
    if (walk.functions === 0 && left?.type === 'constant') {
      const right = field(node, 'right')
      const made = right?.type === 'call' && field(right, 'method')?.text === 'new' ? field(right, 'receiver')?.text : undefined
      walk.define(node, left, rubyTypes[made] ?? 'constant', value)
    }
  },
}

// A class named A::B is B within A.
function scoped(kind) {
  return (node, walk) => {
    let name = field(node, 'name')
    if (!name) return
    let owner
    if (name.type === 'scope_resolution') {
      owner = field(name, 'scope') ? dotted(field(name, 'scope').text) : undefined
      name = field(name, 'name')
    }
    walk.define(node, name, kind, { owner })
    walk.become('class')
    walk.functions = 0
  }
}

export const bash = {
  function_definition: named('function'),
  variable_assignment: (node, walk) => {
    const name = field(node, 'name')
    if (name) walk.define(node, name, 'variable', { ...loose, keep: false })
  },
}

const elixirFunctions = ['def', 'defp', 'defdelegate', 'defguard', 'defguardp', 'defmacro', 'defmacrop', 'defn', 'defnp']

export const elixir = {
  call: (node, walk) => {
    const target = field(node, 'target')
    if (target?.type !== 'identifier') return
    const args = child(node, 'arguments')
    const first = args?.firstNamedChild
    if (!first) return
    switch (target.text) {
      case 'defmodule':
      case 'defprotocol':
      case 'defimpl':
        if (first.type === 'alias')
          walk.define(node, first, target.text === 'defprotocol' ? 'interface' : 'module', target.text === 'defimpl' ? loose : {})
        return
      default:
    }
    if (!elixirFunctions.includes(target.text)) return
    let head = first
    if (head.type === 'binary_operator' && field(head, 'operator')?.text === 'when') head = field(head, 'left')
    const name =
      head.type === 'identifier'
        ? head
        : head.type === 'call'
          ? field(head, 'target')
          : head.type === 'binary_operator'
            ? field(head, 'operator')
            : undefined
    if (!name || (name.type !== 'identifier' && head.type !== 'binary_operator')) return
    walk.define(node, name, 'function', head.type === 'binary_operator' ? loose : {})
  },
}

function luaName(node) {
  return field(node, 'method') ?? field(node, 'field') ?? node
}

const luaOwner = (node) => {
  const owner = field(node, 'table')?.text.replaceAll(':', '.')
  return owner && owner !== 'self' && /^[\w.]+$/.test(owner) ? owner : undefined
}

export const lua = {
  function_declaration: (node, walk) => {
    const name = field(node, 'name')
    if (name)
      walk.define(node, luaName(name), name.type === 'method_index_expression' ? 'method' : 'function', { owner: luaOwner(name) })
  },
  assignment_statement: (node, walk) => {
    const names = child(node, 'variable_list')?.namedChildren ?? []
    const values = child(node, 'expression_list')?.namedChildren ?? []
    const start = node.parent.type === 'variable_declaration' ? node.parent : node
    names.forEach((name, i) => {
      if (name.type === 'bracket_index_expression') return
      if (values[i]?.type === 'function_definition')
        walk.define(start, luaName(name), 'function', { owner: luaOwner(name), level: i > 0 ? 'loose' : undefined })
      else if (walk.functions === 0)
        walk.define(start, luaName(name), 'variable', { ...loose, owner: luaOwner(name), keep: false })
    })
  },
  field: (node, walk) => {
    const name = field(node, 'name')
    if (name?.type === 'identifier' && field(node, 'value')?.type === 'function_definition')
      walk.define(node, name, 'function', {})
  },
}

function juliaHead(node) {
  let head = node
  while (head && !['identifier', 'operator', 'field_expression', 'call_expression'].includes(head.type)) {
    if (head.type === 'argument_list') return {} // function (x), whose first parameter is no name
    head = head.firstNamedChild
  }
  if (head?.type === 'call_expression') {
    let callee = head.firstNamedChild
    while (
      callee &&
      ['curly_expression', 'parametrized_type_expression', 'parenthesized_expression', 'where_expression'].includes(callee.type)
    )
      callee = callee.firstNamedChild
    head = callee
  }
  if (head?.type === 'field_expression') {
    const parts = head.namedChildren
    const last = parts[parts.length - 1]
    const operator = last.type === 'quote_expression' ? last.descendantsOfType('operator')[0] : undefined
    return { name: operator ?? last, owner: parts[0].text }
  }
  return { name: head && ['identifier', 'operator'].includes(head.type) ? head : undefined }
}

const juliaFunction = (node, walk) => {
  const signature = child(node, 'signature')
  const { name, owner } = signature ? juliaHead(signature) : {}
  if (name)
    walk.define(node, name, owner ? 'method' : 'function', { level: name.type === 'operator' ? 'loose' : undefined, owner })
}

const juliaType = (kind) => (node, walk) => {
  const head = child(node, 'type_head')
  const name = head?.descendantsOfType('identifier')[0]
  if (name) walk.define(node, name, kind, {})
}

export const julia = {
  module_definition: named('module'),
  function_definition: juliaFunction,
  macro_definition: juliaFunction,
  // :(f(x) = 1) is a value, which defines something where it is evaluated, if it is
  quote_expression: () => false,
  struct_definition: juliaType('struct'),
  abstract_definition: juliaType('class'),
  primitive_definition: juliaType('class'),
  assignment: (node, walk) => {
    const left = node.firstNamedChild
    let call = left
    while (call && ['where_expression', 'typed_expression'].includes(call.type)) call = call.firstNamedChild
    if (call?.type === 'call_expression') {
      const { name, owner } = juliaHead(call)
      if (name)
        walk.define(node, name, owner ? 'method' : 'function', { level: name.type === 'operator' ? 'loose' : undefined, owner })
    } else if (left?.type === 'parametrized_type_expression' && node.parent.type === 'const_statement') {
      walk.define(node.parent, left.firstNamedChild, 'constant', { ...loose, keep: false })
    } else if (left && ['identifier', 'operator'].includes(left.type) && walk.functions === 0) {
      const fixed = node.parent.type === 'const_statement'
      if (fixed || node.parent.type === 'source_file' || node.parent.type === 'module_definition') {
        walk.define(fixed ? node.parent : node, left, fixed ? 'constant' : 'variable', {
          level: fixed ? 'value' : 'loose',
          keep: false,
        })
      }
    }
  },
}

export const r = {
  argument: (node, walk) => {
    // a method of R6
    const name = field(node, 'name')
    if (name && field(node, 'value')?.type === 'function_definition') walk.define(node, name, 'method', loose)
  },
  call: (node, walk) => {
    const callee = field(node, 'function')?.text ?? ''
    const first = field(node, 'arguments')?.descendantsOfType('string')[0]
    if (first && /(^|::)(R6Class|set\w+)$/.test(callee))
      walk.define(node, first, 'class', { ...loose, text: first.text.slice(1, -1) })
  },
  binary_operator: (node, walk) => {
    const operator = field(node, 'operator')?.text
    const left = field(node, 'lhs')
    const right = field(node, 'rhs')
    if (!['<-', '=', '<<-'].includes(operator) || !left) return
    const name = left.type === 'identifier' ? left : left.type === 'string' ? left : undefined
    const text = left.text.replace(/^[`"']|[`"']$/g, '')
    if (!name) return
    if (right?.type === 'function_definition') walk.define(node, name, 'function', { text })
    else if (walk.functions === 0 && node.parent.type === 'program')
      walk.define(node, name, 'variable', { ...value, text, keep: false })
  },
}

export const perl = {
  package_statement: (node, walk) => {
    const name = child(node, 'package_name')
    if (!name) return
    walk.reset() // a package ends the one before
    walk.define(node, name, 'package', { keep: false, noEnd: !field(node, 'body') })
    walk.hold(dotted(name.text), 'package')
    if (!field(node, 'body')) walk.remain()
  },
  function_definition: (node, walk) => named('function', field(node, 'body') ? {} : loose)(node, walk),
  use_constant_statement: (node, walk) => {
    const name = field(node, 'constant')
    const names = name ? [name] : node.descendantsOfType('function_name').concat(node.descendantsOfType('identifier'))
    for (const n of names) {
      const key = name || /^\s*=>/.test(node.text.slice(n.endIndex - node.startIndex))
      if (n.type === 'identifier' && key) walk.define(node, n, 'constant', { ...value, keep: false, noEnd: !name })
    }
    return false
  },
}

const clojureKinds = {
  defn: 'function',
  'defn-': 'function',
  defmacro: 'function',
  defmulti: 'function',
  definline: 'function',
  def: 'variable',
  defonce: 'variable',
  defprotocol: 'interface',
  definterface: 'interface',
  defrecord: 'struct',
  deftype: 'class',
  ns: 'namespace',
}

export const clojure = {
  list_lit: (node, walk) => {
    const [head, name] = node.namedChildren.filter((c) => !/comment|dis_expr|meta/.test(c.type))
    if (head?.type !== 'sym_lit') return
    const kind = name?.type === 'sym_lit' ? clojureKinds[head.text] : undefined
    if (!kind) {
      if (name && /^(\w+\/)?def/.test(head.text)) {
        const at = name.firstNamedChild?.type === 'meta_lit' ? symbol(name) : name
        walk.define(node, at, 'variable', { ...loose, text: at.text.replace(/^:/, '') })
      } else if (['interface', 'class', 'struct'].includes(walk.inside))
        walk.define(node, head, 'method', { ...loose, keep: false })
      return
    }
    if (walk.functions > 0) return
    walk.define(
      node,
      symbol(name),
      kind,
      kind === 'variable' ? { ...value, keep: false } : kind === 'namespace' ? { keep: false } : {},
    )
  },
  dis_expr: () => false,
}

const symbol = (node) => field(node, 'name') ?? node
