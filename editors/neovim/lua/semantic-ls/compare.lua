-- Two pieces of code that are nearly the same, beside each other with their differences.

local quickfix = require("semantic-ls.quickfix")

local M = {}

---@param hit table
local function open(hit)
  local path = vim.uri_to_fname(hit.uri)
  local range = hit.range
  local last = range["end"].line + (range["end"].character > 0 and 1 or 0)
  local buf = vim.api.nvim_get_current_buf()
  vim.bo[buf].buftype, vim.bo[buf].bufhidden, vim.bo[buf].swapfile = "nofile", "wipe", false
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, vim.list_slice(quickfix.lines_of(path), range.start.line + 1, last))
  -- Numbered, since the same piece may be looked at twice.
  vim.api.nvim_buf_set_name(buf, ("semantic-ls://%d/%s:%d"):format(buf, path, range.start.line + 1))
  vim.bo[buf].filetype = vim.filetype.match({ filename = path }) or ""
  vim.bo[buf].modified, vim.bo[buf].modifiable = false, false
  vim.cmd.diffthis()
end

-- Opens a tab page with both. Closing it leaves nothing behind.
---@param left table a hit
---@param right table a hit
function M.open(left, right)
  vim.cmd("tabnew")
  open(left)
  vim.cmd("rightbelow vnew")
  open(right)
end

return M
