-- Completion of filters in a query, such as `lang:` and `path:`.

local client = require("semantic-ls.client")
local config = require("semantic-ls.config")

local M = {}

local keys = { "lang:", "path:", "kind:", "content:" }

local contents = { "code", "docs", "config" }

-- As the server names them; a test holds the two together.
M.kinds = vim.split(
  "text file module namespace package class method property field constructor enum interface function variable"
    .. " constant string number boolean array object key null enummember struct event operator typeparameter",
  " "
)

-- By program. An empty list: it was asked in vain.
---@type table<string, string[]>
local languages = {}

-- The languages that the server knows: its program lists them. None if `cmd` is something else than that program with
-- `serve`, which nobody can ask.
---@return string[]
local function known_languages()
  local cmd = config.current.cmd
  if type(cmd) ~= "table" or cmd[2] ~= "serve" or not select(2, client.program()) then
    return {}
  end
  local program = cmd[1]
  if not languages[program] then
    local found = {}
    -- A key was pressed: it takes some milliseconds, and what takes longer is not worth the wait.
    local done = vim.system({ program, "search", "--type-list" }, { text = true }):wait(2000)
    for line in ((done.code == 0 and done.stdout) or ""):gmatch("[^\n]+") do
      found[#found + 1] = line:match("^([^%s:]+):")
    end
    languages[program] = found
  end
  return languages[program]
end

-- Paths below the project's root that begin with lead; those with white space would need quotes and are left out.
---@param lead string
---@return string[]
local function paths(lead)
  local name = vim.api.nvim_buf_get_name(0)
  local cwd = vim.fn.getcwd()
  local root = config.root(name ~= "" and name or cwd) or vim.fs.normalize(cwd)
  local found = {}
  local escaped = vim.fn.escape(root .. "/" .. lead, "*?[]{}`$\\")
  for _, path in ipairs(vim.fn.getcompletion(escaped, "file")) do
    path = vim.fs.normalize(path) .. (path:match("[/\\]$") and "/" or "")
    if vim.startswith(path, root .. "/") and not path:find("%s") then
      found[#found + 1] = path:sub(#root + 2)
    end
  end
  return found
end

---@param list string[]
---@param lead string
---@return string[]
local function beginning(list, lead)
  return vim.tbl_filter(function(value)
    return vim.startswith(value, lead)
  end, list)
end

-- Completes the last word of text if it is a filter or the beginning of one; for |:command-completion-customlist|.
---@param text string
---@return string[] each text with its last word completed
function M.complete(text)
  local before, word = text:match("^(.-)(%S*)$")
  local minus, filter = word:match("^(%-?)(.*)$")
  local key, value = filter:match("^(%a+:)(.*)$")
  local function with(prefix, values)
    return vim.tbl_map(function(found)
      return before .. minus .. prefix .. found
    end, values)
  end
  if not key then
    return with("", beginning(keys, filter))
  elseif key == "path:" then
    return with(key, paths(value))
  end
  -- Of several values the last.
  local list, last = value:match("^(.*,)([^,]*)$")
  list, last = list or "", (last or value):lower()
  local values = ({ ["kind:"] = M.kinds, ["content:"] = contents })[key]
  if key == "lang:" or key == "language:" then
    values = known_languages()
  end
  return with(key .. list, beginning(values or {}, last))
end

return M
