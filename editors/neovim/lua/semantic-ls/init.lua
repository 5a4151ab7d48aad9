-- The Lua API: setup, search, related, duplicates, explain, status, pause, resume, reindex, statusline. It shows nothing;
-- the commands (commands.lua) do.

local client = require("semantic-ls.client")
local config = require("semantic-ls.config")
local quickfix = require("semantic-ls.quickfix")

local M = {}

---@class semantic-ls.Error
---@field message string one sentence
---@field code integer? LSP's error code, if the server answered with one

---@class semantic-ls.Answer
---@field items table[] quickfix items, best first
---@field hits table[] the server's hits, best first (ranges in the units of `encoding`)
---@field coverage table how much of the workspace was searched
---@field encoding string "utf-8", "utf-16" or "utf-32"
---@field warning string? what the answer had to do without

---@alias semantic-ls.Callback fun(err: semantic-ls.Error?, answer: semantic-ls.Answer?)

-- Sets the options; every call starts again from the defaults. Servers already running keep theirs.
---@param options table?
function M.setup(options)
  config.set(options)
end

---@param err table
---@return semantic-ls.Error
local function clear(err)
  -- MethodNotFound: the program is older than this plugin.
  if err.code == -32601 then
    return {
      code = err.code,
      message = ("the server does not know this request; update it with `%s`"):format(client.install),
    }
  end
  return { code = err.code, message = vim.trim((tostring(err.message or "no reason given"):gsub("%s+", " "))) }
end

---@param buf integer
---@param method string
---@param params table|fun(client: vim.lsp.Client): table
---@param callback fun(err: semantic-ls.Error?, result: any, client: vim.lsp.Client?)
---@return fun() cancel
local function ask(buf, method, params, callback)
  local server, err = client.ensure(buf)
  if not server then
    local cancelled = false
    -- Never before the caller holds the function that cancels.
    vim.schedule(function()
      if not cancelled then
        callback({ message = err })
      end
    end)
    return function()
      cancelled = true
    end
  end
  return client.request(server, method, params, function(problem, result, lsp)
    callback(problem and clear(problem) or nil, result, lsp)
  end)
end

---@param callback semantic-ls.Callback
local function with_items(callback)
  return function(err, result, lsp)
    if err then
      return callback(err)
    end
    local encoding = lsp.offset_encoding
    local hits = result.hits or {}
    callback(nil, {
      items = quickfix.items(hits, encoding),
      hits = hits,
      coverage = result.coverage or {},
      encoding = encoding,
      warning = result.warning,
    })
  end
end

-- A place in a document, in the units of the server. The place is the one of the call, the units are known when the
-- server is ready.
---@alias semantic-ls.Place { uri: string, position: { line: integer, character: integer } }

---@param win integer
---@param buf integer
---@return fun(client: vim.lsp.Client): table position
local function cursor(win, buf)
  local row, col = unpack(vim.api.nvim_win_get_cursor(win))
  local line = vim.api.nvim_buf_get_lines(buf, row - 1, row, false)[1] or ""
  return function(lsp)
    return { line = row - 1, character = quickfix.units(line, col, lsp.offset_encoding) }
  end
end

local function buffer(opts)
  return opts.buf and opts.buf ~= 0 and opts.buf or vim.api.nvim_get_current_buf()
end

-- Searches for a query in plain words or code. Unsaved text of attached buffers is searched as it is.
---@param query string
---@param opts { buf: integer?, limit: integer?, folders: string[]?, session: string? }? folders are URIs. Searches
--- of one session supersede each other: the older answers with code -32801.
---@param callback semantic-ls.Callback called once, in the main loop; never after cancel
---@return fun() cancel
function M.search(query, opts, callback)
  opts = opts or {}
  return ask(buffer(opts), "semantic/search", {
    query = query,
    limit = opts.limit or config.current.limit,
    folders = opts.folders,
    session = opts.session,
  }, with_items(callback))
end

-- Finds code related to a place: the cursor, or whole lines of a buffer. A buffer that is not a file of a project
-- is compared by its text.
---@param opts { buf: integer?, win: integer?, lines: integer[]?, place: semantic-ls.Place?, limit: integer? }? lines:
--- first and last, from 1; nil: the cursor of win; place: instead of either, as the server names it
---@param callback semantic-ls.Callback called once, in the main loop; never after cancel
---@return fun() cancel
function M.related(opts, callback)
  opts = opts or {}
  local win = opts.win or 0
  local buf = opts.buf and buffer(opts) or vim.api.nvim_win_get_buf(win)
  local limit = opts.limit or config.current.limit
  if opts.place then
    local document = { uri = opts.place.uri }
    local params = { textDocument = document, position = opts.place.position, limit = limit }
    return ask(buf, "semantic/related", params, with_items(callback))
  end
  local server = client.ensure(buf)
  if server and not vim.lsp.buf_is_attached(buf, server.id) then
    local first, last = 1, -1
    if opts.lines then
      first, last = opts.lines[1], opts.lines[2]
    end
    return ask(buf, "semantic/related", {
      text = table.concat(vim.api.nvim_buf_get_lines(buf, first - 1, last, false), "\n"),
      languageId = vim.bo[buf].filetype ~= "" and vim.bo[buf].filetype or nil,
      limit = limit,
    }, with_items(callback))
  end
  local params = { textDocument = { uri = vim.uri_from_bufnr(buf) }, limit = limit }
  if opts.lines then
    local last = vim.api.nvim_buf_get_lines(buf, opts.lines[2] - 1, opts.lines[2], false)[1] or ""
    params.range = {
      start = { line = opts.lines[1] - 1, character = 0 },
      -- In bytes, at least the length in any encoding; a server takes more than the line has as its end.
      ["end"] = { line = opts.lines[2] - 1, character = #last },
    }
    return ask(buf, "semantic/related", params, with_items(callback))
  end
  local position = cursor(win, buf)
  return ask(buf, "semantic/related", function(lsp)
    params.position = position(lsp)
    return params
  end, with_items(callback))
end

---@class semantic-ls.Duplicates
---@field items table[] quickfix items: a heading for each group, then its places
---@field groups table[] the server's groups, { similarity, hits }
---@field coverage table
---@field encoding string
---@field warning string?

-- Finds groups of near-copies: in the workspace, or those of what stands at a place, which is not among their items.
---@param opts { buf: integer?, win: integer?, here: boolean?, place: semantic-ls.Place?, limit: integer?,
--- folders: string[]?, min_lines: integer?, similarity: number? }? here: at the cursor of win; limit: of groups
---@param callback fun(err: semantic-ls.Error?, answer: semantic-ls.Duplicates?) called once, in the main loop; never
--- after cancel
---@return fun() cancel
function M.duplicates(opts, callback)
  opts = opts or {}
  local win = opts.win or 0
  local buf = opts.buf and buffer(opts) or vim.api.nvim_win_get_buf(win)
  local place = opts.place
  local params = {
    folders = opts.folders,
    minLines = opts.min_lines,
    similarity = opts.similarity,
    limit = opts.limit,
  }
  local position = not place and opts.here and cursor(win, buf)
  local uri = vim.uri_from_bufnr(buf)
  return ask(buf, "semantic/duplicates", function(lsp)
    if position then
      place = { uri = uri, position = position(lsp) }
    end
    if place then
      params.textDocument, params.position = { uri = place.uri }, place.position
    end
    return next(params) and params or vim.empty_dict()
  end, function(err, result, lsp)
    if err then
      return callback(err)
    end
    local groups, encoding = result.groups or {}, lsp.offset_encoding
    local items
    if place then
      items = quickfix.copies(groups, place.uri, place.position.line, encoding)
    else
      items = quickfix.groups(groups, encoding)
    end
    callback(nil, {
      items = items,
      groups = groups,
      coverage = result.coverage or {},
      encoding = encoding,
      warning = result.warning,
    })
  end)
end

-- Says why a file, or a line of it, stands where it does in the answer to a query, or is not there.
---@param query string
---@param opts { buf: integer?, path: string?, uri: string?, line: integer?, limit: integer? }? path or uri: of the file,
--- nil: the buffer's; line: from 1; limit: that of the search
---@param callback fun(err: semantic-ls.Error?, explanation: table?) called once, in the main loop; never after cancel
---@return fun() cancel
function M.explain(query, opts, callback)
  opts = opts or {}
  local buf = buffer(opts)
  return ask(buf, "semantic/explain", {
    query = query,
    uri = opts.uri or (opts.path and vim.uri_from_fname(vim.fs.normalize(opts.path))) or vim.uri_from_bufnr(buf),
    position = opts.line and { line = opts.line - 1, character = 0 } or nil,
    limit = opts.limit or config.current.limit,
  }, function(err, result)
    callback(err, result)
  end)
end

-- Asks the server of the current project for its state: model, folders, coverage.
---@param opts { buf: integer? }?
---@param callback fun(err: semantic-ls.Error?, status: table?) called once, in the main loop; never after cancel
---@return fun() cancel
function M.status(opts, callback)
  return ask(buffer(opts or {}), "semantic/status", vim.empty_dict(), function(err, result)
    callback(err, result)
  end)
end

---@param method string
local function control(method)
  ---@param opts { buf: integer?, folders: string[]? }? folders are URIs; nil: all of the project's
  ---@param callback fun(err: semantic-ls.Error?)? called once, in the main loop; never after cancel
  ---@return fun() cancel
  return function(opts, callback)
    opts = opts or {}
    local params = opts.folders and { folders = opts.folders } or vim.empty_dict()
    return ask(buffer(opts), method, params, function(err)
      if callback then
        callback(err)
      end
    end)
  end
end

-- Stops indexing until it is resumed; what is indexed answers, and what is saved is indexed still.
M.pause = control("semantic/pause")

-- Goes on indexing what was paused.
M.resume = control("semantic/resume")

-- Looks at all files again; those that have not changed keep what was computed for them.
M.reindex = control("semantic/reindex")

-- For 'statusline': "semantic 40%" while the current buffer's project is being indexed, "semantic paused", "semantic
-- failed", else "". |User| SemanticStatus comes when it may have changed.
---@return string
function M.statusline()
  local status = client.status_of(vim.api.nvim_get_current_buf())
  if not status then
    return ""
  end
  local states = {}
  for _, folder in ipairs(status.folders or {}) do
    states[folder.state] = true
  end
  if states.failed then
    return "semantic failed"
  elseif states.paused then
    return "semantic paused"
  elseif states.indexing then
    return ("semantic %d%%"):format(math.floor((status.coverage or {}).percent or 0))
  end
  return ""
end

return M
