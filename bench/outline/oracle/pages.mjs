// HTML as parse5 parses it, which is how browsers do.

// The elements whose id an outline has to name: those that are a part of a page. Other ids are targets of links.
const parts = new Set(
  (
    'div section article main header footer nav aside form table ul ol dl dt dd pre figure dialog template ' +
    'fieldset details'
  ).split(' '),
)

export function pages(parse5, version, write) {
  write({ version })

  return function outline(file, text) {
    const document = parse5.parse(text, { sourceCodeLocationInfo: true, scriptingEnabled: false })
    // Scripts and styles are text here. What they define counts for neither side.
    const opaque = (element) => {
      const at = element.sourceCodeLocation
      if (at && element.childNodes.length > 0) write({ path: file, skip: [at.startLine, at.endLine] })
    }

    // A heading is called by the longest run of text on a line in it, as it is written.
    function heading(element) {
      let name = ''
      let line = 0
      const look = (node) => {
        for (const child of node.childNodes ?? []) {
          if (child.nodeName !== '#text') {
            look(child)
            continue
          }
          const at = child.sourceCodeLocation
          if (!at) continue
          const raw = text.slice(at.startOffset, at.endOffset)
          const run = raw.trim().split('\n')[0].trim()
          if (Buffer.byteLength(run) <= Buffer.byteLength(name)) continue
          name = run
          line = at.startLine + raw.slice(0, raw.indexOf(run)).split('\n').length - 1
        }
      }
      look(element)
      const at = element.sourceCodeLocation
      // where its section ends is no part of the tree
      if (name) write({ path: file, name, kind: '?', container: '?', nameLine: line, startLine: at.startLine, endLine: 0 })
    }

    function visit(node) {
      for (const child of node.childNodes ?? []) visit(child)
      if (node.content) visit(node.content)
      const at = node.sourceCodeLocation
      if (!at) return
      if (node.tagName === 'script' || node.tagName === 'style') opaque(node)
      else if (/^h[1-6]$/.test(node.tagName)) heading(node)
      const id = node.attrs?.find((a) => a.name === 'id')?.value
      if (!id || node.namespaceURI?.endsWith('/svg')) return
      const attribute = at.attrs?.id ?? at.startTag?.attrs?.id
      write({
        path: file,
        name: id,
        kind: '?',
        container: '?',
        nameLine: attribute.startLine,
        startLine: at.startLine,
        endLine: at.endTag ? at.endTag.endLine : 0,
        level: parts.has(node.tagName) ? undefined : 'loose',
      })
    }
    visit(document)
  }
}
