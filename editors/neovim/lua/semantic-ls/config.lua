-- The options of setup(), their defaults, and what a project root is.

local M = {}

---@class semantic-ls.Config
---@field cmd string[]|fun(dispatchers: table): table what vim.lsp takes as `cmd`
---@field root_markers (string|string[])[] markers of a project's root, the strongest first; a list is a group of equals
---@field settings table nested settings of the server, as `{ log = { level = "debug" } }`
---@field autostart boolean start with the first file of a project; false: with the first command
---@field limit integer hits asked for

---@type semantic-ls.Config
M.defaults = {
  cmd = { "semantic-ls", "serve" },
  -- Version control first: a package inside a repository is a part of it, not a project of its own.
  root_markers = {
    { ".git", ".hg", ".jj", ".svn" },
    { "go.mod", "package.json", "Cargo.toml", "pyproject.toml" },
  },
  settings = {},
  autostart = true,
  -- The server's own default.
  limit = 20,
}

---@type semantic-ls.Config
M.current = vim.deepcopy(M.defaults)

-- Replaces the options in force. Raises an error that names the first option of a wrong type or an unknown name.
---@param options table?
function M.set(options)
  options = options or {}
  local types = {
    cmd = { "table", "function" },
    root_markers = { "table" },
    settings = { "table" },
    autostart = { "boolean" },
    limit = { "number" },
  }
  for name, value in pairs(options) do
    if not types[name] then
      error(("semantic-ls: setup() knows no option `%s` (see :help semantic-ls-setup)"):format(name), 0)
    end
    if not vim.tbl_contains(types[name], type(value)) then
      error(("semantic-ls: option `%s` must be a %s"):format(name, table.concat(types[name], " or a ")), 0)
    end
  end
  -- Lists are replaced, not merged element by element.
  M.current = vim.tbl_extend("force", vim.deepcopy(M.defaults), options)
end

-- The root of the project that holds path, or nil if no marker is found above it.
---@param path string a file or a directory, existing or not
---@return string?
function M.root(path)
  for _, group in ipairs(M.current.root_markers) do
    local root = vim.fs.root(path, group)
    if root then
      return vim.fs.normalize(root)
    end
  end
end

return M
