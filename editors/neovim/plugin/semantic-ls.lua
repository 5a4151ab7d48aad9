-- Commands and autostart. Nothing of the plugin proper is loaded before it is needed.

if vim.g.loaded_semantic_ls then
  return
end
vim.g.loaded_semantic_ls = true

if vim.fn.has("nvim-0.10") == 0 then
  vim.notify("semantic-ls: Neovim 0.10 or newer is needed", vim.log.levels.ERROR)
  return
end

vim.api.nvim_create_user_command("SemanticSearch", function(args)
  require("semantic-ls.commands").search(args.args)
end, {
  nargs = "*",
  desc = "Search code by meaning and fill the quickfix list",
  complete = function(lead)
    return require("semantic-ls.filters").complete(lead)
  end,
})

vim.api.nvim_create_user_command("SemanticRelated", function(args)
  require("semantic-ls.commands").related(args.range > 0 and { args.line1, args.line2 } or nil)
end, { range = true, desc = "Find code related to the cursor's place or the range" })

vim.api.nvim_create_user_command("SemanticDuplicates", function()
  require("semantic-ls.commands").duplicates(false)
end, { desc = "Find groups of near-copies in the workspace" })

vim.api.nvim_create_user_command("SemanticDuplicatesHere", function()
  require("semantic-ls.commands").duplicates(true)
end, { desc = "Find near-copies of what stands at the cursor" })

vim.api.nvim_create_user_command("SemanticExplain", function(args)
  require("semantic-ls.commands").explain(args.args, args.range > 0 and args.line1 or nil)
end, { nargs = "?", range = true, complete = "file", desc = "Say why a place is a hit of the last search, or none" })

vim.api.nvim_create_user_command("SemanticCancel", function()
  require("semantic-ls.commands").cancel()
end, { desc = "Cancel the question that has no answer yet" })

for name, how in pairs({ SemanticPause = "pause", SemanticResume = "resume", SemanticReindex = "reindex" }) do
  local desc = ({
    pause = "Stop indexing until it is resumed",
    resume = "Go on indexing",
    reindex = "Look at all files of the project again",
  })[how]
  vim.api.nvim_create_user_command(name, function()
    require("semantic-ls.commands").control(how)
  end, { desc = desc })
end

vim.api.nvim_create_user_command("SemanticStatus", function()
  require("semantic-ls.commands").status()
end, { desc = "Show how much of the workspace is indexed" })

-- Scheduled, so that a setup() later in the same start-up still decides about the first buffer.
vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile", "BufFilePost" }, {
  group = vim.api.nvim_create_augroup("semantic-ls", {}),
  desc = "Attach semantic-ls to files of a project",
  callback = function(args)
    vim.schedule(function()
      require("semantic-ls.client").on_buffer(args.buf)
    end)
  end,
})

-- In a quickfix window with a list of the plugin's, K says why an entry is there, or compares a copy. A mapping of the
-- user's own is left alone, and so is K in every other list.
vim.api.nvim_create_autocmd("FileType", {
  group = "semantic-ls",
  pattern = "qf",
  desc = "Map K in lists of semantic-ls",
  callback = function(args)
    local context = vim.fn.getqflist({ context = 0 }).context
    if type(context) ~= "table" or not context["semantic-ls"] or vim.b[args.buf].semantic_ls_mapped then
      return
    end
    local taken = vim.api.nvim_buf_call(args.buf, function()
      return vim.fn.maparg("K", "n", false, true).buffer == 1
    end)
    if not taken then
      vim.b[args.buf].semantic_ls_mapped = true
      vim.keymap.set("n", "K", function()
        if not require("semantic-ls.commands").act() then
          vim.cmd.normal({ "K", bang = true })
        end
      end, { buffer = args.buf, desc = "Why this is here, or compare it with its copy" })
    end
  end,
})

-- Files that were open before the plugin was loaded (a plugin manager may load it late).
if vim.v.vim_did_enter == 1 then
  vim.schedule(function()
    for _, buf in ipairs(vim.api.nvim_list_bufs()) do
      if vim.api.nvim_buf_is_loaded(buf) then
        require("semantic-ls.client").on_buffer(buf)
      end
    end
  end)
end
