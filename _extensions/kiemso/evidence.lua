-- The evidence appendix: from each fact to its formula, its notebook cell and the raw spreadsheet cells, and back.

local elements = require("kiemso.elements")
local places = require("kiemso.places")
local html, typst = elements.html, elements.typst
local body, cell, concat, given = elements.body, elements.cell, elements.concat, elements.given
local formula, span, text = elements.formula, elements.span, elements.text

local MAX_WHOLE_ROW = 8 -- lines of a row that may not be split between two pages
local MAX_KEY = 12 -- files that are named again on each page: more would leave no room for what they are named for

local M = {}
local sections = 0

local used = {} -- an id may stand only once in a document
local function target(content, anchor)
  if not given(anchor) or used[anchor] then return span(content) end
  used[anchor] = true
  return span(content, anchor)
end

local files = {} -- path -> its file name, its name in the lines, and the id of its row in the list of files

local function source_inlines(source)
  local file = files[source.file]
  local name = file and { pandoc.Link(text(file.name), "#" .. file.id) } or text(source.file)
  local place = source.sheet == "" and source.cell or source.sheet .. "!" .. source.cell
  local original = source.text == "" and "(ô trống)" or "“" .. source.text .. "”"
  if given(source.original) then original = original .. " (nguyên văn trong tệp: “" .. source.original .. "”)" end
  if given(source.corrected) then original = original .. " (đính chính: “" .. source.corrected .. "”" end
  if given(source.why) then original = original .. "; lý do: " .. source.why end
  if given(source.corrected) then original = original .. ")" end
  return concat(name, text(", " .. place .. " " .. original))
end

local function line_inlines(line)
  local inlines = concat({ target(text(line.period), line.anchor) }, text(": " .. line.value))
  if given(line.formula) then inlines:extend(formula(" (" .. line.formula .. ")")) end
  for i, source in ipairs(line.sources) do
    inlines:extend(text(i == 1 and " ← " or "; "))
    inlines:extend(source_inlines(source))
  end
  if html then inlines:extend(places.backlinks({ line.anchor })) end
  return inlines
end

-- Typst takes a label that begins a line for the end of the line before, but not where a paragraph begins.
local function lines_cell(lines, attributes)
  if typst then
    local paragraphs = {}
    for i, line in ipairs(lines) do paragraphs[i] = pandoc.Para(line_inlines(line)) end
    return pandoc.Cell(paragraphs, pandoc.AlignDefault, 1, 1, pandoc.Attr("", {}, attributes))
  end
  local inlines = pandoc.List({})
  for i, line in ipairs(lines) do
    if i > 1 then inlines:insert(pandoc.LineBreak()) end
    inlines:extend(line_inlines(line))
  end
  return cell(inlines, 1, "Evidence Text")
end

-- On paper the label tells of the whole row: year for year, the same places would be named over and over.
local function row_anchors(spec)
  local anchors = { spec.anchor }
  for _, line in ipairs(html and {} or spec.lines) do
    if given(line.anchor) then table.insert(anchors, line.anchor) end
  end
  return anchors
end

local function evidence_row(spec)
  local ref = target({ pandoc.Strong(text(spec.ref)) }, spec.anchor)
  local label = concat({ ref }, text(" " .. spec.label), places.backlinks(row_anchors(spec)))
  if given(spec.note) then label = concat(label, { pandoc.LineBreak(), pandoc.Emph(text(spec.note)) }) end
  local unit = given(spec.unit) and (spec.unit == "%" and "%" or " " .. spec.unit) or ""
  local origin = { span(text(spec.notebook .. " › " .. spec.cell), "", { "origin" }) }
  local calculation = given(spec.formula) and concat(formula(spec.formula), { pandoc.LineBreak() }, origin) or origin
  -- Typst splits rows between pages; one with the lines of a few years is better kept whole.
  local whole = typst and #spec.lines <= MAX_WHOLE_ROW and { ["typst:breakable"] = "false" } or {}
  local cells = {}
  for i, inlines in ipairs({ label, text(spec.value .. unit), calculation }) do
    cells[i] = cell(inlines, 1, "Evidence Text", whole)
  end
  cells[4] = lines_cell(spec.lines, whole)
  return pandoc.Row(cells)
end

local function evidence_table(columns, rows, label, key)
  return elements.grid(columns, { body({}, rows, 1) }, "Evidence Text", label, nil, key)
end

-- On paper the lines name a file by its code; what the codes of a section stand for is repeated on each page, unless
-- they are so many, as in a roll-up of schools, that the list of files must do.
local function file_key(section)
  if html then return nil end
  local met, key = {}, text("Tệp: ")
  local paths = {}
  for _, spec in ipairs(section.rows) do
    for _, line in ipairs(spec.lines) do
      for _, source in ipairs(line.sources) do
        if files[source.file] and not met[source.file] then table.insert(paths, source.file) end
        met[source.file] = true
      end
    end
  end
  if #paths == 0 or #paths > MAX_KEY then return nil end
  table.sort(paths, function(a, b) return files[a].number < files[b].number end)
  for i, path in ipairs(paths) do
    local code = { pandoc.Strong(text(files[path].name)) }
    key:extend(concat(text(i == 1 and "" or "; "), code, text(" " .. files[path].full)))
  end
  return key
end

local function heading(title, level)
  sections = sections + 1
  -- The contents lists of HTML and Word cannot reach into a division: let none of the three list these.
  local attr = pandoc.Attr("evidence-" .. sections, { "unnumbered", "unlisted" })
  return pandoc.Header(math.min(level, 6), text(title), attr)
end

local FILE_COLUMNS = {
  { title = "Tệp", align = "left", width = 66 }, { title = "SHA-256 (16 ký tự đầu)", align = "left", width = 34 } }
local CODED_FILE_COLUMNS = { { title = "Mã", align = "left", width = 8 }, { title = "Tệp", align = "left", width = 60 },
  { title = "SHA-256 (16 ký tự đầu)", align = "left", width = 32 } }
-- On paper the codes of the files leave room for the other columns.
local WIDTHS = html and { 20, 10, 19, 51 } or { 23, 10, 24, 43 }
local ROW_COLUMNS = {}
for i, title in ipairs({ "Chỉ tiêu", "Giá trị", "Cách tính", "Nguồn" }) do
  ROW_COLUMNS[i] = { title = title, align = "left", width = WIDTHS[i] }
end

-- In HTML the lines name a file without its folders where the list of files, which they link to, leaves no doubt.
local function file_rows(list)
  local namesakes, rows = {}, {}
  for _, file in ipairs(list) do
    local name = file.path:match("[^/]+$")
    namesakes[name] = (namesakes[name] or 0) + 1
  end
  for i, file in ipairs(list) do
    local name = file.path:match("[^/]+$")
    local full, id = namesakes[name] == 1 and name or file.path, "file-" .. i
    files[file.path] = { number = i, id = id, full = full, name = html and full or "T" .. i }
    local cells = { span(text(html and file.path or "T" .. i), id) }
    cells = html and { cells, text(file.digest:sub(1, 16)) } or { cells, text(file.path), text(file.digest:sub(1, 16)) }
    for k, inlines in ipairs(cells) do cells[k] = cell(inlines, 1, "Evidence Text") end
    rows[i] = pandoc.Row(cells)
  end
  return rows
end

local WARNING_COLUMNS = {}
for i, column in ipairs({ { "Tệp", 20 }, { "Vị trí", 16 }, { "Nguyên văn", 20 }, { "Điều cần lưu ý", 44 } }) do
  WARNING_COLUMNS[i] = { title = column[1], align = "left", width = column[2] }
end

-- What is suspicious but was used: where it stands, what stands there, and what to know about it.
local function warning_rows(warnings)
  local rows = {}
  for i, warning in ipairs(warnings) do
    local file = files[warning.file]
    local name = file and { pandoc.Link(text(file.name), "#" .. file.id) } or text(warning.file)
    local place = warning.sheet
    if warning.cell ~= "" then place = place == "" and warning.cell or place .. "!" .. warning.cell end
    local cells = { name, text(place), text(warning.text), text(warning.message) }
    for k, inlines in ipairs(cells) do cells[k] = cell(inlines, 1, "Evidence Text") end
    rows[i] = pandoc.Row(cells)
  end
  return rows
end

-- For each anchor the row that holds it, by name and by a link target.
local function row_refs(evidence)
  local refs = {}
  for _, section in ipairs(evidence.sections) do
    for _, spec in ipairs(section.rows) do
      for _, anchor in ipairs(row_anchors(spec)) do
        refs[anchor] = { name = spec.ref, anchor = given(spec.anchor) and spec.anchor or anchor }
      end
    end
  end
  return refs
end

local BACK = html and "Các số sau dấu ↩ dẫn ngược về nơi nêu số liệu."
  or typst and "Số trang sau dấu ↩ dẫn ngược về nơi nêu số liệu." or "Tên mục sau dấu ↩ dẫn ngược về nơi nêu số liệu."

-- The blocks of the appendix; `level` is that of its headings.
function M.block(evidence, level)
  local blocks = pandoc.Blocks({
    pandoc.Para(text("Mỗi số liệu trong báo cáo dẫn đến một dòng dưới đây, gồm giá trị, cách tính, ô lệnh tính ra số "
      .. "liệu ấy và nguyên văn các ô gốc trong bảng tính. " .. BACK)),
    heading("Các tệp số liệu gốc", level),
    evidence_table(html and FILE_COLUMNS or CODED_FILE_COLUMNS, file_rows(evidence.files), "Các tệp số liệu gốc"),
  })
  if not html then
    blocks:extend({ heading("Tra từ nơi nêu số liệu đến dòng căn cứ", level),
      pandoc.Div(places.index(row_refs(evidence)), pandoc.Attr("evidence-index")) })
  end
  for _, section in ipairs(evidence.sections) do
    local rows = {}
    for i, spec in ipairs(section.rows) do rows[i] = evidence_row(spec) end
    blocks:extend({ heading(section.title, level), evidence_table(ROW_COLUMNS, rows, section.title, file_key(section)) })
  end
  if #evidence.warnings > 0 then
    local title = "Điều cần lưu ý khi đọc số liệu"
    blocks:extend({ heading(title, level), evidence_table(WARNING_COLUMNS, warning_rows(evidence.warnings), title) })
  end
  return pandoc.Div(blocks, pandoc.Attr("evidence", { "evidence" }))
end

return M
