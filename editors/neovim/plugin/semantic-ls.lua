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
end, { nargs = "*", desc = "Search code by meaning and fill the quickfix list" })

vim.api.nvim_create_user_command("SemanticRelated", function(args)
  require("semantic-ls.commands").related(args.range > 0 and { args.line1, args.line2 } or nil)
end, { range = true, desc = "Find code related to the cursor's place or the range" })

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
