-- What the user commands do: ask through the Lua API, show the answer.

local compare = require("semantic-ls.compare")
local explanation = require("semantic-ls.explanation")
local semantic = require("semantic-ls")

local M = {}

-- A session of one editor: within it a newer search supersedes the older.
local session = ("nvim-%d"):format(vim.uv.os_getpid())

-- Of groups of near-copies: more is not walked through in one go.
local most_groups = 200

-- Cancels the question whose answer the quickfix list is waiting for.
---@type fun()?
local cancel

---@param message string
---@param level integer?
local function say(message, level)
  vim.notify("semantic-ls: " .. message, level or vim.log.levels.INFO)
end

---@param coverage table
---@return string? nil when everything is indexed
local function incomplete(coverage)
  if coverage.filesTotal == 0 then
    return "no file indexed"
  end
  local percent = coverage.percent
  if percent and percent < 100 then
    return ("%d%% indexed"):format(math.floor(percent))
  end
end

-- Shows items, and keeps what the key in the list needs to know.
---@param title string
---@param context table
---@param after fun()? called when there is an answer
local function show(title, context, after)
  return function(err, answer)
    cancel = nil
    if err then
      -- Superseded: the newer question's answer is what counts.
      if err.code ~= -32801 then
        say(err.message, vim.log.levels.ERROR)
      end
      return
    end
    if after then
      after()
    end
    local partly = incomplete(answer.coverage)
    if partly then
      title = ("%s (%s)"):format(title, partly)
    end
    if (answer.warning or "") ~= "" then
      say(answer.warning, vim.log.levels.WARN)
    end
    if #answer.items == 0 then
      return say((partly and "nothing found yet: " or "nothing found: ") .. title, vim.log.levels.WARN)
    end
    vim.fn.setqflist({}, " ", {
      title = title,
      items = answer.items,
      -- The first place, not the heading before it.
      idx = answer.items[1].valid == 0 and 2 or 1,
      context = { ["semantic-ls"] = context },
    })
    vim.cmd("botright copen")
  end
end

-- Cancels the question whose answer is being waited for, if there is one.
---@return boolean there was one
function M.cancel()
  if not cancel then
    return false
  end
  cancel()
  cancel = nil
  return true
end

-- The last query that was answered, for :SemanticExplain.
---@type string?
local asked

---@param query string empty: asks for one
function M.search(query)
  query = vim.trim(query)
  if query == "" then
    vim.ui.input({
      prompt = "Semantic search: ",
      completion = "customlist,v:lua.require'semantic-ls.filters'.complete",
    }, function(input)
      if input and vim.trim(input) ~= "" then
        M.search(input)
      end
    end)
    return
  end
  M.cancel()
  cancel = semantic.search(
    query,
    { session = session },
    show("Semantic: " .. query, { query = query }, function()
      asked = query
    end)
  )
end

-- A place for a title.
---@param buf integer
---@param line integer
---@return string
local function name(buf, line)
  local file = vim.fs.basename(vim.api.nvim_buf_get_name(buf))
  return ("%s:%d"):format(file ~= "" and file or "[No Name]", line)
end

---@param lines integer[]? first and last line of a range
function M.related(lines)
  M.cancel()
  local first, last = vim.fn.line("."), nil
  if lines then
    first, last = lines[1], lines[2]
  end
  local title = "Related to " .. name(0, first)
  if last and last > first then
    title = ("%s-%d"):format(title, last)
  end
  cancel = semantic.related({ lines = lines }, show(title, { related = true }))
end

-- Groups of near-copies in the workspace, or those of what stands at the cursor.
---@param here boolean
function M.duplicates(here)
  M.cancel()
  local title = here and "Duplicates of " .. name(0, vim.fn.line(".")) or "Duplicates"
  cancel = semantic.duplicates({ here = here, limit = most_groups }, show(title, { duplicates = true }))
end

-- The place that a command of the server's names.
---@param arguments any[] a URI and a position
---@return semantic-ls.Place? place, string? name
local function named(arguments)
  local uri, position = arguments[1], arguments[2]
  if type(uri) ~= "string" or type(position) ~= "table" or type(position.line) ~= "number" then
    say("the server names no place", vim.log.levels.ERROR)
    return nil
  end
  return { uri = uri, position = position }, ("%s:%d"):format(vim.fs.basename(vim.uri_to_fname(uri)), position.line + 1)
end

---@param arguments any[]
function M.show_related(arguments)
  local place, title = named(arguments)
  if place then
    M.cancel()
    cancel = semantic.related({ place = place }, show("Related to " .. title, { related = true }))
  end
end

---@param arguments any[]
function M.show_duplicates(arguments)
  local place, title = named(arguments)
  if place then
    M.cancel()
    cancel = semantic.duplicates({ place = place }, show("Duplicates of " .. title, { duplicates = true }))
  end
end

-- Shows in a floating window why a place stands where it does in the answer to a query.
---@param query string
---@param opts table as for the API's explain
---@param place string
local function explain(query, opts, place)
  M.cancel()
  cancel = semantic.explain(query, opts, function(err, answer)
    cancel = nil
    if err then
      return say(err.message, vim.log.levels.ERROR)
    end
    local lines = { ("%s, asked: %s"):format(place, (query:gsub("%s+", " "))) }
    vim.list_extend(lines, explanation.lines(answer))
    vim.lsp.util.open_floating_preview(lines, "", { border = "single", focus_id = "semantic-ls", wrap = false })
  end)
end

-- The entry at the cursor of the quickfix window, if the list is the plugin's; a heading has no hit.
---@return table? hit, table? context
local function entry()
  local win = vim.fn.getwininfo(vim.api.nvim_get_current_win())[1]
  if win.quickfix ~= 1 or win.loclist == 1 then
    return nil
  end
  local list = vim.fn.getqflist({ context = 0, items = 0 })
  local context = type(list.context) == "table" and list.context["semantic-ls"] or nil
  local item = list.items[vim.fn.line(".")]
  local hit = item and type(item.user_data) == "table" and item.user_data or nil
  return context and hit or nil, context
end

-- What the key in the quickfix window does: of a search it says why the entry is there, of duplicates it compares the
-- entry with its copy; of a heading it does nothing. false: it has no meaning in this list.
---@return boolean
function M.act()
  local hit, context = entry()
  if not context then
    return false
  elseif not hit then
    return context.duplicates ~= nil
  elseif hit.original then
    compare.open(hit.original, hit)
    return true
  elseif context.query then
    local line = hit.selectionRange.start.line + 1
    local path = vim.uri_to_fname(hit.uri)
    explain(context.query, { uri = hit.uri, line = line }, ("%s:%d"):format(vim.fs.basename(path), line))
    return true
  end
  return false
end

-- Why the entry at the cursor of the quickfix window is there, or why a file is or is not in the answer to the last
-- search: the one named, else the buffer's, of which a line may be given.
---@param path string
---@param line integer?
function M.explain(path, line)
  if path == "" and M.act() then
    return
  elseif not asked then
    return say("nothing was searched for yet: `:SemanticSearch` first", vim.log.levels.WARN)
  end
  if path == "" and (vim.bo.buftype ~= "" or vim.api.nvim_buf_get_name(0) == "") then
    return say("this buffer is no file: name one, as `:SemanticExplain path/to/file`", vim.log.levels.WARN)
  end
  local file = vim.fn.fnamemodify(path ~= "" and path or vim.api.nvim_buf_get_name(0), ":p")
  local place = vim.fs.basename(file) .. (line and ":" .. line or "")
  explain(asked, { path = file, line = line }, place)
end

-- Pauses indexing, resumes it, or looks at all files again.
---@param how "pause"|"resume"|"reindex"
function M.control(how)
  local said = {
    pause = "indexing is paused; :SemanticResume goes on",
    resume = "indexing goes on",
    reindex = "all files are looked at again",
  }
  semantic[how]({}, function(err)
    say(err and err.message or said[how], err and vim.log.levels.ERROR)
  end)
end

---@param coverage table
---@return string
local function describe(coverage)
  local text = ("%d%% of %d files, %d chunks"):format(
    math.floor(coverage.percent or 0),
    coverage.filesTotal or 0,
    coverage.chunks or 0
  )
  if (coverage.filesWaiting or 0) > 0 then
    text = ("%s, %d waiting"):format(text, coverage.filesWaiting)
  end
  if (coverage.dirtyDocuments or 0) > 0 then
    text = ("%s, %d unsaved"):format(text, coverage.dirtyDocuments)
  end
  return text
end

function M.status()
  semantic.status({}, function(err, status)
    if err then
      return say(err.message, vim.log.levels.ERROR)
    end
    local model = status.model or {}
    local lines = {
      ("semantic-ls %s, model %s (%s, %d dimensions)"):format(
        status.version or "?",
        model.name or "?",
        model.provider or "?",
        model.dimensions or 0
      ),
    }
    for _, folder in ipairs(status.folders or {}) do
      local line = ("%s: %s, %s"):format(vim.uri_to_fname(folder.uri), folder.state, describe(folder.coverage or {}))
      if (folder.message or "") ~= "" then
        line = ("%s: %s"):format(line, folder.message)
      end
      lines[#lines + 1] = line
    end
    if #lines == 1 then
      lines[2] = describe(status.coverage or {})
    end
    vim.api.nvim_echo({ { table.concat(lines, "\n") } }, true, {})
  end)
end

return M
