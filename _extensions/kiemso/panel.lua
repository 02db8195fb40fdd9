-- The data of the evidence panel, embedded in the page.

local elements = require("kiemso.elements")
local problems = require("kiemso.problems")

local M = {}

-- In an HTML script element only "<" can begin something else, and in JSON it stands only inside strings.
local ESCAPES = { ["<"] = "\\u003c", ["\u{2028}"] = "\\u2028", ["\u{2029}"] = "\\u2029" }

-- What the template embeds; nil where there is nothing to embed.
function M.script(folder)
  if not elements.html then return nil end
  local path = folder .. "/panel.json"
  local file = io.open(path, "rb")
  if not file then return nil end -- the figures stay links into the appendix
  local json = file:read("a")
  file:close()
  local read, data = pcall(pandoc.json.decode, json, false)
  if not read or type(data) ~= "table" then
    return problems.add("%s is not what was expected: run `kiemso run` again", path)
  end
  -- A line break in JSON stands between two values only, and may be left out.
  json = json:gsub("[\r\n]+ *", ""):gsub("<", ESCAPES):gsub("\u{2028}", ESCAPES):gsub("\u{2029}", ESCAPES)
  local script = '<script type="application/json" id="kiemso-evidence">' .. json .. "</script>"
  return pandoc.MetaBlocks({ pandoc.RawBlock("html", script) })
end

return M
