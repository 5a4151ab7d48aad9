-- Why a place is a hit of a search, or none, in lines of text.

local M = {}

-- What the server's signals say of a place.
M.signals = {
  chunk = "says the words of the query",
  file = "its whole file says them",
  dense = "means what the query means",
  name = "defines a name that stands in the query",
  path = "its path says words of the query",
  label = "its name means what the query means",
  place = "its path means what the query means",
  others = "other parts of its file say better than its best one",
  best = "the best parts of its file are good together",
  alone = "defines the name that is all of the query",
}

-- What the server's factors are for.
M.factors = {
  test = "a test",
  prose = "documentation",
  configuration = "configuration or data",
  foreign = "vendored or generated",
  declaration = "a declaration of a type",
  markup = "markup",
  aside = "a tool beside the code",
}

---@param filtered { by: string, given: string[] }?
---@return string
local function left_out(filtered)
  if not filtered then
    return "a filter"
  end
  -- Phrases and patterns are given as they were typed.
  local prefix = filtered.by == "query" and "" or filtered.by .. ":"
  return table.concat(
    vim.tbl_map(function(value)
      return prefix .. value
    end, filtered.given),
    ", "
  )
end

---@param explanation table the answer of semantic/explain
---@return string
function M.verdict(explanation)
  local verdict = explanation.verdict
  if verdict == "hit" or verdict == "below" then
    return ("Number %d of %d, score %.3f%s"):format(
      tonumber(explanation.rank) or 0,
      explanation.of,
      explanation.score,
      verdict == "below" and ": the list ends before it" or ""
    )
  elseif verdict == "unlike" then
    local others = (explanation.of or 0) > 0 and (", which %d places have"):format(explanation.of) or ""
    return "No word and no meaning in common with the query" .. others
  elseif verdict == "filtered" then
    return "Left out by " .. left_out(explanation.filtered)
  elseif verdict == "empty" then
    return "There is no text to find there"
  elseif verdict == "waiting" then
    local coverage = explanation.coverage or {}
    return ("Not indexed yet: %d of %d files are"):format(coverage.filesIndexed or 0, coverage.filesTotal or 0)
  elseif verdict == "skipped" then
    local skipped = explanation.skipped
    return "Never read" .. (skipped and (": %s (%s)"):format(skipped.rule, skipped.source) or "")
  end
  return tostring(verdict)
end

-- The verdict, then what the score is made of, the most first, then what took from it.
---@param explanation table the answer of semantic/explain
---@return string[]
function M.lines(explanation)
  local lines = { M.verdict(explanation) }
  local signals = vim.tbl_filter(function(signal)
    -- What rounds to nothing says nothing.
    return signal.share >= 0.005
  end, explanation.signals or {})
  table.sort(signals, function(a, b)
    return a.share > b.share
  end)
  for _, signal in ipairs(signals) do
    lines[#lines + 1] = ("%4.0f%%  %s (%s %.3f × %g)"):format(
      100 * signal.share,
      M.signals[signal.name] or signal.name,
      signal.name,
      signal.value,
      signal.weight
    )
  end
  for _, factor in ipairs(explanation.factors or {}) do
    lines[#lines + 1] = ("× %.2f  %s"):format(factor.value, M.factors[factor.name] or factor.name)
  end
  if (explanation.warning or "") ~= "" then
    lines[#lines + 1] = explanation.warning
  end
  return lines
end

return M
