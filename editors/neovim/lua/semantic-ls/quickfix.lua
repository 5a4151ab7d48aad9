-- Hits as quickfix items, in the server's order (vim.lsp.util.locations_to_items would sort them by file).

local M = {}

local modern = vim.fn.has("nvim-0.11") == 1

-- The byte offset of a column that an LSP position counts in the units of encoding. Clamps to the line.
---@param line string
---@param character integer
---@param encoding string "utf-8", "utf-16" or "utf-32"
---@return integer bytes from 0
function M.bytes(line, character, encoding)
  if encoding == "utf-8" then
    return math.min(character, #line)
  end
  if modern then
    return vim.str_byteindex(line, encoding, character, false)
  end
  local ok, bytes = pcall(vim.str_byteindex, line, character, encoding == "utf-16")
  return ok and bytes or #line
end

-- The inverse of bytes.
---@param line string
---@param bytes integer
---@param encoding string
---@return integer character
function M.units(line, bytes, encoding)
  bytes = math.min(bytes, #line)
  if encoding == "utf-8" then
    return bytes
  end
  if modern then
    return vim.str_utfindex(line, encoding, bytes, false)
  end
  local utf32, utf16 = vim.str_utfindex(line, bytes)
  return encoding == "utf-16" and utf16 or utf32
end

-- The lines of a file as the editor sees it: a loaded buffer's, else those on disk, else none.
---@param path string
---@return string[]
function M.lines_of(path)
  local buf = vim.fn.bufnr("^" .. vim.fn.escape(path, [[*?[]{},\^$]]) .. "$")
  if buf > 0 and vim.api.nvim_buf_is_loaded(buf) then
    return vim.api.nvim_buf_get_lines(buf, 0, -1, false)
  end
  local ok, lines = pcall(vim.fn.readfile, path)
  return ok and lines or {}
end

---@param hit table
---@return string
local function describe(hit)
  local symbol = hit.symbol or ""
  if symbol ~= "" and (hit.container or "") ~= "" then
    symbol = hit.container .. "." .. symbol
  end
  local snippet = vim.trim(((hit.snippet or ""):gsub("%s+", " ")))
  local parts = {}
  if (hit.reason or "") ~= "" then
    parts[#parts + 1] = "[" .. hit.reason .. "]"
  end
  if symbol ~= "" then
    parts[#parts + 1] = symbol
  end
  if snippet ~= "" and snippet ~= symbol then
    parts[#parts + 1] = (symbol ~= "" and "| " or "") .. snippet
  end
  return table.concat(parts, " ")
end

-- One item per hit: at its name if it has one (selectionRange), lnum and col in bytes from 1, end_lnum and end_col
-- the end of the same range, user_data the hit.
---@param hits table[]
---@param encoding string
---@return table[]
function M.items(hits, encoding)
  local files = {} ---@type table<string, string[]>
  local items = {}
  for _, hit in ipairs(hits) do
    local path = vim.uri_to_fname(hit.uri)
    files[path] = files[path] or M.lines_of(path)
    local lines = files[path]
    local range = hit.selectionRange or hit.range
    local function col(position)
      return 1 + M.bytes(lines[position.line + 1] or "", position.character, encoding)
    end
    items[#items + 1] = {
      filename = path,
      lnum = range.start.line + 1,
      col = col(range.start),
      end_lnum = range["end"].line + 1,
      end_col = col(range["end"]),
      text = describe(hit),
      user_data = hit,
    }
  end
  return items
end

---@param similarity number 0..1
---@return string
local function alike(similarity)
  if similarity >= 1 then
    return "the same but for names and values"
  end
  return ("%d%% alike"):format(math.floor(100 * similarity))
end

-- Items for groups of near-copies, each group below a heading, which :cnext passes over. The user_data of an item is its
-- hit, with `original`: the hit that it is compared with, which is the first of its group, and for that the second.
---@param groups table[]
---@param encoding string
---@return table[]
function M.groups(groups, encoding)
  local all = {}
  for i, group in ipairs(groups) do
    local heading = ("%d of %d · %s · %d places"):format(i, #groups, alike(group.similarity), #group.hits)
    all[#all + 1] = { text = heading, valid = 0 }
    for n, item in ipairs(M.items(group.hits, encoding)) do
      local original = group.hits[n == 1 and 2 or 1]
      item.user_data = vim.tbl_extend("force", item.user_data, { original = original })
      all[#all + 1] = item
    end
  end
  return all
end

-- The copies of what stands at a place, which is not among them; the groups that do not hold it are left out.
---@param groups table[]
---@param uri string
---@param line integer from 0
---@param encoding string
---@return table[]
function M.copies(groups, uri, line, encoding)
  local path = vim.fs.normalize(vim.uri_to_fname(uri))
  local all = {}
  for _, group in ipairs(groups) do
    local original
    local others = vim.tbl_filter(function(hit)
      local range = hit.range
      if original or vim.fs.normalize(vim.uri_to_fname(hit.uri)) ~= path then
        return true
      elseif line < range.start.line or line > range["end"].line then
        return true
      end
      original = hit
      return false
    end, group.hits)
    if original then
      local heading = ("%s · %d %s"):format(alike(group.similarity), #others, #others == 1 and "copy" or "copies")
      all[#all + 1] = { text = heading, valid = 0 }
      for _, item in ipairs(M.items(others, encoding)) do
        item.user_data = vim.tbl_extend("force", item.user_data, { original = original })
        all[#all + 1] = item
      end
    end
  end
  return all
end

return M
