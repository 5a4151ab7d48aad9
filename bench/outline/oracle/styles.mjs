// Style sheets as PostCSS parses them: CSS, and SCSS with postcss-scss.

// At-rules that hold rules, and those that describe something that has no name.
const groups = ['media', 'supports', 'layer', 'container', 'scope', 'document', '-moz-document']
const unnamed = ['font-face', 'page', 'font-feature-values']
// What is called after the at-word.
const named = ['keyframes', '-webkit-keyframes', '-moz-keyframes', '-o-keyframes', 'counter-style', 'property']
  .concat('font-palette-values')
const functions = ['mixin', 'function']

// An outline cuts a longer name, a list of selectors at a comma.
const longest = 200

// A rule is called by the first line of its selector, without comments and the comma behind.
function title(text) {
  if (Buffer.byteLength(text) > longest) {
    text = Buffer.from(text).subarray(0, longest).toString()
    if (text.includes(',')) text = text.slice(0, text.lastIndexOf(','))
  }
  return text
    .replace(/[\r\n].*$/s, '')
    .replace(/(?<=.)\/\*.*$/, '')
    .replace(/[\s,]+$/, '')
}

export function styles(parse, version, write) {
  write({ version })

  return function outline(file, text) {
    let root
    try {
      root = parse(text)
    } catch (error) {
      if (error.name !== 'CssSyntaxError') throw error
      write({ path: file, skip: [1, 1 << 30] })
      return
    }

    function emit(node, name, kind, within, more) {
      const { start, end } = node.source
      write({
        path: file,
        name,
        kind,
        container: within.join('.'),
        nameLine: start.line,
        startLine: start.line,
        endLine: (end ?? start).line,
        ...more,
      })
      return [...within, name]
    }

    function visit(node, within) {
      for (const child of node.nodes ?? []) visitOne(child, within)
    }

    function visitOne(node, within) {
      if (node.type === 'rule') {
        const name = title(node.raws.selector?.raw ?? node.selector)
        if (name.endsWith(':')) return // font: { family: x; } of Sass
        visit(node, name ? emit(node, name, '?', within) : within)
      } else if (node.type === 'atrule') {
        const name = node.name.toLowerCase()
        const params = (node.raws.params?.raw ?? node.params).replace(/\/\*.*?\*\//gs, ' ')
        const word = params.match(/^(#\{[^}]*\}|[^\s({])+/)?.[0]
        if (!node.nodes) return
        if (groups.includes(name) || unnamed.includes(name)) {
          const inside = emit(node, title(`@${node.name}${node.raws.afterName ?? ' '}${params}`), '?', within)
          if (groups.includes(name)) visit(node, inside)
        } else if (named.includes(name)) {
          if (word) emit(node, word, '?', within)
        } else if (functions.includes(name)) {
          visit(node, word ? emit(node, word, 'function', within) : within)
        } else visit(node, within)
      } else if (node.type === 'decl') {
        const { prop, parent } = node
        if (prop.startsWith('$')) emit(node, prop, 'variable', within, { level: parent === root ? 'value' : 'loose' })
        if (prop.startsWith('--')) {
          const document = parent.type === 'rule' && /^(:root|:host|html$)/.test(parent.selector)
          emit(node, prop, 'variable', within, { level: document ? 'value' : 'loose' })
        }
      }
    }
    visit(root, [])
  }
}
