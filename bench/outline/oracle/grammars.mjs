// Which nodes of each tree-sitter grammar define something. A handler gets the node and the walk (tree.mjs).

const value = { level: 'value' }
const loose = { level: 'loose' }
const field = (node, name) => node.childForFieldName(name)
const child = (node, ...types) => node.namedChildren.find((c) => types.includes(c.type))

// named defines the node by its field `name`.
const named = (kind, options) => (node, walk) => {
  const name = field(node, 'name')
  if (name) walk.define(node, name, typeof kind === 'function' ? kind(node, walk) : kind, options)
}
const member = (_, walk) => (walk.inType ? 'method' : 'function')
// constant defines it where it is no local.
const constant =
  (kind, options = value) =>
  (node, walk) => {
    if (walk.functions === 0) named(kind, options)(node, walk)
  }
const simple = (text) => text.replace(/\s+/g, '').replace(/<.*$/s, '')
const dotted = (text) => simple(text).replaceAll('::', '.').replaceAll('\\', '.').replace(/^\.+/, '')

// A namespace without a body holds the rest of the file.
function namespace(node, walk) {
  const name = field(node, 'name')
  if (!name) return
  const record = walk.define(node, name, 'namespace', { keep: false })
  walk.hold(dotted(record.name), 'namespace')
  if (!field(node, 'body')) walk.remain()
}

// What stands in a class or object, wherever that stands, is a member and no local.
function members(table, ...types) {
  for (const type of types) {
    const define = table[type]
    table[type] = (node, walk) => {
      const result = define(node, walk)
      walk.functions = 0
      return result
    }
  }
}

const java = {
  class_declaration: named('class'),
  record_declaration: named('class'),
  interface_declaration: named('interface'),
  annotation_type_declaration: named('interface'),
  enum_declaration: named('enum'),
  enum_constant: named('enummember', { ...loose, keep: false }),
  method_declaration: named('method'),
  annotation_type_element_declaration: named('method'),
  constructor_declaration: named('constructor'),
  compact_constructor_declaration: named('constructor'),
  field_declaration: fields('field'),
  constant_declaration: fields('constant'),
}

members(java, 'class_declaration', 'record_declaration', 'interface_declaration', 'enum_declaration')

function fields(kind) {
  return (node, walk) => {
    for (const d of node.descendantsOfType('variable_declarator')) {
      const name = field(d, 'name')
      if (name && (d.parent.equals(node) || d.parent.parent.equals(node)))
        walk.define(node, name, kind, { ...loose, keep: false })
    }
  }
}

const csharp = {
  namespace_declaration: namespace,
  file_scoped_namespace_declaration: namespace,
  class_declaration: named('class'),
  record_declaration: named('class'),
  struct_declaration: named('struct'),
  interface_declaration: named('interface'),
  enum_declaration: named('enum'),
  enum_member_declaration: named('enummember', loose),
  delegate_declaration: named('class'),
  method_declaration: named('method'),
  local_function_statement: named('function'),
  constructor_declaration: named('constructor'),
  destructor_declaration: named('method', { ...loose }),
  property_declaration: named('property', value),
  event_declaration: named('event', loose),
  event_field_declaration: fields('event'),
  field_declaration: fields('field'),
  indexer_declaration: (node, walk) => {
    const name = node.children.find((c) => c.type === 'this')
    if (name) walk.define(node, name, 'property', loose)
  },
  operator_declaration: (node, walk) => {
    const name = field(node, 'operator')
    if (name) walk.define(node, name, 'method', loose)
  },
}

members(csharp, 'class_declaration', 'record_declaration', 'struct_declaration', 'interface_declaration', 'enum_declaration')

const rust = {
  struct_item: named('struct'),
  union_item: named('struct'),
  enum_item: named('enum'),
  trait_item: named('interface'),
  type_item: (node, walk) => named('class', walk.inType ? loose : {})(node, walk),
  associated_type: named('class', loose),
  function_item: named(member),
  function_signature_item: named(member),
  macro_definition: (node, walk) => {
    named('function')(node, walk)
    walk.opaque(node)
    return false
  },
  mod_item: (node, walk) => named('module', field(node, 'body') ? {} : loose)(node, walk),
  const_item: constant('constant'),
  static_item: constant('constant'),
  field_declaration: named('field', loose),
  enum_variant: named('enummember', loose),
  impl_item: (node, walk) => {
    const type = field(node, 'type')
    if (type && /^[\w&]/.test(type.text))
      walk.hold(
        dotted(type.text.replace(/^(&|'\w+|mut\s|dyn\s|\s)+/, ''))
          .split('.')
          .pop(),
        'impl',
      )
  },
  macro_invocation: (node, walk) => {
    walk.opaque(node)
    return false
  },
}

members(rust, 'trait_item', 'impl_item')

const rubyTypes = { Class: 'class', Module: 'module', Struct: 'struct', Data: 'struct' }
const ruby = {
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

const php = {
  namespace_definition: namespace,
  class_declaration: named('class'),
  trait_declaration: named('class'),
  interface_declaration: named('interface'),
  enum_declaration: named('enum'),
  enum_case: named('enummember', loose),
  function_definition: named('function'),
  method_declaration: named((node) => (field(node, 'name').text === '__construct' ? 'constructor' : 'method')),
  const_element: (node, walk) => {
    const name = child(node, 'name')
    if (name) walk.define(node.parent, name, 'constant', { ...value, keep: false })
  },
  property_element: (node, walk) => {
    const name = field(node, 'name') ?? node.firstNamedChild
    if (name) walk.define(node.parent, name, 'field', { ...loose, keep: false })
  },
}

members(php, 'class_declaration', 'trait_declaration', 'interface_declaration', 'enum_declaration')

const bash = {
  function_definition: named('function'),
  variable_assignment: (node, walk) => {
    const name = field(node, 'name')
    if (name) walk.define(node, name, 'variable', { ...loose, keep: false })
  },
}

const scalaValue = (kind) => (node, walk) => {
  if (walk.functions > 0) return
  const at = field(node, 'pattern') ?? field(node, 'name')
  if (!at) return
  const names = at.type === 'identifiers' ? at.namedChildren : [at]
  for (const name of names) {
    if (name.type === 'identifier' || name.type === 'operator_identifier')
      walk.define(node, name, kind, { ...value, keep: false })
  }
  walk.functions++ // what stands in its value is local
}

const scala = {
  class_definition: named('class'),
  trait_definition: named('interface'),
  object_definition: named('module'),
  package_object: named('module'),
  enum_definition: named('enum'),
  simple_enum_case: named('enummember', loose),
  full_enum_case: named('enummember', loose),
  function_definition: named(member),
  function_declaration: named(member),
  type_definition: named('class'),
  val_definition: scalaValue('constant'),
  val_declaration: scalaValue('constant'),
  var_definition: scalaValue('variable'),
  var_declaration: scalaValue('variable'),
  given_definition: scalaValue('constant'),
}
members(scala, 'class_definition', 'trait_definition', 'object_definition', 'package_object', 'enum_definition')
for (const type of ['object_definition', 'package_object']) {
  const define = scala[type]
  scala[type] = (node, walk) => {
    define(node, walk)
    walk.become('class') // its functions are methods
  }
}

const decorative = /comment|haddock|pragma|cpp|default_signature/
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
  const before = sibling(node, 'previousNamedSibling')
  let signed
  if (before?.type === 'signature') {
    const names = [field(before, 'name'), ...(field(before, 'names')?.namedChildren ?? [])].filter(Boolean)
    signed = names.find((n) => clean(n) === clean(name))
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

const haskell = {
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

const kotlin = {
  class_declaration: named((node) => {
    if (node.children.some((c) => c.type === 'interface')) return 'interface'
    return child(node, 'enum_class_body') || /\benum\b/.test(child(node, 'modifiers')?.text ?? '') ? 'enum' : 'class'
  }),
  object_declaration: named('class'),
  companion_object: (node, walk) => {
    const name = field(node, 'name')
    if (name) walk.define(node, name, 'class', {})
    else
      walk.define(
        node,
        node.children.find((c) => c.type === 'companion'),
        'class',
        loose,
      )
  },
  function_declaration: named(member),
  secondary_constructor: (node, walk) => {
    const name = node.children.find((c) => c.type === 'constructor')
    if (name) walk.define(node, name, 'constructor', {})
  },
  type_alias: (node, walk) => {
    const name = field(node, 'type') ?? child(node, 'identifier')
    if (name) walk.define(node, name, 'class', {})
  },
  enum_entry: (node, walk) => {
    const name = child(node, 'identifier')
    if (name) walk.define(node, name, 'enummember', loose)
  },
  property_declaration: (node, walk) => {
    if (walk.functions > 0) return
    const name = child(node, 'variable_declaration') && child(child(node, 'variable_declaration'), 'identifier')
    const fixed = node.children.some((c) => c.type === 'val')
    if (name) walk.define(node, name, fixed ? 'constant' : 'variable', { ...value, keep: false })
    walk.functions++
  },
  class_parameter: (node, walk) => {
    const name = child(node, 'identifier')
    if (name) walk.define(node, name, 'property', { ...loose, keep: false })
  },
}
members(kotlin, 'class_declaration', 'object_declaration', 'companion_object')

const swiftKinds = { class: 'class', actor: 'class', struct: 'struct', enum: 'enum', extension: 'impl' }
const swift = {
  class_declaration: (node, walk) => {
    const kind = swiftKinds[field(node, 'declaration_kind')?.text ?? node.firstChild.text]
    const name = field(node, 'name')
    if (!name) return
    if (kind === 'impl') walk.hold(simple(name.text), 'impl')
    else walk.define(node, name, kind ?? 'class', {})
    walk.functions = 0
  },
  protocol_declaration: named('interface'),
  function_declaration: swiftFunction,
  protocol_function_declaration: swiftFunction,
  deinit_declaration: keyword('deinit', 'method', loose),
  subscript_declaration: keyword('subscript', 'method'),
  typealias_declaration: named('class'),
  associatedtype_declaration: named('class', loose),
  operator_declaration: loose_operator,
  property_declaration: swiftProperty,
  protocol_property_declaration: swiftProperty,
}
members(swift, 'protocol_declaration')

function swiftFunction(node, walk) {
  const name = field(node, 'name')
  if (!name) return
  const operator = !/^[\p{L}_`]/u.test(name.text)
  walk.define(node, name, name.text === 'init' ? 'constructor' : member(node, walk), { level: operator ? 'loose' : undefined })
}
function keyword(word, kind, options = {}) {
  return (node, walk) => {
    const name = node.children.find((c) => c.type === word || c.text === word)
    if (name) walk.define(node, name, kind, options)
  }
}
function loose_operator(node, walk) {
  const name = node.namedChildren.find((c) => /operator/.test(c.type))
  if (name) walk.define(node, name, 'function', loose)
}
function swiftProperty(node, walk) {
  if (walk.functions > 0) return
  const fixed = /\blet\b/.test(node.text.slice(0, 200).split(/[={]/)[0])
  const patterns = node.namedChildren.filter((c) => c.type === 'pattern')
  for (const p of patterns) {
    const name = p.descendantsOfType('simple_identifier')[0]
    if (name) walk.define(node, name, fixed ? 'constant' : 'variable', { ...value, keep: false })
  }
  walk.functions++
}

const elixirFunctions = ['def', 'defp', 'defdelegate', 'defguard', 'defguardp', 'defmacro', 'defmacrop', 'defn', 'defnp']
const elixir = {
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
const lua = {
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

const zigTypes = {
  struct_declaration: 'struct',
  union_declaration: 'struct',
  enum_declaration: 'enum',
  opaque_declaration: 'struct',
  error_set_declaration: 'enum',
}
const zig = {
  function_declaration: (node, walk) => {
    const name = field(node, 'name')
    if (name) walk.define(node, name, member(node, walk), field(node, 'body') ? {} : loose)
  },
  variable_declaration: (node, walk) => {
    const name = child(node, 'identifier')
    if (!name) return
    const type = node.namedChildren.map((c) => zigTypes[c.type]).find(Boolean)
    const imports = /@import\(/.test(node.text.slice(0, 200)) // an import in all but name
    if (type) {
      walk.define(node, name, type, {})
      walk.functions = 0
    } else if (walk.functions === 0) {
      const level = imports ? 'loose' : 'value'
      walk.define(node, name, node.children.some((c) => c.type === 'var') ? 'variable' : 'constant', { level, keep: false })
    }
  },
  test_declaration: (node, walk) => {
    const name = child(node, 'string', 'identifier') ?? node.firstChild
    if (name) walk.define(node, name, 'function', { ...loose, text: name.text.replace(/^"|"$/g, '') })
  },
  container_field: (node, walk) => {
    const name = field(node, 'name') ?? child(node, 'identifier')
    if (name) walk.define(node, name, 'field', { ...loose, keep: false })
  },
}

// A type without a name, as functions return them: its functions are methods of that function's type.
for (const type of ['struct_declaration', 'union_declaration', 'enum_declaration', 'opaque_declaration']) {
  zig[type] = (_, walk) => {
    if (walk.functions === 0) return
    walk.functions = 0
    if (walk.types.length > 0) walk.become('struct')
  }
}

function body(node) {
  let s = node.nextNamedSibling
  while (s && /comment/.test(s.type)) s = s.nextNamedSibling
  return s?.type === 'function_body' ? s : undefined
}
const dartCallable = (kind) => (node, walk) => {
  const outer = node.parent.type === 'method_signature' || node.parent.type === 'declaration' ? node.parent : node
  const name = field(node, 'name') ?? child(node, 'identifier')
  if (name)
    walk.define(outer, name, typeof kind === 'function' ? kind(node, walk) : kind, { end: body(outer) ?? outer, keep: false })
}
const dartConstructor = (node, walk) => {
  const outer = node.parent.type === 'method_signature' || node.parent.type === 'declaration' ? node.parent : node
  const names = node.namedChildren.filter((c) => c.type === 'identifier')
  const [type, name] = [names[0], names[names.length - 1]]
  if (!type) return
  walk.define(outer, name, 'constructor', {
    end: body(outer) ?? outer,
    keep: false,
    level: names.length > 1 ? 'loose' : undefined,
  })
  if (names.length > 1) walk.define(outer, type, 'constructor', { end: body(outer) ?? outer, keep: false, level: 'loose' })
}
const dart = {
  class_definition: named('class'),
  mixin_declaration: (node, walk) => {
    const name = child(node, 'identifier')
    if (name) walk.define(node, name, 'class', {})
  },
  extension_declaration: (node, walk) => {
    if (field(node, 'name')) named('class')(node, walk)
    else walk.hold(field(node, 'class')?.text ?? '', 'impl')
  },
  enum_declaration: named('enum'),
  enum_constant: named('enummember', loose),
  type_alias: (node, walk) => {
    const name = child(node, 'type_identifier')
    if (name) walk.define(node, name, 'class', {})
  },
  function_signature: dartCallable(member),
  getter_signature: dartCallable('method'),
  setter_signature: dartCallable('method'),
  constructor_signature: dartConstructor,
  factory_constructor_signature: dartConstructor,
  constant_constructor_signature: dartConstructor,
  redirecting_factory_constructor_signature: dartConstructor,
  initialized_identifier: (node, walk) => {
    const name = child(node, 'identifier')
    if (name && walk.functions === 0) walk.define(node, name, 'field', { ...loose, keep: false })
  },
  static_final_declaration: (node, walk) => {
    const name = child(node, 'identifier')
    if (name) walk.define(node, name, 'constant', { ...loose, keep: false })
  },
}

members(dart, 'class_definition', 'mixin_declaration', 'extension_declaration', 'enum_declaration')

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
const bare = (name) => name.text.replace(/^\(\s*|\s*\)$/g, '') // an operator in parentheses
const ocamlTypes = { record_declaration: 'struct', variant_declaration: 'enum' }
const ocaml = {
  module_binding: ocamlName('module', 'module_name'),
  module_type_definition: ocamlName('interface', 'module_type_name'),
  class_binding: ocamlName('class', 'class_name'),
  class_type_binding: ocamlName('class', 'class_type_name'),
  method_definition: ocamlName('method', 'method_name'),
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
        ocamlTypes[field(node, 'body')?.type] ?? 'class',
        {},
      )
  },
  external: (node, walk) => {
    const name = child(node, 'value_name', 'parenthesized_operator')
    if (name) walk.define(node, name, 'function', name.type === 'value_name' ? {} : { ...loose, text: bare(name) })
  },
  value_specification: (node, walk) => {
    const name = child(node, 'value_name', 'parenthesized_operator')
    const kind = field(node, 'type')?.type === 'function_type' ? 'function' : 'constant'
    const level = name?.type !== 'value_name' ? 'loose' : kind === 'constant' ? 'value' : undefined
    if (name) walk.define(node, name, kind, { level, text: bare(name) })
  },
  let_binding: (node, walk) => {
    const name = field(node, 'pattern')
    const definition = node.parent
    if (definition.type !== 'value_definition' || (name?.type !== 'value_name' && name?.type !== 'parenthesized_operator')) return
    if (!ocamlTop(definition) || walk.functions > 0) {
      // let ... in: a local
      walk.functions++
      return
    }
    const callable = child(node, 'parameter') || ['fun_expression', 'function_expression'].includes(field(node, 'body')?.type)
    const whole = definition.namedChildren.filter((c) => c.type === 'let_binding').length === 1 ? definition : node
    const level = name.type !== 'value_name' || name.text === '_' ? 'loose' : callable ? undefined : 'value'
    walk.define(whole, name, callable ? 'function' : 'constant', { level, text: bare(name) })
    walk.functions++
  },
  constructor_declaration: (node, walk) => {
    const name = child(node, 'constructor_name')
    if (name) walk.define(node, name, 'enummember', { ...loose, keep: false })
  },
}

function juliaHead(node) {
  let head = node
  while (head && !['identifier', 'operator', 'field_expression', 'call_expression'].includes(head.type))
    head = head.firstNamedChild
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
const julia = {
  module_definition: named('module'),
  function_definition: juliaFunction,
  macro_definition: juliaFunction,
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

const r = {
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

const perl = {
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
const clojure = {
  list_lit: (node, walk) => {
    const [head, name] = node.namedChildren.filter((c) => !/comment|dis_expr|meta/.test(c.type))
    if (head?.type !== 'sym_lit') return
    const kind = name?.type === 'sym_lit' ? clojureKinds[head.text] : undefined
    if (!kind) {
      if (name && /^(\w+\/)?def/.test(head.text))
        walk.define(node, name, 'variable', { ...loose, text: name.text.replace(/^:/, '') })
      else if (['interface', 'class', 'struct'].includes(walk.inside))
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

// C and C++: a declarator hides its name under pointers, arrays and parentheses.
function declared(declarator) {
  let d = declarator
  while (d) {
    switch (d.type) {
      case 'identifier':
      case 'field_identifier':
      case 'type_identifier':
      case 'operator_name':
      case 'destructor_name':
      case 'primitive_type':
        return { name: d }
      case 'qualified_identifier': {
        const scopes = []
        while (d?.type === 'qualified_identifier') {
          if (field(d, 'scope')) scopes.push(dotted(field(d, 'scope').text))
          d = field(d, 'name')
        }
        if (d?.type === 'template_function' || d?.type === 'template_type') d = field(d, 'name')
        return { name: d, owner: scopes.filter(Boolean).join('.') || undefined }
      }
      case 'template_function':
      case 'template_type':
        d = field(d, 'name')
        break
      case 'operator_cast':
        return {}
      default: {
        const inner =
          field(d, 'declarator') ??
          d.namedChildren.find((c) => /declarator|identifier|operator_name|destructor_name/.test(c.type))
        d = inner
      }
    }
  }
  return {}
}
const outer = (node) => (node.parent?.type === 'template_declaration' ? node.parent : node)
// functionOf is the function declarator of a declaration, unless it declares a pointer to a function.
function functionOf(node) {
  let d = node
  while (d && d.type !== 'function_declarator') {
    if (d.type === 'init_declarator') return undefined
    d =
      field(d, 'declarator') ??
      (d.type === 'reference_declarator' ? d.namedChildren.find((c) => /declarator/.test(c.type)) : undefined)
  }
  return d && field(d, 'declarator')?.type !== 'parenthesized_declarator' ? d : undefined
}

const cType = (kind) => (node, walk) => {
  const name = field(node, 'name')
  if (!name) return
  if (!field(node, 'body')) {
    if (
      node.parent.type !== 'declaration' &&
      node.parent.type !== 'field_declaration' &&
      !node.parent.type.includes('parameter') &&
      node.parent.type !== 'type_descriptor'
    ) {
      walk.define(node, name, kind, { ...loose, keep: false })
    }
    return
  }
  const { name: last, owner } = declared(name)
  const top = node.parent.type === 'declaration' || node.parent.type === 'field_declaration' ? node.parent : node
  walk.define(outer(top), last ?? name, kind, { owner })
  walk.functions = 0
}

const c = {
  function_definition: (node, walk) => {
    const declarator = field(node, 'declarator')
    const { name, owner } = declared(declarator)
    if (!name || !functionOf(declarator)) return
    if (walk.functions > 0) {
      // there is no such thing: an #if has confused the parser
      walk.reset()
      walk.functions = 0
    }
    const last = (owner ?? walk.within[walk.within.length - 1] ?? '').split('.').pop()
    const kind = walk.inType || owner ? (last === name.text ? 'constructor' : 'method') : 'function'
    walk.define(outer(node), name, kind, { owner, text: name.text.replace(/\s+/g, '') })
  },
  declaration: prototype('loose'),
  field_declaration: prototype(undefined),
  struct_specifier: cType('struct'),
  union_specifier: cType('struct'),
  class_specifier: cType('class'),
  enum_specifier: cType('enum'),
  enumerator: named('enummember', { ...loose, keep: false }),
  type_definition: (node, walk) => {
    const type = field(node, 'type')
    const anonymous = type && !field(type, 'name') && field(type, 'body')
    const kind = anonymous ? (type.type === 'enum_specifier' ? 'enum' : 'struct') : 'class'
    for (const d of node.childrenForFieldName('declarator')) {
      const { name } = declared(d)
      if (name) walk.define(node, name, kind, { keep: false })
    }
  },
  preproc_def: (node, walk) =>
    named('constant', { ...(field(node, 'value') && walk.functions === 0 ? value : loose), keep: false })(node, walk),
  preproc_function_def: named('function', { keep: false }),
}

// A function that is declared and not defined. level is what it counts at file level; in a type it counts in full.
function prototype(level) {
  return (node, walk) => {
    for (const d of node.childrenForFieldName('declarator')) {
      const f = functionOf(d)
      const { name, owner } = declared(f ?? d)
      if (!name) continue
      if (f && walk.functions === 0) {
        const kind = walk.inType ? (walk.within[walk.within.length - 1] === name.text ? 'constructor' : 'method') : 'function'
        walk.define(outer(node), name, kind, {
          owner,
          level: walk.inType ? undefined : level,
          text: name.text.replace(/\s+/g, ''),
          keep: false,
        })
        walk.functions = 0
      } else if (walk.functions === 0) {
        walk.define(node, name, walk.inType ? 'field' : 'variable', { ...loose, owner, keep: false })
      }
    }
  }
}

const cpp = {
  ...c,
  namespace_definition: (node, walk) => {
    const name = field(node, 'name')
    if (!name) return
    walk.define(node, name, 'namespace', { keep: false })
    walk.hold(dotted(name.text), 'namespace')
  },
  alias_declaration: named('class', {}),
  concept_definition: named('interface', {}),
}

export const grammars = {
  java: { wasm: 'tree-sitter-java/tree-sitter-java.wasm', nodes: java, locals: ['lambda_expression'] },
  csharp: {
    wasm: 'tree-sitter-c-sharp/tree-sitter-c_sharp.wasm',
    nodes: csharp,
    locals: ['lambda_expression', 'anonymous_method_expression'],
  },
  rust: { wasm: 'tree-sitter-rust/tree-sitter-rust.wasm', nodes: rust, locals: ['closure_expression'] },
  ruby: { wasm: 'tree-sitter-ruby/tree-sitter-ruby.wasm', nodes: ruby },
  php: {
    wasm: 'tree-sitter-php/tree-sitter-php.wasm',
    nodes: php,
    locals: ['anonymous_function', 'arrow_function', 'anonymous_function_creation_expression'],
  },
  bash: { wasm: 'tree-sitter-bash/tree-sitter-bash.wasm', nodes: bash },
  scala: {
    wasm: 'tree-sitter-scala/tree-sitter-scala.wasm',
    nodes: scala,
    locals: ['block', 'indented_block', 'case_block', 'lambda_expression'],
  },
  haskell: { wasm: 'tree-sitter-haskell/tree-sitter-haskell.wasm', nodes: haskell, comments: decorative },
  kotlin: {
    wasm: '@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm',
    nodes: kotlin,
    locals: ['lambda_literal', 'anonymous_function', 'object_literal'],
  },
  swift: { wasm: '@cursorless/tree-sitter-wasms/out/tree-sitter-swift.wasm', nodes: swift, locals: ['lambda_literal'] },
  elixir: { wasm: 'tree-sitter-elixir/tree-sitter-elixir.wasm', nodes: elixir },
  lua: { wasm: '@tree-sitter-grammars/tree-sitter-lua/tree-sitter-lua.wasm', nodes: lua, locals: ['function_definition'] },
  zig: { wasm: '@tree-sitter-grammars/tree-sitter-zig/tree-sitter-zig.wasm', nodes: zig },
  dart: {
    wasm: '@cursorless/tree-sitter-wasms/out/tree-sitter-dart.wasm',
    nodes: dart,
    locals: ['function_body', 'function_expression'],
  },
  ocaml: {
    wasm: 'tree-sitter-ocaml/tree-sitter-ocaml.wasm',
    interface: 'tree-sitter-ocaml/tree-sitter-ocaml_interface.wasm',
    interfaceExt: '.mli',
    nodes: ocaml,
  },
  julia: {
    wasm: 'tree-sitter-julia/tree-sitter-julia.wasm',
    nodes: julia,
    locals: ['do_clause', 'let_statement', 'function_expression'],
  },
  perl: {
    wasm: '@cursorless/tree-sitter-wasms/out/tree-sitter-perl.wasm',
    nodes: perl,
    comments: /comment|pod/,
    locals: ['anonymous_function'],
  },
  clojure: { wasm: '@cursorless/tree-sitter-wasms/out/tree-sitter-clojure.wasm', nodes: clojure },
  r: { wasm: '@eagleoutice/tree-sitter-r/tree-sitter-r.wasm', nodes: r, locals: ['function_definition', 'braced_expression'] },
  c: { wasm: 'tree-sitter-c/tree-sitter-c.wasm', nodes: c },
  cpp: { wasm: 'tree-sitter-cpp/tree-sitter-cpp.wasm', nodes: cpp, locals: ['lambda_expression'] },
}
