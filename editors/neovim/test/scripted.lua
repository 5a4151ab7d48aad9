-- Checks with a server whose answers are written here.

local t = ...
local check, await, equal, matches = t.harness.check, t.harness.await, t.harness.equal, t.harness.matches
local notices = t.harness.notices
local quickfix, list_of, clients, scripted, restart = t.quickfix, t.list_of, t.clients, t.scripted, t.restart
local texts = t.texts
local retry, password, trio, groups, cancelled = t.retry, t.password, t.trio, t.groups, t.cancelled

check("a newer search supersedes the older", function()
  local waiting = {}
  restart({
    cmd = scripted(function(_, params, reply)
      waiting[#waiting + 1] = { query = params.query, session = params.session, reply = reply }
    end),
  })
  vim.cmd.edit(retry)
  vim.cmd("SemanticSearch older")
  vim.cmd("SemanticSearch newer")
  await(function()
    return vim.iter(waiting):any(function(request)
      return request.query == "newer"
    end)
  end, "the newer request")
  local range = { start = { line = 0, character = 0 }, ["end"] = { line = 0, character = 1 } }
  local hit = { uri = vim.uri_from_fname(retry), range = range, selectionRange = range, symbol = "s", snippet = "s" }
  for _, request in ipairs(waiting) do
    assert(request.session, "no session")
    if request.query == "newer" then
      request.reply(nil, { hits = { hit }, coverage = { percent = 50 } })
    else
      request.reply({ code = -32801, message = "superseded" })
    end
  end
  await(function()
    return quickfix().title ~= ""
  end, "a list")
  equal(quickfix().title, "Semantic: newer (50% indexed)", "title")
  equal(notices, {}, "notices")
end)

check("a question is cancelled by a newer one and by SemanticCancel, and then shows nothing", function()
  local asked = {}
  restart({
    cmd = scripted(function(method, _, reply, _, id)
      asked[#asked + 1] = { method = method, id = id, reply = reply }
    end),
  })
  vim.cmd.edit(retry)
  for _, command in ipairs({ "SemanticDuplicates", "SemanticDuplicatesHere", "SemanticRelated", "SemanticCancel" }) do
    local before = #asked
    vim.cmd(command)
    if command ~= "SemanticCancel" then
      await(function()
        return #asked == before + 1
      end, "the request of " .. command)
    end
  end
  local ids = vim.tbl_map(function(request)
    return request.id
  end, asked)
  equal(vim.list_slice(cancelled, #cancelled - 2), ids, "cancelled")
  for _, request in ipairs(asked) do
    request.reply(nil, { groups = groups, hits = trio, coverage = { percent = 100 } })
  end
  local drained = false
  vim.schedule(function()
    drained = true
  end)
  await(function()
    return drained
  end, "the answers")
  equal(#quickfix().items, 0, "entries")
  equal(notices, {}, "notices")
end)

check("commands of the server are done here, for the place that they name", function()
  local asked = {}
  restart({
    cmd = scripted(function(method, params, reply)
      asked[#asked + 1] = { method, params }
      reply(nil, { groups = groups, hits = trio, coverage = { percent = 100 } })
    end),
  })
  vim.cmd.edit(retry)
  await(function()
    return clients()[1] and clients()[1].initialized
  end, "the server")
  local uri, position = vim.uri_from_fname(password), { line = 5, character = 1 }
  local function execute(name, title)
    local client, before = clients()[1], quickfix().id
    local command = { title = name, command = name, arguments = { uri, position } }
    if client.exec_cmd then
      client:exec_cmd(command)
    else
      client:_exec_cmd(command)
    end
    await(function()
      return quickfix().id ~= before
    end, name)
    equal(quickfix().title, title, "title")
    vim.cmd.cclose()
    return asked[#asked]
  end
  equal(execute("semantic/showRelated", "Related to password.go:6"), {
    "semantic/related",
    { textDocument = { uri = uri }, position = position, limit = 20 },
  }, "asked for related code")
  equal(execute("semantic/showDuplicates", "Duplicates of password.go:6"), {
    "semantic/duplicates",
    { textDocument = { uri = uri }, position = position },
  }, "asked for duplicates")
  equal(vim.list_slice(texts(quickfix().items), 2, 3), { "Backoff", "Render" }, "entries")
end)

check("what an answer had to do without is said", function()
  restart({
    cmd = scripted(function(_, _, reply)
      reply(nil, { hits = trio, coverage = { percent = 100 }, warning = "the model is down" })
    end),
  })
  vim.cmd.edit(retry)
  list_of("SemanticSearch anything", "^Semantic: anything")
  equal(notices, { "semantic-ls: the model is down" }, "notices")
  vim.cmd.cclose()
end)

check("an old server that lacks the request says how to update", function()
  restart({
    cmd = scripted(function(_, _, reply)
      reply({ code = -32601, message = "unknown" })
    end),
  })
  vim.cmd.edit(retry)
  vim.cmd("SemanticSearch anything")
  await(function()
    return #notices > 0
  end, "a message")
  matches(notices[1], "update it with `go install", "message")
end)
