// SQL as PostgreSQL's own parser (libpg_query) reads it. A file that is in another dialect, or that no server would take, is
// skipped as a whole.

const text = (list) => list.map((n) => n.String.sval)

// What a statement creates: kind, and the name with its qualifiers. Columns, and what has no kind in an outline (roles,
// extensions, operators, rules), are left out.
function created([type, node]) {
  const relation = (r) => [r.schemaname, r.relname].filter(Boolean)
  switch (type) {
    case 'CreateStmt':
      return ['struct', relation(node.relation)]
    case 'CreateForeignTableStmt':
      return ['struct', relation(node.base.relation)]
    case 'CreateTableAsStmt':
      return [node.objtype === 'OBJECT_MATVIEW' ? 'class' : 'struct', relation(node.into.rel)]
    case 'ViewStmt':
      return ['class', relation(node.view)]
    case 'CreateFunctionStmt':
      return ['function', text(node.funcname)]
    case 'DefineStmt':
      if (node.kind === 'OBJECT_AGGREGATE') return ['function', text(node.defnames)]
      if (node.kind === 'OBJECT_TYPE') return ['class', text(node.defnames)]
      return []
    case 'CreateTrigStmt':
      return ['event', [node.trigname]]
    case 'CreateEventTrigStmt':
      return ['event', [node.trigname]]
    case 'IndexStmt':
      return node.idxname ? ['key', [node.idxname]] : []
    case 'CompositeTypeStmt':
      return ['class', relation(node.typevar)]
    case 'CreateEnumStmt':
    case 'CreateRangeStmt':
      return ['class', text(node.typeName)]
    case 'CreateDomainStmt':
      return ['class', text(node.domainname)]
    case 'CreateSchemaStmt':
      return node.schemaname ? ['namespace', [node.schemaname]] : []
    case 'CreatedbStmt':
      return ['namespace', [node.dbname]]
    case 'CreateSeqStmt':
      return ['variable', relation(node.sequence)]
    default:
      return []
  }
}

const blank = (s) => s.replace(/[^\n]/g, ' ')

export async function sql(pg, version, write) {
  await pg.loadModule()
  write({ version })

  return function outline(file, source) {
    // Lines that start with a backslash are told to the client (psql), not to the server.
    const lines = source.replace(/^\\.*$/gm, blank)
    const bytes = Buffer.from(lines)
    let stmts
    try {
      stmts = pg.parseSync(lines).stmts ?? []
    } catch {
      write({ path: file, skip: [1, 1 << 30] })
      return
    }
    const starts = [0]
    for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) starts.push(i + 1)
    const line = (offset) => {
      let low = 0
      for (let high = starts.length; high - low > 1; ) {
        const middle = (low + high) >> 1
        if (starts[middle] <= offset) low = middle
        else high = middle
      }
      return low + 1
    }
    for (const { stmt, stmt_location: from = 0, stmt_len: size } of stmts) {
      const [kind, path] = created(Object.entries(stmt)[0])
      if (!kind) continue
      const end = size ? from + size : bytes.length
      // The tree does not say where most names are: behind comments, CREATE, and the names they are qualified by. Names that
      // are not quoted are in lower case in it.
      let head = bytes.toString('latin1', from, end)
      head = head.replace(/^(\s+|--[^\n]*|\/\*[^]*?\*\/)+/, blank)
      const start = from + head.search(/\S/)
      const name = Buffer.from(path.at(-1)).toString('latin1')
      const at = new RegExp(`(^|[\\s."(])${name.replace(/[^\w]/g, '\\$&')}(?=$|[\\s."(;,])`, 'i').exec(head)
      if (!at) continue
      const nameStart = from + at.index + at[1].length
      let stop = from + bytes.toString('latin1', from, end).trimEnd().length
      if (bytes[end] === 59) stop = end // the semicolon, which may stand on a line of its own
      write({
        path: file,
        name: bytes.toString('utf8', nameStart, nameStart + name.length),
        kind,
        container: path.slice(0, -1).join('.'),
        nameLine: line(nameStart),
        startLine: line(start),
        endLine: line(stop),
      })
    }
  }
}
