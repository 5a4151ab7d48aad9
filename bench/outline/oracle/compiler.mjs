// JavaScript and TypeScript as the TypeScript compiler parses them.

const flavours = { '.tsx': 'TSX', '.jsx': 'JSX', '.js': 'JSX', '.mjs': 'JSX', '.cjs': 'JSX' }

export function compiler(ts, write) {
  write({ version: `typescript ${ts.version}` })
  const K = ts.SyntaxKind

  return function outline(file, text) {
    const flavour = flavours[file.slice(file.lastIndexOf('.'))] ?? 'TS'
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind[flavour])
    if (source.parseDiagnostics.length > 0) {
      write({ path: file, skip: [1, 1 << 30] })
      return
    }
    const line = (pos) => source.getLineAndCharacterOfPosition(pos).line + 1

    let local = false // inside a function or an object literal, and in no class there

    function emit(name, kind, node, within, level) {
      write({
        path: file,
        name: name.text ?? name.getText(source),
        kind,
        container: within.join('.'),
        level: level ?? (local ? 'inner' : undefined),
        nameLine: line(name.getStart(source)),
        startLine: line(node.getStart(source)),
        endLine: line(node.end),
      })
      return [...within, name.text ?? name.getText(source)]
    }

    const isFunction = (n) => n && (n.kind === K.ArrowFunction || n.kind === K.FunctionExpression)
    const peel = (n) => {
      while (
        n &&
        (n.kind === K.ParenthesizedExpression ||
          n.kind === K.AsExpression ||
          n.kind === K.SatisfiesExpression ||
          n.kind === K.NonNullExpression)
      )
        n = n.expression
      return n
    }
    // What an assignment makes of its right side: a function, a class, or nothing that an outline is about.
    const made = (value) => {
      value = peel(value)
      if (isFunction(value)) return 'function'
      return value?.kind === K.ClassExpression ? 'class' : undefined
    }

    // The tags queries name no function or class that stands in parentheses: right if named, not missed if not.
    const bare = (value) => (value !== peel(value) ? 'loose' : undefined)

    // Whose member `a.b.c = function` defines: a.b, and T for T.prototype; nobody's for exports and this.
    const owner = (expression) => {
      const text = expression.getText(source).replace(/\.prototype$/, '')
      return /^[\w$.#]+$/.test(text) && !/^((module\.)?exports|module|this|self|window|globalThis)$/.test(text)
        ? text.split('.')
        : []
    }

    function visit(node, within, inType) {
      const down = (names, isLocal = local, type = false) => {
        const before = local
        local = isLocal
        ts.forEachChild(node, (c) => visit(c, names, type))
        local = before
      }
      switch (node.kind) {
        case K.FunctionDeclaration:
          return down(node.name ? emit(node.name, 'function', node, within) : within, true)
        case K.FunctionExpression:
          if (node.name) emit(node.name, 'function', node, within, 'loose')
          return down(within, true)
        case K.ArrowFunction:
          return down(within, true)
        case K.ClassDeclaration:
          return down(node.name ? emit(node.name, 'class', node, within) : within, false, true)
        case K.ClassExpression:
          if (node.name) emit(node.name, 'class', node, within, 'loose')
          return down(within, false, true)
        case K.InterfaceDeclaration:
          return down(emit(node.name, 'interface', node, within), false, true)
        case K.TypeAliasDeclaration:
          emit(node.name, 'class', node, within)
          return
        case K.ObjectLiteralExpression:
          return down(within, true)
        case K.EnumDeclaration:
          return down(emit(node.name, 'enum', node, within))
        case K.EnumMember:
          emit(node.name, 'enummember', node, within, 'loose')
          return
        case K.ModuleDeclaration: {
          const named = emit(
            node.name,
            'namespace',
            node,
            within,
            node.name.text === 'global' || node.name.kind === K.StringLiteral ? 'loose' : undefined,
          )
          return down(named)
        }
        case K.MethodDeclaration:
        case K.GetAccessor:
        case K.SetAccessor: {
          const inClass = node.parent.kind !== K.ObjectLiteralExpression
          return down(
            emit(
              node.name,
              inClass ? 'method' : 'function',
              node,
              within,
              node.name.kind === K.ComputedPropertyName ? 'loose' : undefined,
            ),
            true,
          )
        }
        case K.MethodSignature:
          emit(node.name, 'method', node, within, inType && node.name.kind !== K.ComputedPropertyName ? undefined : 'loose')
          return
        case K.Constructor: {
          const start = node.getStart(source)
          const at = text.indexOf('constructor', start)
          write({
            path: file,
            name: 'constructor',
            kind: 'constructor',
            container: within.join('.'),
            level: local ? 'inner' : undefined,
            nameLine: line(at),
            startLine: line(start),
            endLine: line(node.end),
          })
          return down([...within, 'constructor'], true)
        }
        case K.PropertySignature:
          emit(node.name, 'property', node, within, 'loose')
          return
        case K.PropertyDeclaration: {
          const kind = made(node.initializer)
          const names = emit(node.name, kind === 'function' ? 'method' : (kind ?? 'field'), node, within, 'loose')
          return down(kind ? names : within)
        }
        case K.PropertyAssignment: {
          const value = peel(node.initializer)
          if (isFunction(value) && node.name.kind !== K.ComputedPropertyName)
            return down(emit(node.name, 'function', node, within, bare(node.initializer)))
          emit(node.name, 'field', node, within, 'loose')
          return down(within)
        }
        case K.VariableDeclaration: {
          if (node.name.kind !== K.Identifier) return down(within)
          const kind = made(node.initializer)
          const list = node.parent
          const statement =
            list.kind === K.VariableDeclarationList && list.declarations.length === 1 && list.parent.kind === K.VariableStatement
              ? list.parent
              : node
          if (kind) return down(emit(node.name, kind, statement, within, bare(node.initializer)))
          const fixed = list.flags & ts.NodeFlags.Const
          const block = list.parent.kind === K.VariableStatement && list.parent.parent
          const top = block && (block === source || block.kind === K.ModuleBlock)
          const required = node.initializer?.getText(source).startsWith('require(') // an import in all but name
          if (!local && top) emit(node.name, fixed ? 'constant' : 'variable', statement, within, required ? 'loose' : 'value')
          return down(within)
        }
        case K.BinaryExpression: {
          const kind = node.operatorToken.kind === K.EqualsToken ? made(node.right) : undefined
          if (kind && node.left.kind === K.Identifier) return down(emit(node.left, kind, node, within, bare(node.right)))
          if (kind && node.left.kind === K.PropertyAccessExpression)
            return down(emit(node.left.name, kind, node, [...within, ...owner(node.left.expression)], bare(node.right)))
          return down(within)
        }
        default:
          return down(within, local)
      }
    }
    visit(source, [], false)
  }
}
