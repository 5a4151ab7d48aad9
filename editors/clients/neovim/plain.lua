-- Run by run.sh inside Neovim: `nvim --clean --headless -l plain.lua`. There is no plugin: vim.lsp alone.

local here = vim.fs.dirname(debug.getinfo(1, "S").source:sub(2))
local project = assert(vim.env.PROJECT, "PROJECT is not set")
local harness = dofile(here .. "/../../neovim/test/harness.lua")
local check, await, equal = harness.check, harness.await, harness.equal

local retry, password = project .. "/net/retry.go", project .. "/auth/password.go"
local modern = vim.fn.has("nvim-0.11") == 1

-- What docs/editors.md says, for 0.11 and newer, and for 0.10; the shop's root is where its go.mod is.
if modern then
  vim.lsp.config("semantic-ls", { cmd = { "semantic-ls", "serve" }, root_markers = { "go.mod", ".git" } })
  vim.lsp.enable("semantic-ls")
else
  vim.api.nvim_create_autocmd("FileType", {
    callback = function(event)
      if vim.bo[event.buf].buftype == "" then
        local root = vim.fs.root(event.buf, { "go.mod", ".git" })
        vim.lsp.start({ name = "semantic-ls", cmd = { "semantic-ls", "serve" }, root_dir = root })
      end
    end,
  })
end
vim.cmd("filetype plugin on")

local function edit(path)
  vim.cmd("silent edit " .. vim.fn.fnameescape(path))
end

local function client()
  return assert(vim.lsp.get_clients({ name = "semantic-ls" })[1], "no server runs")
end

---@return integer id of the request
local function send(method, params, handler)
  local c = client()
  local sent, id
  if modern then
    sent, id = c:request(method, params, handler, 0)
  else
    sent, id = c.request(method, params, handler, 0)
  end
  assert(sent, method .. " was not sent")
  return id
end

-- Asks the server, and runs the event loop until the answer is there.
local function ask(method, params)
  local done, problem, answer = false, nil, nil
  send(method, params, function(err, result)
    done, problem, answer = true, err, result
  end)
  await(function()
    return done
  end, "the answer to " .. method)
  assert(not problem, problem and problem.message)
  return answer
end

local function line_of(buffer, text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    if line:find(text, 1, true) then
      return number
    end
  end
  error("no line has " .. text)
end

local function place(item)
  return vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr)) .. ":" .. item.lnum
end

-- What vim.lsp.buf.workspace_symbol shows.
local function symbols(query)
  vim.fn.setqflist({}, "f")
  vim.lsp.buf.workspace_symbol(query)
  await(function()
    return vim.fn.getqflist({ size = 0 }).size > 0 or #harness.notices > 0
  end, "the list of symbols")
  equal(harness.notices, {}, "notices")
  local list = vim.fn.getqflist()
  vim.cmd.cclose()
  return list
end

check("a file starts the server, which indexes its folder", function()
  edit(retry)
  await(function()
    return #vim.lsp.get_clients({ name = "semantic-ls", bufnr = 0 }) == 1 and client().initialized
  end, "the server")
  equal(client().config.root_dir, vim.fs.normalize(project), "root")
  await(function()
    local status = ask("semantic/status", vim.empty_dict())
    return status.folders[1].state == "ready" and status.coverage.percent == 100
  end, "the folder to be ready")
end)

check("workspace_symbol takes a question, and keeps the order", function()
  local list = symbols("check the password of a user at login")
  edit(password)
  equal(place(list[1]), "password.go:" .. line_of(0, "func VerifyPassword"), "first entry")
  equal(place(symbols("Retry")[1]), "retry.go:" .. 15, "first entry for a name")
end)

check("an unsaved edit is found where it stands, and the file is not touched", function()
  edit(retry)
  local buffer = vim.api.nvim_get_current_buf()
  local before = vim.fn.readfile(retry)
  local at = line_of(buffer, "// Retry calls send") - 1
  vim.api.nvim_buf_set_lines(buffer, at, at, false, {
    "// CompressThumbnail shrinks an uploaded photograph to a small picture.",
    "func CompressThumbnail(photograph []byte) []byte {",
    "\treturn photograph[:len(photograph)/2]",
    "}",
    "",
  })
  local wanted = line_of(buffer, "func CompressThumbnail")
  equal(place(symbols("make a picture that was sent in smaller")[1]), "retry.go:" .. wanted, "first entry")
  local answer = ask("semantic/search", { query = "make a picture that was sent in smaller" })
  equal(vim.uri_to_fname(answer.hits[1].uri), retry, "first hit's file")
  equal(answer.hits[1].selectionRange.start.line, wanted - 1, "first hit's line")
  equal(answer.coverage.dirtyDocuments, 1, "dirty documents")
  equal(vim.bo[buffer].modified, true, "modified")
  equal(vim.fn.readfile(retry), before, "file on disk")
end)

check("what is written is found, and what is thrown away is not", function()
  vim.cmd("silent write")
  await(function()
    return ask("semantic/search", { query = "CompressThumbnail" }).coverage.dirtyDocuments == 0
  end, "the buffer to be saved")
  equal(place(symbols("CompressThumbnail")[1]), "retry.go:" .. line_of(0, "func CompressThumbnail"), "first entry")
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { "package net", "func ThrownAway() {}" })
  equal(place(symbols("ThrownAway")[1]), "retry.go:2", "first entry")
  vim.cmd("bwipeout!")
  edit(password)
  for _, hit in ipairs(ask("semantic/search", { query = "ThrownAway" }).hits) do
    assert(hit.symbol ~= "ThrownAway", "a buffer that is gone is found")
  end
end)

check("a file that another program writes is found", function()
  local file = assert(io.open(project .. "/tools.py", "w"))
  file:write("def shrink_picture(photograph):\n    return photograph[::2]\n")
  file:close()
  await(function()
    local hit = ask("semantic/search", { query = "shrink_picture" }).hits[1]
    return hit and hit.symbol == "shrink_picture" and vim.uri_to_fname(hit.uri) == project .. "/tools.py"
  end, "the file")
end)

check("an action finds the test, and goes there when it is chosen", function()
  edit(retry)
  vim.api.nvim_win_set_cursor(0, { line_of(0, "func Retry"), 5 })
  local offered
  -- Neovim's own asks whoever sits before it, and waits.
  vim.lsp.handlers["window/showMessageRequest"] = function(_, params)
    offered = params.actions
    for _, action in ipairs(params.actions) do
      if action.title:find("TestRetry", 1, true) then
        return action
      end
    end
    return vim.NIL
  end
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title == "Find related code"
    end,
  })
  await(function()
    return offered and vim.fs.basename(vim.api.nvim_buf_get_name(0)) == "retry_test.go"
  end, "the test to be shown")
  equal(vim.api.nvim_win_get_cursor(0)[1], line_of(0, "func TestRetry"), "line")
end)

check("a request that is cancelled is over", function()
  local answered
  local id = send("semantic/search", { query = "cancelled" }, function(err, result)
    answered = err or result
  end)
  if modern then
    client():cancel_request(id)
  else
    client().cancel_request(id)
  end
  -- Neovim keeps -32800 to itself, and forgets the request when it is answered.
  await(function()
    return client().requests[id] == nil
  end, "the request to be forgotten")
  assert(not answered or answered.hits or answered.code == -32800, vim.inspect(answered))
  assert(#symbols("Backoff") > 0)
end)

check("progress is shown and ends", function()
  await(function()
    return vim.lsp.status() == "" and next(client().progress.pending) == nil
  end, "the end of the progress")
end)

check("the server exits when the editor says so", function()
  local c, over = client(), nil
  vim.api.nvim_create_autocmd("LspDetach", { callback = function() over = true end })
  if modern then
    c:stop()
  else
    c.stop()
  end
  await(function()
    return over and #vim.lsp.get_clients({ name = "semantic-ls" }) == 0
  end, "the server to stop")
end)

harness.finish()
