-- The project that the checks ask about, and what they do with the plugin.

local M = {}

local here = vim.fs.dirname(debug.getinfo(1, "S").source:sub(2))
M.binary = assert(vim.env.SEMANTIC_LS_BIN, "SEMANTIC_LS_BIN is not set")
M.repository = vim.fs.normalize(here .. "/../../..")
M.folder = assert(vim.env.TEST_DIR, "TEST_DIR is not set")

local harness = dofile(here .. "/harness.lua")
local await, matches = harness.await, harness.matches
local notices = harness.notices
M.harness = harness

---@param name string
---@param text string
function M.write(name, text)
  local path = M.folder .. "/" .. name
  vim.fn.mkdir(vim.fs.dirname(path), "p")
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

function M.read(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

-- The line of a file, from 1, that holds text.
function M.line_of(path, text)
  local number = 0
  for line in io.lines(path) do
    number = number + 1
    if line:find(text, 1, true) then
      return number
    end
  end
  error("no line has " .. text)
end

function M.quickfix()
  return vim.fn.getqflist({ title = 0, items = 0, id = 0 })
end

function M.place(item)
  return vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr)) .. ":" .. item.lnum
end

-- Gives a command and waits for a new quickfix list with this title.
function M.list_of(command, title)
  local before = M.quickfix().id
  vim.cmd(command)
  await(function()
    return M.quickfix().id ~= before or #notices > 0
  end, "the list of " .. command)
  local list = M.quickfix()
  matches(list.title, title, "title")
  return list
end

M.write("go.mod", "module example.org/shop\n\ngo 1.24\n")
M.retry = M.write("net/retry.go", [[
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
M.password = M.write("auth/password.go", [[
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
M.invoice = M.write("billing/invoice.go", [[
package billing

import "fmt"

type Größe struct{ Cents int }

// The receiver stands before the name, and its characters have one, two and four bytes in UTF-8.
func (größe𝒢 Größe) RenderInvoice(customer string) string {
	return fmt.Sprintf("invoice for %s: %d cents", customer, größe𝒢.Cents)
}
]])

M.circle = M.write("shape/circle.go", [[
package shape

// DrawCircle plots the outline of a round figure with one pixel per degree.
func DrawCircle(canvas *Canvas, radius int) {
	for degree := 0; degree < 360; degree++ {
		x := radius * cosine(degree)
		y := radius * sine(degree)
		if canvas.Holds(x, y) {
			canvas.Plot(x, y)
		}
	}
	canvas.Flush()
}
]])
M.ring = M.write("shape/ring.go", [[
package shape

func traceRing(paper *Canvas, size int) {
	for step := 0; step < 720; step++ {
		a := size * cosine(step)
		b := size * sine(step)
		if paper.Holds(a, b) {
			paper.Plot(a, b)
		}
	}
	paper.Flush()
}
]])

vim.opt.runtimepath:prepend(vim.fs.dirname(here))
vim.cmd("filetype plugin on")
vim.cmd("runtime! plugin/semantic-ls.lua")
local semantic = require("semantic-ls")

function M.clients()
  return vim.lsp.get_clients({ name = "semantic-ls" })
end

-- The ids of requests that were cancelled at a scripted server.
M.cancelled = {}

-- An in-process server that answers as told, or refuses initialize; the plugin reaches it as `cmd`.
function M.scripted(answer, refusal)
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
          answer(method, params, reply, dispatchers, id)
        end
        return true, id
      end,
      notify = function(method, params)
        if method == "$/cancelRequest" then
          M.cancelled[#M.cancelled + 1] = params.id
        elseif method == "exit" then
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
function M.restart(options)
  for _, client in ipairs(M.clients()) do
    if vim.fn.has("nvim-0.11") == 1 then
      client:stop(true)
    else
      client.stop(true)
    end
  end
  await(function()
    return #M.clients() == 0 and #require("semantic-ls.client").servers() == 0
  end, "the servers to stop")
  vim.cmd("silent! %bwipeout!")
  semantic.setup(options)
  vim.fn.setqflist({}, "f")
  harness.forget()
end

-- A hit of some lines, from 0, in a file of the project.
function M.hit(path, first, last, symbol)
  return {
    uri = vim.uri_from_fname(path),
    range = { start = { line = first, character = 0 }, ["end"] = { line = last, character = 1 } },
    selectionRange = { start = { line = first, character = 5 }, ["end"] = { line = first, character = 6 } },
    symbol = symbol,
    snippet = "",
    score = 1,
  }
end

function M.texts(items)
  return vim.tbl_map(function(item)
    return item.text
  end, items)
end

M.trio = { M.hit(M.retry, 5, 11, "Backoff"), M.hit(M.password, 4, 8, "Verify"), M.hit(M.invoice, 7, 9, "Render") }
M.groups = { { similarity = 0.999, hits = M.trio }, { similarity = 1, hits = { M.trio[2], M.trio[3] } } }

-- Waits until everything is indexed.
function M.ready()
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
  return status
end

-- Edits a file as it is on disk.
function M.fresh(path)
  vim.cmd.edit({ path, bang = true })
  vim.cmd("edit!")
end

-- The lines of the floating window.
function M.floating()
  for _, win in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(win).relative ~= "" then
      return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, false), win
    end
  end
end

-- Waits for the floating window, closes it, and returns its lines.
function M.explained()
  await(function()
    return M.floating() or #notices > 0
  end, "the explanation")
  local lines, win = M.floating()
  assert(lines, notices[1])
  vim.api.nvim_win_close(win, true)
  return lines
end

return M
