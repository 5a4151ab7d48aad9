-- What the user commands do: ask through the Lua API, show the answer.

local semantic = require("semantic-ls")

local M = {}

-- A session of one editor: within it a newer search supersedes the older.
local session = ("nvim-%d"):format(vim.uv.os_getpid())

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

---@param title string
---@return semantic-ls.Callback
local function show(title)
  return function(err, answer)
    cancel = nil
    if err then
      -- Superseded: the newer question's answer is what counts.
      if err.code ~= -32801 then
        say(err.message, vim.log.levels.ERROR)
      end
      return
    end
    local partly = incomplete(answer.coverage)
    if partly then
      title = ("%s (%s)"):format(title, partly)
    end
    if #answer.items == 0 then
      return say((partly and "nothing found yet: " or "nothing found: ") .. title, vim.log.levels.WARN)
    end
    vim.fn.setqflist({}, " ", { title = title, items = answer.items })
    vim.cmd("botright copen")
  end
end

---@param query string empty: asks for one
function M.search(query)
  query = vim.trim(query)
  if query == "" then
    vim.ui.input({ prompt = "Semantic search: " }, function(input)
      if input and vim.trim(input) ~= "" then
        M.search(input)
      end
    end)
    return
  end
  if cancel then
    cancel()
  end
  cancel = semantic.search(query, { session = session }, show("Semantic: " .. query))
end

---@param lines integer[]? first and last line of a range
function M.related(lines)
  if cancel then
    cancel()
  end
  local place = vim.fn.expand("%:t")
  local first, last = vim.fn.line("."), nil
  if lines then
    first, last = lines[1], lines[2]
  end
  local title = ("Related to %s:%d"):format(place ~= "" and place or "[No Name]", first)
  if last and last > first then
    title = ("%s-%d"):format(title, last)
  end
  cancel = semantic.related({ lines = lines }, show(title))
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
