-- The evidence appendix: from each fact to its formula, its notebook cell and the raw spreadsheet cells, and back.

local elements = require("kiemso.elements")
local figures = require("kiemso.figures")
local typst = elements.typst
local body, cell, concat, given = elements.body, elements.cell, elements.concat, elements.given
local span, text = elements.span, elements.text

local MAX_BACKLINKS = 5 -- a fact stated in a long table would otherwise fill its row with links
local MAX_WHOLE_ROW = 8 -- lines of a row that may not be split between two pages

local M = {}
local sections = 0

local function backlinks(anchor)
  local links = pandoc.Inlines({})
  for i, id in ipairs(figures.places[anchor] or {}) do
    if i > MAX_BACKLINKS then break end
    local link = pandoc.Link(text(i), "#" .. id, "Nơi nêu số liệu", pandoc.Attr("", { "back" }))
    links:extend({ pandoc.Str("\u{00A0}"), link })
  end
  return #links > 0 and concat(text(" ↩"), links) or links
end

local used = {} -- an id may stand only once in a document
local function target(content, anchor)
  if not given(anchor) or used[anchor] then return span(content) end
  used[anchor] = true
  return span(content, anchor)
end

local files = {} -- path -> its name in the lines, and the id of its row in the list of files

local function source_inlines(source)
  local file = files[source.file]
  local name = file and { pandoc.Link(text(file.name), "#" .. file.id) } or text(source.file)
  local place = source.sheet == "" and source.cell or source.sheet .. "!" .. source.cell
  local original = source.text == "" and "(ô trống)" or "“" .. source.text .. "”"
  if given(source.corrected) then original = original .. " (đính chính: “" .. source.corrected .. "”)" end
  return concat(name, text(", " .. place .. " " .. original))
end

local function line_inlines(line)
  local formula = given(line.formula) and " (" .. line.formula .. ")" or ""
  local inlines = concat({ target(text(line.period), line.anchor) }, text(": " .. line.value .. formula))
  for i, source in ipairs(line.sources) do
    inlines = concat(inlines, text(i == 1 and " ← " or "; "), source_inlines(source))
  end
  return concat(inlines, backlinks(line.anchor))
end

local function evidence_row(spec)
  local ref = target({ pandoc.Strong(text(spec.ref)) }, spec.anchor)
  local label = concat({ ref }, text(" " .. spec.label), backlinks(spec.anchor))
  if given(spec.note) then label = concat(label, { pandoc.LineBreak(), pandoc.Emph(text(spec.note)) }) end
  local unit = given(spec.unit) and (spec.unit == "%" and "%" or " " .. spec.unit) or ""
  local origin = pandoc.Inlines({ span(text(spec.notebook .. " › " .. spec.cell), "", { "origin" }) })
  local formula = given(spec.formula) and concat(text(spec.formula), { pandoc.LineBreak() }, origin) or origin
  local lines = pandoc.Inlines({})
  for i, line in ipairs(spec.lines) do
    if i > 1 then lines:insert(pandoc.LineBreak()) end
    lines:extend(line_inlines(line))
  end
  -- Typst splits rows between pages; one with the lines of a few years is better kept whole.
  local whole = typst and #spec.lines <= MAX_WHOLE_ROW and { ["typst:breakable"] = "false" } or {}
  local cells = {}
  for i, inlines in ipairs({ label, text(spec.value .. unit), formula, lines }) do
    cells[i] = cell(inlines, 1, "Evidence Text", whole)
  end
  return pandoc.Row(cells)
end

local function evidence_table(columns, rows, label)
  return elements.grid(columns, { body({}, rows, 1) }, "Evidence Text", label)
end

local function heading(title, level)
  sections = sections + 1
  -- The contents lists of HTML and Word cannot reach into a division: let none of the three list these.
  local attr = pandoc.Attr("evidence-" .. sections, { "unnumbered", "unlisted" })
  return pandoc.Header(math.min(level, 6), text(title), attr)
end

local FILE_COLUMNS = {
  { title = "Tệp", align = "left", width = 66 }, { title = "SHA-256 (16 ký tự đầu)", align = "left", width = 34 } }
local ROW_COLUMNS = {
  { title = "Chỉ tiêu", align = "left", width = 20 }, { title = "Giá trị", align = "left", width = 10 },
  { title = "Cách tính", align = "left", width = 19 }, { title = "Nguồn", align = "left", width = 51 } }

-- The lines name a file without its folders where the list of files, which they link to, leaves no doubt.
local function file_rows(list)
  local namesakes, rows = {}, {}
  for _, file in ipairs(list) do
    local name = file.path:match("[^/]+$")
    namesakes[name] = (namesakes[name] or 0) + 1
  end
  for i, file in ipairs(list) do
    local name = file.path:match("[^/]+$")
    files[file.path] = { id = "file-" .. i, name = namesakes[name] == 1 and name or file.path }
    local path = { span(text(file.path), "file-" .. i) }
    rows[i] = pandoc.Row({ cell(path, 1, "Evidence Text"), cell(text(file.digest:sub(1, 16)), 1, "Evidence Text") })
  end
  return rows
end

-- The blocks of the appendix; `level` is that of its headings.
function M.block(evidence, level)
  local blocks = pandoc.Blocks({
    pandoc.Para(text("Mỗi số liệu trong báo cáo dẫn đến một dòng dưới đây: giá trị, cách tính, ô lệnh đã tính ra nó "
      .. "và các ô bảng tính gốc kèm nguyên văn. Các số sau dấu ↩ dẫn về nơi số liệu được nêu.")),
    heading("Các tệp số liệu gốc", level),
    evidence_table(FILE_COLUMNS, file_rows(evidence.files), "Các tệp số liệu gốc"),
  })
  for _, section in ipairs(evidence.sections) do
    local rows = {}
    for i, spec in ipairs(section.rows) do rows[i] = evidence_row(spec) end
    blocks:extend({ heading(section.title, level), evidence_table(ROW_COLUMNS, rows, section.title) })
  end
  if #evidence.warnings > 0 then
    local items = {}
    for i, warning in ipairs(evidence.warnings) do items[i] = { pandoc.Plain(text(warning)) } end
    blocks:extend({ heading("Điều cần lưu ý khi đọc số liệu", level), pandoc.BulletList(items) })
  end
  return pandoc.Div(blocks, pandoc.Attr("evidence", { "evidence" }))
end

return M
