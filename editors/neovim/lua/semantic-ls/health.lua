-- :checkhealth semantic-ls

local M = {}

function M.check()
  local client = require("semantic-ls.client")
  local config = require("semantic-ls.config")

  vim.health.start("semantic-ls")
  if vim.fn.has("nvim-0.10") == 1 then
    vim.health.ok("Neovim " .. tostring(vim.version()))
  else
    vim.health.error("Neovim 0.10 or newer is needed")
  end

  local program, found = client.program()
  if not found then
    vim.health.error(
      ("`%s` was not found"):format(program),
      { ("install it with `%s`"):format(client.install), "or name it as `cmd` in setup()" }
    )
  elseif type(config.current.cmd) == "function" then
    vim.health.ok("the server is reached by a function")
  else
    vim.health.ok(("`%s` is %s"):format(program, vim.fn.exepath(program)))
  end

  local servers = client.servers()
  if #servers == 0 then
    vim.health.info("no server is running: it starts with " ..
      (config.current.autostart and "the first file of a project, or the first command" or "the first command"))
  end
  for _, server in ipairs(servers) do
    vim.health.ok(("%s for %s"):format(server.ready and "running" or "starting", server.root))
    for _, folder in ipairs((server.status or {}).folders or {}) do
      local path = vim.uri_to_fname(folder.uri)
      if folder.state == "paused" then
        vim.health.info(("indexing %s is paused: `:SemanticResume` goes on"):format(path))
      elseif folder.state == "failed" then
        local why = folder.message or "see `semantic-ls doctor`"
        vim.health.warn(("%s is not indexed: %s"):format(path, why), { "`:SemanticReindex` tries again" })
      end
    end
  end
  vim.health.info("what servers print is in " .. require("vim.lsp.log").get_filename())
end

return M
