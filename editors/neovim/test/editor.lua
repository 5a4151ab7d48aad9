-- Run by run.sh inside Neovim: `nvim --clean --headless -l editor.lua`.

local here = vim.fs.dirname(debug.getinfo(1, "S").source:sub(2))
local plugin = vim.fs.dirname(here)
local binary = assert(vim.env.SEMANTIC_LS_BIN, "SEMANTIC_LS_BIN is not set")
local project = assert(vim.env.TEST_DIR, "TEST_DIR is not set")

local harness = dofile(here .. "/harness.lua")
local check, await, equal, matches = harness.check, harness.await, harness.equal, harness.matches
local notices, forget = harness.notices, harness.forget

---@param name string
---@param text string
local function write(name, text)
  local path = project .. "/" .. name
  vim.fn.mkdir(vim.fs.dirname(path), "p")
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

-- The line of a file, from 1, that holds text.
local function line_of(path, text)
  local number = 0
  for line in io.lines(path) do
    number = number + 1
    if line:find(text, 1, true) then
      return number
    end
  end
  error("no line has " .. text)
end

local function quickfix()
  return vim.fn.getqflist({ title = 0, items = 0, id = 0 })
end

local function place(item)
  return vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr)) .. ":" .. item.lnum
end

-- Gives a command and waits for a new quickfix list with this title.
local function list_of(command, title)
  local before = quickfix().id
  vim.cmd(command)
  await(function()
    return quickfix().id ~= before or #notices > 0
  end, "the list of " .. command)
  local list = quickfix()
  matches(list.title, title, "title")
  return list
end

write("go.mod", "module example.org/shop\n\ngo 1.24\n")
local retry = write("net/retry.go", [[
package net

import "time"

// Backoff waits longer after every failed attempt, up to a ceiling, so that a struggling server recovers.
func Backoff(attempt int) time.Duration {
	delay := 100 * time.Millisecond << attempt
	if delay > 30*time.Second {
		delay = 30 * time.Second
	}
	return delay
}

// Retry calls send until it succeeds or the attempts are used up, with exponential backoff between attempts.
func Retry(attempts int, send func() error) error {
	var err error
	for attempt := range attempts {
		if err = send(); err == nil {
			return nil
		}
		time.Sleep(Backoff(attempt))
	}
	return err
}
]])
local password = write("auth/password.go", [[
package auth

import "crypto/subtle"

// VerifyPassword reports whether the password a user typed at login has the stored hash.
func VerifyPassword(typed string, salt, stored []byte) bool {
	return subtle.ConstantTimeCompare(derive(typed, salt), stored) == 1
}

// derive stretches a password with its salt into a hash.
func derive(password string, salt []byte) []byte {
	sum := append([]byte(nil), salt...)
	for i := range password {
		sum = append(sum, password[i])
	}
	return sum
}
]])
local invoice = write("billing/invoice.go", [[
package billing

import "fmt"

type Größe struct{ Cents int }

// The receiver stands before the name, and its characters have one, two and four bytes in UTF-8.
func (größe𝒢 Größe) RenderInvoice(customer string) string {
	return fmt.Sprintf("invoice for %s: %d cents", customer, größe𝒢.Cents)
}
]])

vim.opt.runtimepath:prepend(plugin)
vim.cmd("filetype plugin on")
vim.cmd("runtime! plugin/semantic-ls.lua")
local semantic = require("semantic-ls")
local columns = require("semantic-ls.quickfix")

local function clients()
  return vim.lsp.get_clients({ name = "semantic-ls" })
end

-- An in-process server that answers as told, or refuses initialize; the plugin reaches it as `cmd`.
local function scripted(answer, refusal)
  return function(dispatchers)
    local closing, next_id = false, 0
    return {
      request = function(method, params, callback, done)
        next_id = next_id + 1
        local id = next_id
        local function reply(err, result)
          vim.schedule(function()
            callback(err, result)
            if done then
              done(id)
            end
          end)
        end
        if method == "initialize" and refusal then
          reply({ code = -32803, message = refusal })
        elseif method == "initialize" then
          reply(nil, { capabilities = {} })
        elseif method == "shutdown" then
          reply(nil, nil)
        else
          answer(method, params, reply, dispatchers)
        end
        return true, id
      end,
      notify = function(method)
        if method == "exit" then
          closing = true
          dispatchers.on_exit(0, 0)
        end
        return true
      end,
      is_closing = function()
        return closing
      end,
      terminate = function()
        closing = true
        dispatchers.on_exit(0, 15)
      end,
    }
  end
end

-- Starts again with other options, once the servers so far are gone.
local function restart(options)
  for _, client in ipairs(clients()) do
    if vim.fn.has("nvim-0.11") == 1 then
      client:stop(true)
    else
      client.stop(true)
    end
  end
  await(function()
    return #clients() == 0 and #require("semantic-ls.client").servers() == 0
  end, "the servers to stop")
  vim.cmd("silent! %bwipeout!")
  semantic.setup(options)
  vim.fn.setqflist({}, "f")
  forget()
end

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

check("a file of a project starts the server and is attached", function()
  restart({ cmd = { binary, "serve" } })
  vim.cmd.edit(retry)
  -- A file says nothing of a server that does not start: a command does.
  semantic.status({}, function(err)
    notices[#notices + 1] = err and err.message
  end)
  await(function()
    assert(#notices == 0, notices[1])
    return #vim.lsp.get_clients({ name = "semantic-ls", bufnr = 0 }) == 1 and clients()[1].initialized
  end, "the server")
  equal(clients()[1].config.root_dir, vim.fs.normalize(project), "root")
end)

check("the folder becomes ready", function()
  local status, problem
  local asked = false
  await(function()
    if not asked then
      asked = true
      semantic.status({}, function(err, result)
        status, problem, asked = result, err, false
      end)
    end
    assert(not problem, problem and problem.message)
    local folder = status and status.folders[1]
    return folder and folder.state == "ready" and folder.coverage.percent == 100
  end, "state ready")
  equal(#status.folders, 1, "folders")
  equal(status.folders[1].uri, vim.uri_from_fname(project), "folder")
end)

check("SemanticSearch fills and opens the quickfix list, best first", function()
  local list = list_of("SemanticSearch wait longer after every failed attempt", "^Semantic: wait longer after every")
  equal(place(list.items[1]), "retry.go:" .. line_of(retry, "func Backoff"), "first entry")
  matches(list.items[1].text, "Backoff", "text")
  equal(vim.bo.buftype, "quickfix", "window")
  vim.cmd.cfirst()
  equal(vim.api.nvim_win_get_cursor(0)[1], line_of(retry, "func Backoff"), "line jumped to")
  vim.cmd.cclose()
end)

check("the column is the name's, in bytes, after characters of several bytes", function()
  local list = list_of("SemanticSearch render an invoice for a customer", "^Semantic: render")
  local item = list.items[1]
  equal(place(item), "invoice.go:" .. line_of(invoice, "RenderInvoice"), "first entry")
  local line = vim.fn.readfile(invoice)[item.lnum]
  equal(line:sub(item.col, item.end_col - 1), "RenderInvoice", "text at the column")
  vim.cmd.cclose()
end)

check("an empty query asks for one", function()
  local input, prompt = vim.ui.input, nil
  vim.ui.input = function(options, done)
    prompt = options.prompt
    done("check the password of a user at login")
  end
  local list = list_of("SemanticSearch", "^Semantic: check the password")
  vim.ui.input = input
  matches(prompt, "search", "prompt")
  equal(place(list.items[1]), "password.go:" .. line_of(password, "func VerifyPassword"), "first entry")
  vim.cmd.cclose()
end)

check("an unsaved edit is found, also in another buffer, and the file is not touched", function()
  local before = read(retry)
  vim.cmd.edit(retry)
  local edited = vim.api.nvim_get_current_buf()
  vim.cmd.edit({ password, mods = { hide = true } })
  local other = vim.api.nvim_get_current_buf()
  assert(clients()[1], "no server runs")
  await(function()
    return vim.lsp.buf_is_attached(edited, clients()[1].id) and vim.lsp.buf_is_attached(other, clients()[1].id)
  end, "both files to be attached")
  -- Neovim holds back changes that follow an edit closely.
  vim.api.nvim_buf_set_lines(edited, -1, -1, false, { "" })
  vim.api.nvim_buf_set_lines(edited, -1, -1, false, {
    "// CompressThumbnail shrinks the uploaded photograph to a small JPEG picture.",
    "func CompressThumbnail(photograph []byte) []byte {",
    "\treturn photograph[:len(photograph)/2]",
    "}",
  })
  local wanted = vim.api.nvim_buf_line_count(edited) - 2
  local list = list_of("SemanticSearch shrink an uploaded photograph to a small picture", "^Semantic: shrink")
  equal(place(list.items[1]), "retry.go:" .. wanted, "first entry")
  equal(vim.bo[edited].modified, true, "modified")
  equal(read(retry), before, "file on disk")
  vim.cmd.cclose()
end)

check("SemanticRelated finds what resembles the place of the cursor", function()
  vim.cmd.edit({ retry, bang = true })
  vim.api.nvim_win_set_cursor(0, { line_of(retry, "func Retry"), 5 })
  local list = list_of("SemanticRelated", "^Related to retry.go:" .. line_of(retry, "func Retry"))
  assert(#list.items > 0, "no entry")
  assert(
    vim.iter(list.items):any(function(item)
      return place(item) == "retry.go:" .. line_of(retry, "func Backoff")
    end),
    "Backoff is not among " .. vim.inspect(vim.tbl_map(place, list.items))
  )
  matches(list.items[1].text, "^%[%a+%]", "text begins with the reason")
  vim.cmd.cclose()
end)

check("SemanticRelated takes a range", function()
  local first, last = line_of(password, "// VerifyPassword"), line_of(password, "ConstantTimeCompare")
  vim.cmd.edit(password)
  local list = list_of(("%d,%dSemanticRelated"):format(first, last), ("^Related to password.go:%d%%-%d"):format(first, last))
  assert(#list.items > 0, "no entry")
  vim.cmd.cclose()
end)

check("SemanticRelated takes the text of a buffer that is no file", function()
  vim.cmd.enew()
  vim.bo.filetype = "go"
  vim.api.nvim_buf_set_lines(0, 0, -1, false, {
    "func CheckPassword(password string, salt, hash []byte) bool {",
    "\treturn subtle.ConstantTimeCompare(derive(password, salt), hash) == 1",
    "}",
  })
  local list = list_of("SemanticRelated", "^Related to %[No Name%]:")
  equal(place(list.items[1]), "password.go:" .. line_of(password, "func VerifyPassword"), "first entry")
  vim.cmd.cclose()
  vim.cmd("bwipeout!")
end)

check("the API's search answers items and can be cancelled", function()
  vim.cmd.edit(retry)
  local called = false
  semantic.search("wait longer", {}, function()
    called = true
  end)()
  local answer
  semantic.search("wait longer after every failed attempt", { limit = 1 }, function(err, result)
    answer = err or result
  end)
  await(function()
    return answer
  end, "an answer")
  equal(answer.message, nil, "error")
  equal(#answer.items, 1, "items")
  equal(answer.items[1].filename, vim.fs.normalize(retry), "file")
  equal(answer.coverage.percent, 100, "percent")
  await(function()
    return next(clients()[1].requests) == nil
  end, "the requests to end")
  equal(called, false, "the cancelled callback was called")
end)

check("SemanticStatus prints the coverage", function()
  local echo, printed = vim.api.nvim_echo, nil
  vim.api.nvim_echo = function(chunks)
    printed = chunks[1][1]
  end
  vim.cmd.SemanticStatus()
  await(function()
    return printed or #notices > 0
  end, "the output")
  vim.api.nvim_echo = echo
  matches(printed, "^semantic%-ls %S+, model %S+", "first line")
  matches(printed, "ready, 100%% of %d+ files", "folder's line")
end)

check("checkhealth finds nothing wrong", function()
  vim.cmd("silent checkhealth semantic-ls")
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  matches(report, "running for " .. vim.pesc(vim.fs.normalize(project)), "report")
  equal(report:find("ERROR"), nil, "errors")
  vim.cmd("bwipeout!")
end)

check("a server that was stopped is started again by the next search", function()
  restart({ cmd = { binary, "serve" }, autostart = false })
  vim.cmd.edit(retry)
  equal(#clients(), 0, "servers before the command")
  -- The first answers may come before the folder is indexed: they say so, and the question is asked again.
  await(function()
    vim.cmd("SemanticSearch wait longer after every failed attempt")
    await(function()
      return #quickfix().items > 0 or #notices > 0
    end, "an answer")
    if #notices > 0 then
      matches(notices[1], "nothing found yet: ", "message")
      forget()
    end
    return #quickfix().items > 0
  end, "a hit")
  equal(place(quickfix().items[1]), "retry.go:" .. line_of(retry, "func Backoff"), "first entry")
end)

restart({})
harness.finish()
