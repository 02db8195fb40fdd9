-- Small builders of Pandoc elements, and what differs between the three formats in them.

local M = {}
local html, typst, docx = FORMAT:match("html") ~= nil, FORMAT == "typst", FORMAT == "docx"
M.html, M.typst, M.docx = html, typst, docx

function M.given(s) return type(s) == "string" and s ~= "" end

function M.is(el, class) return el.classes:includes(class) end

-- Marks that turn the direction of writing, among them U+200F and U+202E: what follows them, digits too, would show
-- in another order than it has.
local TURNING = { "\xD8\x9C", "\xE2\x80[\x8E\x8F\xAA-\xAE]", "\xE2\x81[\xA6-\xA9]" }

-- Plain text as inlines: a string in a list is one element for Pandoc, spaces and all, and an element for each word and
-- each space would take most of the time of a render. Control characters are no valid XML: Word would refuse the file.
function M.text(s)
  s = tostring(s):gsub("[%z\1-\8\11\12\14-\31\127]", "\u{FFFD}"):gsub("[ \t\r\n]+", " ")
  for _, mark in ipairs(TURNING) do s = s:gsub(mark, "\u{FFFD}") end
  return pandoc.List(s ~= "" and { s } or {})
end

-- For Typst a figure is written in one way, whatever becomes of it: where only words differ, it sets the next report
-- from what it knows of the last one; where a mark comes or goes, it sets all of it anew.
function M.shown(content, stale)
  local before = pandoc.RawInline("typst", "#shown(stale: " .. tostring(stale) .. ")[")
  return M.concat({ before }, content, { pandoc.RawInline("typst", "]") })
end

-- For the same reason “=”, which Typst takes for a mark, and “≈”, which it takes for a letter, are both escaped.
local SIGNS = { ["="] = "\\u{3d}", ["≈"] = "\\u{2248}" }

-- A formula with numbers, and what it gives.
function M.formula(s)
  local before, sign, after = s:match("^(.* )(≈)( .*)$")
  if not sign then before, sign, after = s:match("^(.* )(=)( .*)$") end
  if not typst or not sign then return M.text(s) end
  return M.concat(M.text(before), { pandoc.RawInline("typst", SIGNS[sign]) }, M.text(after))
end

function M.span(content, id, classes, attributes)
  return pandoc.Span(content, { id or "", classes or {}, attributes or {} })
end

-- Lists of inlines as one. It stays a list of Lua: each time Pandoc makes or takes a list of its own, it copies all.
function M.concat(...)
  local all = pandoc.List({})
  for _, part in ipairs({ ... }) do all:extend(part) end
  return all
end

-- Word needs a named style on each paragraph; elsewhere the template and the style sheet do it.
function M.styled(blocks, style)
  return docx and { pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = style })) } or blocks
end

-- The style sheet wants to know what belongs together; a Typst block would swallow the space around it.
function M.group(blocks, class)
  return html and pandoc.Div(blocks, pandoc.Attr("", { class })) or blocks
end

function M.cell(inlines, columns, style, attributes)
  -- In Word a Plain would keep Pandoc's own style for table cells.
  local content = docx and pandoc.Para(inlines) or pandoc.Plain(inlines)
  return pandoc.Cell(M.styled({ content }, style), pandoc.AlignDefault, 1, columns or 1, { "", {}, attributes or {} })
end

function M.body(head, rows, row_heads)
  return { attr = pandoc.Attr(), head = head, body = rows, row_head_columns = row_heads }
end

-- HTML: what is wide scrolls in its own box, which the keyboard must be able to reach.
function M.in_scroll_box(block, label, class)
  if not html then return block end
  local attributes = { { "role", "region" }, { "aria-label", label }, { "tabindex", "0" } }
  return pandoc.Div({ block }, pandoc.Attr("", { class }, attributes))
end

local ALIGNMENT = { left = pandoc.AlignLeft, center = pandoc.AlignCenter, right = pandoc.AlignRight }

local function column_specs(columns)
  local specs = {}
  for i, column in ipairs(columns) do
    specs[i] = { ALIGNMENT[column.align] or pandoc.AlignDefault, column.width and column.width / 100 or nil }
  end
  return specs
end

-- `key` is a row of its own under the titles, repeated with them on each page.
local function header(columns, style, key)
  local cells = {}
  for i, column in ipairs(columns) do
    -- In HTML the cells are <th>; Typst and Word have no style for them of their own.
    local title = M.text(column.title)
    cells[i] = M.cell(html and title or { pandoc.Strong(title) }, 1, style)
  end
  return pandoc.TableHead({ pandoc.Row(cells), key and pandoc.Row({ M.cell(key, #columns, style) }) or nil })
end

-- A table; `caption` and `key` may be nil, `label` is what the scrolling box is called.
function M.grid(columns, all, style, label, caption, key)
  local long = caption and { pandoc.Plain(caption) } or {}
  local classes = typst and not caption and { "typst:no-figure" } or {}
  local attr = pandoc.Attr("", classes, docx and { ["custom-style"] = "ReportTable" } or {})
  return M.in_scroll_box(pandoc.Table({ long = long }, column_specs(columns), header(columns, style, key), all,
    pandoc.TableFoot(), attr), label, "table-scroll")
end

return M
