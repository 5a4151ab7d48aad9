// Languages whose bodies stand in braces, but for C and C++.
import { value, loose, field, child, named, member, constant, simple, dotted, namespace, members } from './handlers.mjs'

export const java = {
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

export const csharp = {
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
  constructor_declaration: (node, walk) => {
    const name = field(node, 'name')
    if (name?.text === 'extension') {
      // C# 14's extension(T self) { members }, which the grammar takes for a constructor with local functions
      walk.opaque(node)
      return false
    }
    if (name) walk.define(node, name, 'constructor', {})
  },
  destructor_declaration: (node, walk) => {
    const name = field(node, 'name')
    if (name) walk.define(node, name, 'method', { ...loose, text: `~${name.text}` })
  },
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
    if (name) walk.define(node, name, 'method', { ...loose, text: `operator ${name.text}` })
  },
  conversion_operator_declaration: (node, walk) => {
    const name = field(node, 'type')
    if (name) walk.define(node, name, 'method', { ...loose, text: `operator ${name.text}` })
  },
}

members(csharp, 'class_declaration', 'record_declaration', 'struct_declaration', 'interface_declaration', 'enum_declaration')

export const rust = {
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

export const php = {
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
    const variable = field(node, 'name') ?? node.firstNamedChild
    const name = variable && (child(variable, 'name') ?? variable)
    if (name) walk.define(node.parent, name, 'field', { ...value, keep: false })
  },
}

members(php, 'class_declaration', 'trait_declaration', 'interface_declaration', 'enum_declaration')

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

export const scala = {
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
// The grammar takes the body of a type for a block behind it where its brace stands on a line of its own: what that holds is
// left out.
for (const type of ['class_definition', 'trait_definition', 'object_definition']) {
  const define = scala[type]
  scala[type] = (node, walk) => {
    const block = node.nextNamedSibling
    const name = field(node, 'name')
    if (!name || field(node, 'body') || block?.type !== 'block' || block.startPosition.row !== node.endPosition.row + 1)
      return define(node, walk)
    walk.define(node, name, type === 'trait_definition' ? 'interface' : type === 'object_definition' ? 'module' : 'class', {
      noEnd: true,
    })
    walk.write({ path: walk.file, skip: [block.startPosition.row + 1, block.endPosition.row + 1] })
  }
}

export const kotlin = {
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

export const swift = {
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
  operator_declaration: operatorName,
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

function operatorName(node, walk) {
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

const zigTypes = {
  struct_declaration: 'struct',
  union_declaration: 'struct',
  enum_declaration: 'enum',
  opaque_declaration: 'struct',
  error_set_declaration: 'enum',
}

export const zig = {
  function_declaration: (node, walk) => {
    const name = field(node, 'name')
    if (name) walk.define(node, name, member(node, walk), field(node, 'body') ? {} : loose)
  },
  variable_declaration: (node, walk) => {
    const name = child(node, 'identifier')
    if (!name) return
    const type = node.namedChildren.map((c) => zigTypes[c.type]).find(Boolean)
    const imports = name.text === '_' || /@import\(/.test(node.text.slice(0, 200)) // an import in all but name
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

export const dart = {
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
  function_body: (node, walk) => {
    // It stands beside the signature, not in it.
    const signature = node.previousNamedSibling
    const inner = signature?.type === 'method_signature' ? signature.firstNamedChild : signature
    const names = inner?.namedChildren.filter((c) => c.type === 'identifier') ?? []
    const name = inner && (field(inner, 'name') ?? names[names.length - 1])
    if (name) walk.hold(name.text, 'function')
  },
  operator_signature: (node, walk) => {
    const name = node.children.find((c) => c.type === 'operator')?.nextSibling ?? node.children.find((c) => /operator/.test(c.type))
    if (name) walk.define(node, name, 'method', { ...loose, text: `operator ${name.text}` })
  },
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
