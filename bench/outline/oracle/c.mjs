// C and C++: a declarator hides its name under pointers, arrays and parentheses.
import { value, loose, field, named, dotted } from './handlers.mjs'

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

export const c = {
  function_definition: (node, walk) => {
    const declarator = field(node, 'declarator')
    const { name, owner } = declared(declarator)
    if (!name || !functionOf(declarator)) return
    if (walk.functions > 0) {
      // There is no such thing. Without a type it is a statement that is a macro, otherwise an #if has confused the parser.
      if (!field(node, 'type')) return
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
      const again = name && type && field(type, 'body') && field(type, 'name')?.text === name.text // typedef struct A {} A;
      if (name) walk.define(node, name, kind, { ...(again ? loose : {}), keep: false })
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

export const cpp = {
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
