-- Checks with the real server. Each goes on where the one before it ended.

local t = ...
local check, await, equal, matches = t.harness.check, t.harness.await, t.harness.equal, t.harness.matches
local notices, forget = t.harness.notices, t.harness.forget
local semantic = require("semantic-ls")
local line_of, quickfix, place, list_of, clients = t.line_of, t.quickfix, t.place, t.list_of, t.clients
local restart, ready, fresh, explained, read = t.restart, t.ready, t.fresh, t.explained, t.read
local retry, password, invoice, circle, ring = t.retry, t.password, t.invoice, t.circle, t.ring
local binary = t.binary

check("a file of a project starts the server and is attached", function()
  restart({ cmd = { binary, "serve" } })
  vim.cmd.edit(retry)
  -- A file says nothing of a server that does not start: a command does.
  semantic.status({}, function(err)
    notices[#notices + 1] = err and err.message
  end)
  await(function()
    assert(#notices == 0, notices[1])
    return #vim.lsp.get_clients({ name = "semantic-ls", bufnr = 0 }) == 1 and clients()[1].initialized
  end, "the server")
  equal(clients()[1].config.root_dir, vim.fs.normalize(t.folder), "root")
end)

check("the folder becomes ready", function()
  local status = ready()
  equal(#status.folders, 1, "folders")
  equal(status.folders[1].uri, vim.uri_from_fname(t.folder), "folder")
end)

check("SemanticSearch fills and opens the quickfix list, best first", function()
  local list = list_of("SemanticSearch wait longer after every failed attempt", "^Semantic: wait longer after every")
  equal(place(list.items[1]), "retry.go:" .. line_of(retry, "func Backoff"), "first entry")
  matches(list.items[1].text, "Backoff", "text")
  equal(vim.bo.buftype, "quickfix", "window")
  vim.cmd.cfirst()
  equal(vim.api.nvim_win_get_cursor(0)[1], line_of(retry, "func Backoff"), "line jumped to")
  vim.cmd.cclose()
end)

check("the column is the name's, in bytes, after characters of several bytes", function()
  local list = list_of("SemanticSearch render an invoice for a customer", "^Semantic: render")
  local item = list.items[1]
  equal(place(item), "invoice.go:" .. line_of(invoice, "RenderInvoice"), "first entry")
  local line = vim.fn.readfile(invoice)[item.lnum]
  equal(line:sub(item.col, item.end_col - 1), "RenderInvoice", "text at the column")
  vim.cmd.cclose()
end)

check("an empty query asks for one", function()
  local input, prompt = vim.ui.input, nil
  vim.ui.input = function(options, done)
    prompt = options.prompt
    done("check the password of a user at login")
  end
  local list = list_of("SemanticSearch", "^Semantic: check the password")
  vim.ui.input = input
  matches(prompt, "search", "prompt")
  equal(place(list.items[1]), "password.go:" .. line_of(password, "func VerifyPassword"), "first entry")
  vim.cmd.cclose()
end)

check("an unsaved edit is found, also in another buffer, and the file is not touched", function()
  local before = read(retry)
  vim.cmd.edit(retry)
  local edited = vim.api.nvim_get_current_buf()
  vim.cmd.edit({ password, mods = { hide = true } })
  local other = vim.api.nvim_get_current_buf()
  assert(clients()[1], "no server runs")
  await(function()
    return vim.lsp.buf_is_attached(edited, clients()[1].id) and vim.lsp.buf_is_attached(other, clients()[1].id)
  end, "both files to be attached")
  -- Neovim holds back changes that follow an edit closely.
  vim.api.nvim_buf_set_lines(edited, -1, -1, false, { "" })
  vim.api.nvim_buf_set_lines(edited, -1, -1, false, {
    "// CompressThumbnail shrinks the uploaded photograph to a small JPEG picture.",
    "func CompressThumbnail(photograph []byte) []byte {",
    "\treturn photograph[:len(photograph)/2]",
    "}",
  })
  local wanted = vim.api.nvim_buf_line_count(edited) - 2
  local list = list_of("SemanticSearch shrink an uploaded photograph to a small picture", "^Semantic: shrink")
  equal(place(list.items[1]), "retry.go:" .. wanted, "first entry")
  equal(vim.bo[edited].modified, true, "modified")
  equal(read(retry), before, "file on disk")
  vim.cmd.cclose()
end)

check("SemanticRelated finds what resembles the place of the cursor", function()
  vim.cmd.edit({ retry, bang = true })
  vim.api.nvim_win_set_cursor(0, { line_of(retry, "func Retry"), 5 })
  local list = list_of("SemanticRelated", "^Related to retry.go:" .. line_of(retry, "func Retry"))
  assert(#list.items > 0, "no entry")
  assert(
    vim.iter(list.items):any(function(item)
      return place(item) == "retry.go:" .. line_of(retry, "func Backoff")
    end),
    "Backoff is not among " .. vim.inspect(vim.tbl_map(place, list.items))
  )
  matches(list.items[1].text, "^%[%a+%]", "text begins with the reason")
  vim.cmd.cclose()
end)

check("SemanticRelated takes a range", function()
  local first, last = line_of(password, "// VerifyPassword"), line_of(password, "ConstantTimeCompare")
  vim.cmd.edit(password)
  local list = list_of(("%d,%dSemanticRelated"):format(first, last), ("^Related to password.go:%d%%-%d"):format(first, last))
  assert(#list.items > 0, "no entry")
  vim.cmd.cclose()
end)

check("SemanticRelated takes the text of a buffer that is no file", function()
  vim.cmd.enew()
  vim.bo.filetype = "go"
  vim.api.nvim_buf_set_lines(0, 0, -1, false, {
    "func CheckPassword(password string, salt, hash []byte) bool {",
    "\treturn subtle.ConstantTimeCompare(derive(password, salt), hash) == 1",
    "}",
  })
  local list = list_of("SemanticRelated", "^Related to %[No Name%]:")
  equal(place(list.items[1]), "password.go:" .. line_of(password, "func VerifyPassword"), "first entry")
  vim.cmd.cclose()
  vim.cmd("bwipeout!")
end)

check("the API's search answers items and can be cancelled", function()
  vim.cmd.edit(retry)
  local called = false
  semantic.search("wait longer", {}, function()
    called = true
  end)()
  local answer
  semantic.search("wait longer after every failed attempt", { limit = 1 }, function(err, result)
    answer = err or result
  end)
  await(function()
    return answer
  end, "an answer")
  equal(answer.message, nil, "error")
  equal(#answer.items, 1, "items")
  equal(answer.items[1].filename, vim.fs.normalize(retry), "file")
  equal(answer.coverage.percent, 100, "percent")
  await(function()
    return next(clients()[1].requests) == nil
  end, "the requests to end")
  equal(called, false, "the cancelled callback was called")
end)

check("K in the list of a search, and SemanticExplain, say why an entry is there", function()
  fresh(retry)
  list_of("SemanticSearch wait longer after every failed attempt", "^Semantic: wait")
  vim.cmd("normal K")
  local lines = explained()
  equal(lines[1], ("retry.go:%d, asked: wait longer after every failed attempt"):format(line_of(retry, "func Backoff")), "title")
  matches(lines[2], "^Number 1 of %d+, score %d", "verdict")
  matches(lines[3], "^ +%d+%%  %a.* %(%a+ %d", "signal")
  vim.cmd("SemanticExplain")
  equal(explained(), lines, "SemanticExplain")
  vim.cmd.cclose()
end)

check("SemanticExplain says why a file is none of the hits", function()
  fresh(invoice)
  list_of("SemanticSearch wait longer -path:billing/", "^Semantic: wait")
  vim.cmd.wincmd("p")
  vim.cmd("SemanticExplain")
  equal(explained(), { "invoice.go, asked: wait longer -path:billing/", "Left out by -path:billing/" }, "of the buffer")
  local line = line_of(retry, "func Backoff")
  fresh(retry)
  vim.cmd(line .. "SemanticExplain")
  local lines = explained()
  equal(lines[1], ("retry.go:%d, asked: wait longer -path:billing/"):format(line), "of a line")
  matches(lines[2], "^Number 1 of", "of a line")
  vim.cmd("SemanticExplain " .. vim.fn.fnameescape(invoice))
  matches(explained()[2], "^Left out", "of a file that is named")
  vim.cmd.cclose()
end)

check("SemanticDuplicates lists groups, K compares a place with its copy", function()
  fresh(retry)
  local list = list_of("SemanticDuplicates", "^Duplicates$")
  equal(list.items[1].text, "1 of 1 · the same but for names and values · 2 places", "heading")
  equal({ place(list.items[2]), place(list.items[3]) }, {
    "circle.go:" .. line_of(circle, "func DrawCircle"),
    "ring.go:" .. line_of(ring, "func traceRing"),
  }, "places")
  equal(#list.items, 3, "entries")
  vim.cmd("normal ggK")
  equal(#vim.api.nvim_list_tabpages(), 1, "a heading has nothing to compare")
  vim.cmd("normal! 3G")
  vim.cmd("normal K")
  equal(#vim.api.nvim_list_tabpages(), 2, "tab pages")
  local shown = vim.tbl_map(function(win)
    assert(vim.wo[win].diff, "no difference is shown")
    local buf = vim.api.nvim_win_get_buf(win)
    equal(vim.bo[buf].filetype, "go", "filetype")
    return vim.iter(vim.api.nvim_buf_get_lines(buf, 0, -1, false)):find(function(line)
      return line:find("^func") ~= nil
    end)
  end, vim.api.nvim_tabpage_list_wins(0))
  equal(shown, { "func DrawCircle(canvas *Canvas, radius int) {", "func traceRing(paper *Canvas, size int) {" }, "pieces")
  local left = vim.api.nvim_win_get_buf(vim.api.nvim_tabpage_list_wins(0)[1])
  vim.cmd.tabclose()
  equal(vim.api.nvim_buf_is_valid(left), false, "the pieces are left behind")
  equal(vim.fn.getqflist({ idx = 0 }).idx, 2, "the list begins at")
  vim.cmd.cc()
  equal(vim.fs.basename(vim.api.nvim_buf_get_name(0)), "circle.go", "the first place")
  vim.cmd.cnext()
  equal(vim.fs.basename(vim.api.nvim_buf_get_name(0)), "ring.go", "the second place")
  vim.cmd.cclose()
end)

check("SemanticDuplicatesHere lists the copies of what stands at the cursor, unsaved", function()
  fresh(ring)
  vim.api.nvim_buf_set_lines(0, 2, 2, false, { "// one", "// two" })
  vim.api.nvim_win_set_cursor(0, { line_of(ring, "func traceRing") + 4, 3 })
  local list = list_of("SemanticDuplicatesHere", "^Duplicates of ring.go:")
  equal(list.items[1].text, "the same but for names and values · 1 copy", "heading")
  equal(place(list.items[2]), "circle.go:" .. line_of(circle, "func DrawCircle"), "copy")
  equal(#list.items, 2, "entries")
  vim.cmd.cclose()
  vim.cmd("edit!")
end)

check("the server's code actions fill the list", function()
  for action, want in vim.spairs({
    ["Find duplicates of this"] = { "^Duplicates of ring.go:", 2 },
    ["Find related code"] = { "^Related to ring.go:", 1 },
  }) do
    fresh(ring)
    vim.api.nvim_win_set_cursor(0, { line_of(ring, "func traceRing"), 5 })
    await(function()
      return #vim.lsp.get_clients({ bufnr = 0, method = "textDocument/codeAction" }) == 1
    end, "code actions to be registered")
    local before = quickfix().id
    vim.lsp.buf.code_action({
      apply = true,
      filter = function(offered)
        return offered.title == action
      end,
    })
    await(function()
      return quickfix().id ~= before or #notices > 0
    end, action)
    local list = quickfix()
    matches(list.title, want[1], action)
    equal(place(list.items[want[2]]), "circle.go:" .. line_of(circle, "func DrawCircle"), action)
    vim.cmd.cclose()
  end
  equal(notices, {}, "notices: the server offers nothing by itself")
end)

check("K in a list that is not the plugin's is Vim's", function()
  vim.fn.setqflist({}, " ", { items = { { filename = retry, lnum = 1, text = "mine" } } })
  vim.cmd.copen()
  equal(require("semantic-ls.commands").act(), false, "taken for the plugin's")
  vim.cmd.cclose()
end)

check("filters in a query are completed", function()
  fresh(retry)
  local function completed(text)
    return vim.fn.getcompletion("SemanticSearch " .. text, "cmdline")
  end
  equal(completed("retry la"), { "lang:" }, "keys")
  equal(completed("retry lang:pyt"), { "lang:python" }, "languages")
  equal(completed("-lang:go,pyt"), { "-lang:go,python" }, "several languages")
  equal(completed("kind:str"), { "kind:string", "kind:struct" }, "kinds, in the order of Vim")
  equal(completed("content:co"), { "content:code", "content:config" }, "contents")
  equal(completed("-path:sha"), { "-path:shape/" }, "directories")
  equal(completed("path:shape/r"), { "path:shape/ring.go" }, "files")
  equal(completed("http:"), {}, "no filter")
  -- The whole input, as vim.ui.input has it.
  equal(require("semantic-ls.filters").complete("parse it  kind:enumm"), { "parse it  kind:enummember" }, "input")
end)

check("the kinds that are completed are the server's", function()
  local message
  semantic.search("kind:nosuchkind", {}, function(err)
    message = err and err.message or "no error"
  end)
  await(function()
    return message
  end, "an answer")
  local known = message:match("There are ([%a, ]+)")
  assert(known, message)
  local want, got = vim.split(known, ", "), vim.deepcopy(require("semantic-ls.filters").kinds)
  table.sort(want)
  table.sort(got)
  equal(got, want, "kinds")
end)

check("indexing is paused, shown so, and resumed", function()
  fresh(retry)
  local told = 0
  vim.api.nvim_create_autocmd("User", {
    pattern = "SemanticStatus",
    callback = function()
      told = told + 1
    end,
  })
  for command, want in vim.spairs({ SemanticPause = "semantic paused", SemanticResume = "" }) do
    forget()
    local before = told
    vim.cmd(command)
    await(function()
      return semantic.statusline() == want and told > before
    end, ("the status line %q"):format(want))
    await(function()
      return #notices > 0
    end, "a message")
    matches(notices[1], command == "SemanticPause" and "paused" or "goes on", "message")
    vim.cmd("silent checkhealth semantic-ls")
    local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
    vim.cmd("bwipeout!")
    equal(report:find(":SemanticResume", 1, true) ~= nil, command == "SemanticPause", "health says that it is paused")
  end
  forget()
  vim.cmd.SemanticReindex()
  await(function()
    return #notices > 0
  end, "a message")
  matches(notices[1], "looked at again", "message")
  ready()
end)

check("SemanticStatus prints the coverage", function()
  local echo, printed = vim.api.nvim_echo, nil
  vim.api.nvim_echo = function(chunks)
    printed = chunks[1][1]
  end
  vim.cmd.SemanticStatus()
  await(function()
    return printed or #notices > 0
  end, "the output")
  vim.api.nvim_echo = echo
  matches(printed, "^semantic%-ls %S+, model %S+", "first line")
  matches(printed, "ready, 100%% of %d+ files", "folder's line")
end)

check("checkhealth finds nothing wrong", function()
  vim.cmd("silent checkhealth semantic-ls")
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  matches(report, "running for " .. vim.pesc(vim.fs.normalize(t.folder)), "report")
  equal(report:find("ERROR"), nil, "errors")
  vim.cmd("bwipeout!")
end)

check("a server that was stopped is started again by the next search", function()
  restart({ cmd = { binary, "serve" }, autostart = false })
  vim.cmd.edit(retry)
  equal(#clients(), 0, "servers before the command")
  -- The first answers may come before the folder is indexed: they say so, and the question is asked again.
  await(function()
    vim.cmd("SemanticSearch wait longer after every failed attempt")
    await(function()
      return #quickfix().items > 0 or #notices > 0
    end, "an answer")
    if #notices > 0 then
      matches(notices[1], "nothing found yet: ", "message")
      forget()
    end
    return #quickfix().items > 0
  end, "a hit")
  equal(place(quickfix().items[1]), "retry.go:" .. line_of(retry, "func Backoff"), "first entry")
end)
