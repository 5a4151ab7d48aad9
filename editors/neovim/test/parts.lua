-- Checks of parts, and of the plugin with a server that is not there or does not start.

local t = ...
local check, await, equal, matches = t.harness.check, t.harness.await, t.harness.equal, t.harness.matches
local notices = t.harness.notices
local semantic = require("semantic-ls")
local columns = require("semantic-ls.quickfix")
local scripted, restart, texts, read = t.scripted, t.restart, t.texts, t.read
local retry, groups = t.retry, t.groups

check("columns are converted from UTF-8, UTF-16 and UTF-32", function()
  local line = "aß𝒢z"
  for _, case in ipairs({ { 0, 0, 0, 0 }, { 1, 1, 1, 1 }, { 3, 3, 2, 2 }, { 7, 7, 4, 3 }, { 8, 8, 5, 4 } }) do
    for i, encoding in ipairs({ "utf-8", "utf-16", "utf-32" }) do
      equal(columns.bytes(line, case[i + 1], encoding), case[1], encoding .. " to bytes")
      equal(columns.units(line, case[1], encoding), case[i + 1], "bytes to " .. encoding)
      equal(columns.bytes(line, 99, encoding), #line, encoding .. " past the end")
    end
  end
end)

check("setup names an option it does not know", function()
  local ok, err = pcall(semantic.setup, { command = "x" })
  equal(ok, false, "accepted")
  matches(err, "no option `command`", "error")
end)

check("groups have headings, and 100% is for what is the same", function()
  local items = columns.groups(groups, "utf-16")
  equal(texts(items), {
    "1 of 2 · 99% alike · 3 places",
    "Backoff",
    "Verify",
    "Render",
    "2 of 2 · the same but for names and values · 2 places",
    "Verify",
    "Render",
  }, "texts")
  equal(items[1].valid, 0, "a heading is an entry to stop at")
  equal(items[2].user_data.original.symbol, "Verify", "what the first is compared with")
  equal(items[4].user_data.original.symbol, "Backoff", "what the third is compared with")
end)

check("the copies of a place do not have the place among them", function()
  local items = columns.copies(groups, vim.uri_from_fname(retry), 7, "utf-16")
  equal(texts(items), { "99% alike · 2 copies", "Verify", "Render" }, "texts")
  equal(items[2].user_data.original.symbol, "Backoff", "original")
  equal(columns.copies(groups, vim.uri_from_fname(retry), 12, "utf-16"), {}, "of another place")
end)

check("every verdict is a sentence", function()
  local verdict = require("semantic-ls.explanation").verdict
  for want, explanation in pairs({
    ["Number 3 of 70, score 0.123"] = { verdict = "hit", rank = 3, of = 70, score = 0.1234 },
    ["Number 60 of 70, score 0.100: the list ends before it"] = { verdict = "below", rank = 60, of = 70, score = 0.1 },
    ["No word and no meaning in common with the query"] = { verdict = "unlike", rank = vim.NIL, of = 0 },
    ["Left out by -path:test, -path:x/"] = { verdict = "filtered", filtered = { by = "-path", given = { "test", "x/" } } },
    ['Left out by "a b"'] = { verdict = "filtered", filtered = { by = "query", given = { '"a b"' } } },
    ["There is no text to find there"] = { verdict = "empty" },
    ["Not indexed yet: 3 of 9 files are"] = { verdict = "waiting", coverage = { filesIndexed = 3, filesTotal = 9 } },
    ["Never read: made/ (.gitignore:1)"] = { verdict = "skipped", skipped = { rule = "made/", source = ".gitignore:1" } },
    ["moved"] = { verdict = "moved" },
  }) do
    equal(verdict(explanation), want, explanation.verdict)
  end
end)

check("every signal and factor of the server has words, and no other", function()
  local explanation = require("semantic-ls.explanation")
  for file, words in pairs({ ["signals.go"] = explanation.signals, ["class.go"] = explanation.factors }) do
    local named = {}
    for name in read(t.repository .. "/vectors/search/" .. file):gmatch('\n\t\tName: "(%w+)",') do
      named[name] = words[name] or "no words"
    end
    equal(named, words, file)
  end
end)

check("a missing server is silent when a file is opened", function()
  restart({ cmd = { "semantic-ls-is-not-here", "serve" } })
  vim.cmd.edit(retry)
  local drained = false
  -- Queued behind what the file's autocommand scheduled.
  vim.schedule(function()
    drained = true
  end)
  await(function()
    return drained
  end, "the event loop")
  equal(notices, {}, "notices")
end)

check("a missing server gives one clear message to a command", function()
  vim.cmd("SemanticSearch anything")
  await(function()
    return #notices > 0
  end, "a message")
  equal(#notices, 1, "messages")
  matches(notices[1], "`semantic%-ls%-is%-not%-here` was not found", "message")
  matches(notices[1], "go install github.com/semantic%-ls/semantic%-ls/cmd/semantic%-ls@latest", "message")
  equal(notices[1]:find("\n"), nil, "line break")
end)

check("a server that exits at once gives one clear message", function()
  restart({ cmd = { "false" }, autostart = false })
  vim.cmd.edit(retry)
  vim.cmd("SemanticSearch anything")
  await(function()
    return vim.iter(notices):any(function(notice)
      return notice:find("^semantic%-ls: the server exited") ~= nil
    end)
  end, "a message")
end)

check("a server that refuses to start says why, once", function()
  restart({ cmd = scripted(nil, 'embedding.model is not set, and embedding.provider is "openai"'), autostart = false })
  vim.cmd.edit(retry)
  vim.cmd("SemanticSearch anything")
  await(function()
    return #notices > 0
  end, "a message")
  equal(notices, { 'semantic-ls: embedding.model is not set, and embedding.provider is "openai"' }, "notices")
end)
