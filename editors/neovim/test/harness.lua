-- What the checks of editor.lua are made of.

-- How long a condition may take before a check fails. No check waits this long when all is well: the machine may
-- just be busy.
local patience = 60000

local passed, failed = 0, 0

local M = {}

-- What the plugin has told the user since the check began.
---@type string[]
M.notices = {}
local notices = M.notices

vim.notify = function(message)
  notices[#notices + 1] = message
end

function M.forget()
  for i = #notices, 1, -1 do
    notices[i] = nil
  end
end

-- Runs a check and prints its line. An error in it is its failure.
---@param name string
---@param body fun()
function M.check(name, body)
  M.forget()
  local ok, err = xpcall(body, function(problem)
    return type(problem) == "string" and problem or vim.inspect(problem)
  end)
  if ok then
    passed = passed + 1
    io.stdout:write("ok      ", name, "\n")
  else
    failed = failed + 1
    io.stdout:write("FAILED  ", name, "\n        ", (err:gsub("\n", "\n        ")), "\n")
    if #notices > 0 then
      io.stdout:write("        notices: ", table.concat(notices, " / "), "\n")
    end
  end
  io.stdout:flush()
end

-- Runs the event loop until the condition holds.
---@param condition fun(): any
---@param what string
function M.await(condition, what)
  if not vim.wait(patience, condition, 10) then
    error("waited in vain for " .. what, 2)
  end
end

function M.equal(got, want, what)
  if not vim.deep_equal(got, want) then
    error(("%s: got %s, want %s"):format(what, vim.inspect(got), vim.inspect(want)), 2)
  end
end

function M.matches(got, pattern, what)
  if not tostring(got):find(pattern) then
    error(("%s: %q does not match %q"):format(what, tostring(got), pattern), 2)
  end
end

-- Prints the sum, and what servers logged if a check failed, and ends Neovim.
function M.finish()
  if failed > 0 then
    local log = io.open(require("vim.lsp.log").get_filename())
    if log then
      io.stdout:write("\nNeovim's log of language servers ends:\n", log:read("*a"):sub(-4000), "\n")
      log:close()
    end
  end
  io.stdout:write(("\n%d passed, %d failed\n"):format(passed, failed))
  io.stdout:flush()
  os.exit(failed == 0 and 0 or 1)
end

return M
