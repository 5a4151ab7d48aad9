-- Run by run.sh inside Neovim: `nvim --clean --headless -l editor.lua`.

local here = vim.fs.dirname(debug.getinfo(1, "S").source:sub(2))

local project = dofile(here .. "/project.lua")
for _, checks in ipairs({ "parts", "scripted", "served" }) do
  assert(loadfile(("%s/%s.lua"):format(here, checks)))(project)
end

project.restart({})
project.harness.finish()
