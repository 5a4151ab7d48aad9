// A server of embeddings that the tests hold and let go: so they know what semantic-ls is in the middle of.
import { createServer } from "node:http";

const dimensions = 16;

/** Starts one. Texts for which `hold`'s function returns true are not answered before `hold` says otherwise. */
export async function model(t) {
  const m = { seen: 0, waiting: [], hung: [], breaks: false, holds: () => false };
  let news = [];
  const tell = () => news.splice(0).forEach((wake) => wake());
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    if (m.breaks) return response.writeHead(402).end("no credit left");
    const { input } = JSON.parse(body);
    const answer = () => {
      m.seen += input.length;
      response.setHeader("content-type", "application/json");
      const data = input.map((text, index) => ({ object: "embedding", index, embedding: row(text) }));
      response.end(JSON.stringify({ object: "list", data }));
    };
    response.on("close", () => {
      if (!response.writableEnded) m.hung.push(input); // nobody waits for it any more
      tell();
    });
    if (input.some((text) => m.holds(text))) m.waiting.push({ input, answer });
    else answer();
    tell();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  /** Resolves once `look`, called now and after each event, returns something truthy. */
  m.until = async (look) => {
    for (;;) {
      const more = new Promise((resolve) => news.push(resolve));
      const found = look();
      if (found) return found;
      await more;
    }
  };
  m.hold = (holds) => {
    m.holds = holds;
    const waited = m.waiting.splice(0);
    for (const w of waited) {
      if (w.input.some((text) => holds(text))) m.waiting.push(w);
      else w.answer();
    }
  };
  m.settings = {
    embedding: {
      provider: "openai",
      model: "test",
      dimensions,
      baseURL: `http://127.0.0.1:${server.address().port}/v1`,
    },
  };
  return m;
}

/** A text's vector: how often each word is in it, words folded into a few places. */
function row(text) {
  const v = new Array(dimensions).fill(0.01);
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    v[[...word].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 997, 7) % dimensions] += 1;
  }
  return v;
}
