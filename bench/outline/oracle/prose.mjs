// Markdown as the reference implementation of CommonMark parses it.

// CommonMark knows no front matter: it is left blank.
const blank = (text) => {
  const front = text.match(/^(---|\+\+\+)[ \t]*\r?\n(?:.*\n)*?\1[ \t]*(?=\r?\n|$)/)?.[0]
  return front ? front.replace(/[^\n]/g, '') + text.slice(front.length) : text
}

// An outline cuts a longer name.
const clip = (name) => Buffer.from(name).subarray(0, 200).toString().replace(/\ufffd$/, '')

export function prose(commonmark, version, write) {
  write({ version })

  return function outline(file, text) {
    const lines = text.split(/\r?\n/)
    const headings = []
    const walker = new commonmark.Parser().parse(blank(text)).walker()
    for (let event; (event = walker.next()); ) {
      const { node } = event
      if (!event.entering || node.type !== 'heading') continue
      const [[first], [last]] = node.sourcepos
      // Links and emphasis stay as they are written: an outline cuts its names out of the text.
      const raw = lines[first - 1].trim().replace(/^(>|[-*+]|\d+[.)])\s+/, '')
      const name = last > first ? raw : raw.replace(/^#+/, '').replace(/(^|\s)#+$/, '').trim()
      headings.push({ name: clip(name), line: first, level: node.level, top: node.parent.type === 'document' })
    }
    // A section goes up to the next heading of its level or above, blank lines apart. What stands in a list or a quotation
    // heads no section of the document.
    const top = headings.filter((h) => h.top)
    const last = (from) => {
      let line = from
      while (line > 1 && lines[line - 1] === '') line--
      return line
    }
    const open = []
    for (const h of headings) {
      if (h.top) while (open.length > 0 && open.at(-1).level >= h.level) open.pop()
      const next = h.top && top.find((o) => o.line > h.line && o.level <= h.level)
      if (h.name)
        write({
          path: file,
          name: h.name,
          kind: '?',
          container: h.top ? open.map((o) => o.name).join('.') : '?',
          nameLine: h.line,
          startLine: h.line,
          endLine: h.top ? last(next ? next.line - 1 : lines.length) : 0,
          level: h.top ? undefined : 'loose',
        })
      if (h.top && h.name) open.push(h)
    }
  }
}
