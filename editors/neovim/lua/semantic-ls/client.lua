-- The running servers: one per project root, what is attached to them, and requests that survive
-- a server still starting or dying half-way.

local config = require("semantic-ls.config")

local M = {}

---@class semantic-ls.Server
---@field id integer the vim.lsp client's
---@field root string
---@field ready boolean initialize was answered
---@field refusal string? why the server did not take initialize
---@field waiting fun(err: table?)[] requests made before it was ready
---@field pending table<table, fun(err: table?, result: any)> requests without an answer yet
---@field status table? what it told of itself last

---@type table<string, semantic-ls.Server> by root
local servers = {}

-- Roots whose server ended before it was ready. Files do not start another one there, only commands do.
---@type table<string, true>
local given_up = {}

-- The root used last, for commands in a buffer that belongs to no project.
---@type string?
local latest

M.install = "go install github.com/semantic-ls/semantic-ls/cmd/semantic-ls@latest"

-- The program of the configured command, and whether it can be started. A `cmd` function is always startable.
---@return string program, boolean found
function M.program()
  local cmd = config.current.cmd
  if type(cmd) == "function" then
    return "a function", true
  end
  return cmd[1] or "", vim.fn.executable(cmd[1] or "") == 1
end

---@param buf integer
---@return string? path the absolute path of a buffer that holds a file
local function file_of(buf)
  if not vim.api.nvim_buf_is_valid(buf) or vim.bo[buf].buftype ~= "" then
    return nil
  end
  local name = vim.api.nvim_buf_get_name(buf)
  -- A name with a scheme is some plugin's buffer (oil://, fugitive://), never a file on disk.
  if name == "" or name:match("^%a[%w+.-]+://") then
    return nil
  end
  return vim.fs.normalize(vim.fn.fnamemodify(name, ":p"))
end

---@param path string
---@param root string
local function inside(path, root)
  return path == root or vim.startswith(path, root == "/" and root or root .. "/")
end

-- The running server whose root holds path; of several, the innermost.
---@param path string
---@return semantic-ls.Server?
local function holding(path)
  local best ---@type semantic-ls.Server?
  for root, server in pairs(servers) do
    if inside(path, root) and (not best or #root > #best.root) then
      best = server
    end
  end
  return best
end

-- A home directory or the root of the file system is no project, even if a marker lies there.
---@param root string
local function is_project(root)
  return root ~= "/" and root ~= vim.fs.normalize(vim.uv.os_homedir() or "/")
end

---@param server semantic-ls.Server
---@param err table
local function fail(server, err)
  local waiting, pending = server.waiting, server.pending
  server.waiting, server.pending = {}, {}
  for _, run in ipairs(waiting) do
    run(err)
  end
  for _, callback in pairs(pending) do
    callback(err)
  end
end

-- The configured command as Neovim's `cmd`, but keeping a refused initialize (a mistake in the settings, say) from
-- Neovim, which would show it as an internal error and leave the server running.
---@param server semantic-ls.Server
local function command(server)
  local cmd = config.current.cmd
  return function(dispatchers, ...)
    local rpc
    if type(cmd) == "function" then
      rpc = cmd(dispatchers, ...)
    else
      rpc = vim.lsp.rpc.start(cmd, dispatchers, { cwd = server.root })
    end
    local request = rpc.request
    rpc.request = function(method, params, callback, ...)
      if method ~= "initialize" then
        return request(method, params, callback, ...)
      end
      return request(method, params, function(err, ...)
        if not err then
          return callback(err, ...)
        end
        server.refusal = err.message
        rpc.terminate()
      end, ...)
    end
    return rpc
  end
end

-- Starts a server for root without attaching a buffer.
---@param root string
---@return semantic-ls.Server? server, string? err
local function start(root)
  local program, found = M.program()
  if not found then
    return nil, ("`%s` was not found. Install it with `%s`, or name it as `cmd` in setup()"):format(program, M.install)
  end
  local server = { root = root, ready = false, waiting = {}, pending = {} }
  local settings = next(config.current.settings) and config.current.settings or vim.empty_dict()
  local options = {
    name = "semantic-ls",
    cmd = command(server),
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fs.basename(root) } },
    init_options = settings,
    settings = { ["semantic-ls"] = settings },
    -- What its code actions and code lenses do is shown in the quickfix list; without these the server would offer hits
    -- in a message.
    commands = {
      ["semantic/showRelated"] = function(command)
        require("semantic-ls.commands").show_related(command.arguments or {})
      end,
      ["semantic/showDuplicates"] = function(command)
        require("semantic-ls.commands").show_duplicates(command.arguments or {})
      end,
    },
    handlers = {
      ["semantic/statusChanged"] = function(_, status)
        server.status = status
        vim.cmd.redrawstatus({ bang = true })
        vim.api.nvim_exec_autocmds("User", { pattern = "SemanticStatus", modeline = false })
      end,
    },
    on_init = function()
      -- Scheduled: Neovim opens the attached buffers right after this callback, and a search must come after them.
      vim.schedule(function()
        server.ready = true
        given_up[root] = nil
        local waiting = server.waiting
        server.waiting = {}
        for _, run in ipairs(waiting) do
          run(nil)
        end
      end)
    end,
    on_exit = function(code, signal)
      vim.schedule(function()
        if servers[root] == server then
          servers[root] = nil
        end
        if not server.ready then
          given_up[root] = true
        end
        fail(server, {
          message = server.refusal
            or ("the server exited (code %d, signal %d); see :checkhealth semantic-ls for its log"):format(code, signal),
        })
      end)
    end,
  }
  local ok, id, err
  if vim.fn.has("nvim-0.11") == 1 then
    ok, id = pcall(vim.lsp.start, options, { attach = false, silent = true })
  else
    ok, id, err = pcall(vim.lsp.start_client, options)
  end
  if not ok or not id then
    local why = err or (not ok and id) or "see :checkhealth semantic-ls"
    return nil, ("`%s` could not be started: %s"):format(program, tostring(why):gsub("%s+", " "))
  end
  server.id = id --[[@as integer]]
  servers[root] = server
  return server
end

---@param buf integer
---@param server semantic-ls.Server
local function attach(buf, server)
  if vim.api.nvim_buf_is_loaded(buf) and not vim.lsp.buf_is_attached(buf, server.id) then
    vim.lsp.buf_attach_client(buf, server.id)
  end
end

-- Attaches a file's buffer to the server of its project, starting one if `autostart` allows. Says nothing if it
-- cannot: only a command complains.
---@param buf integer
function M.on_buffer(buf)
  local path = file_of(buf)
  if not path then
    return
  end
  local server = holding(path)
  if not server and config.current.autostart then
    local root = config.root(path)
    server = root and is_project(root) and not given_up[root] and start(root) or nil
  end
  if server then
    attach(buf, server)
  end
end

-- The server for a command given in buf: that of its project, else the one used last, else that of the working
-- directory. Starts it if necessary and attaches every loaded file below its root.
---@param buf integer
---@return semantic-ls.Server? server, string? err a sentence without the plugin's name
function M.ensure(buf)
  local path = file_of(buf)
  local server = path and holding(path) or nil
  local root = path and config.root(path)
  if not server and not root then
    server = latest and servers[latest] or nil
  end
  if not server then
    local cwd = vim.fs.normalize(vim.fn.getcwd())
    root = root or config.root(cwd) or cwd
    if not is_project(root) then
      return nil, ("%s is no project: open a file of one, or :cd into it"):format(root)
    end
    local err
    server, err = servers[root], nil
    if not server then
      server, err = start(root)
    end
    if not server then
      return nil, err
    end
  end
  latest = server.root
  for _, other in ipairs(vim.api.nvim_list_bufs()) do
    local file = file_of(other)
    if file and holding(file) == server then
      attach(other, server)
    end
  end
  return server
end

-- Sends a request as soon as the server is ready. callback is called once, in the main loop, unless the returned
-- function cancels first: then never.
---@param server semantic-ls.Server
---@param method string
---@param params table|fun(client: vim.lsp.Client): table a function is called when the server is ready
---@param callback fun(err: table?, result: any, client: vim.lsp.Client?)
---@return fun() cancel
function M.request(server, method, params, callback)
  local ticket = {}
  local over = false
  local request_id ---@type integer?

  local function done(err, result, client)
    server.pending[ticket] = nil
    if not over then
      over = true
      callback(err, result, client)
    end
  end

  local function send(err)
    if over then
      return
    end
    local client = vim.lsp.get_client_by_id(server.id)
    if err or not client then
      return done(err or { message = "the server has exited" })
    end
    server.pending[ticket] = done
    local function answered(problem, result)
      done(problem, result, client)
    end
    local payload = type(params) == "function" and params(client) or params
    local sent
    -- No buffer is named: Neovim then sends the changes of all buffers that it still holds back, not only those of
    -- the current one.
    if vim.fn.has("nvim-0.11") == 1 then
      sent, request_id = client:request(method, payload, answered)
    else
      sent, request_id = client.request(method, payload, answered)
    end
    if not sent then
      done({ message = "the server has exited" })
    end
  end

  if server.ready then
    send()
  else
    table.insert(server.waiting, send)
  end

  return function()
    if over then
      return
    end
    over = true
    server.pending[ticket] = nil
    local client = request_id and vim.lsp.get_client_by_id(server.id)
    if not client then
      return
    end
    if vim.fn.has("nvim-0.11") == 1 then
      client:cancel_request(request_id)
    else
      client.cancel_request(request_id)
    end
  end
end

-- What the server of a buffer's project told of itself last; nil if none runs, or it has told nothing yet.
---@param buf integer
---@return table?
function M.status_of(buf)
  local path = file_of(buf)
  local server = path and holding(path)
  return server and server.status or nil
end

---@return semantic-ls.Server[] running servers, by root
function M.servers()
  local list = vim.tbl_values(servers)
  table.sort(list, function(a, b)
    return a.root < b.root
  end)
  return list
end

return M
