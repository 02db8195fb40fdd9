-- The computed tables and charts, every number in them a figure.

local elements = require("kiemso.elements")
local figures = require("kiemso.figures")
local places = require("kiemso.places")
local problems = require("kiemso.problems")
local html, typst, docx = elements.html, elements.typst, elements.docx
local body, cell, concat, grid, text = elements.body, elements.cell, elements.concat, elements.grid, elements.text

local M = {}
local report, folder -- the decoded report.json, and where it stands
local count = { table = 0, chart = 0 }

function M.open(decoded, where) report, folder = decoded, where end

local function cell_inlines(parts)
  local inlines = pandoc.List({})
  for i, part in ipairs(parts) do
    if type(part) == "table" then
      inlines:extend(figures.figure(part.fact, part.as))
    else -- a narrow column must not tear a figure from its unit
      inlines:extend(text(type(parts[i - 1]) == "table" and part:gsub("^ ", "\u{00A0}") or part))
    end
  end
  return inlines
end

-- How a reader finds a row: by its number or its label, the first cell that holds words of its own.
local function row_name(spec)
  for _, parts in ipairs(spec.cells) do
    if type(parts[1]) == "string" and parts[1]:find("%S") then return parts[1] end
  end
  return ""
end

local function row(spec, row_heads)
  places.enter_row(row_name(spec))
  local cells, labelled = {}, false
  for i, parts in ipairs(spec.cells) do
    local inlines = cell_inlines(parts)
    -- An empty header would be announced with every figure of its row, and say nothing.
    local attributes = html and i <= row_heads and #inlines == 0 and { role = "cell" } or nil
    if spec.class == "sub" and not labelled and #inlines > 0 then
      inlines, labelled = concat(text("\u{2003}"), inlines), true
    end
    cells[i] = cell(spec.class == "total" and { pandoc.Strong(inlines) } or inlines, 1, "Table Text", attributes)
  end
  return pandoc.Row(cells, pandoc.Attr("", spec.class and { spec.class } or {}))
end

-- A "group" row begins a table body of its own, which screen readers announce with its rows.
local function bodies(spec)
  local row_heads = 1
  for i, column in ipairs(spec.columns) do
    if column.align == "left" then row_heads = i break end
  end
  local all = { body({}, {}, row_heads) }
  for _, one in ipairs(spec.rows) do
    if one.class == "group" then
      local title = { pandoc.Strong(cell_inlines(one.cells[1])) }
      local head = pandoc.Row({ cell(title, #spec.columns, "Table Text") }, pandoc.Attr("", { "group" }))
      table.insert(all, body({ head }, {}, row_heads))
    else
      table.insert(all[#all].body, row(one, row_heads))
    end
  end
  return all
end

local function caption(kind, word, title)
  count[kind] = count[kind] + 1
  return concat({ pandoc.Strong(text(word .. " " .. count[kind] .. ".")), pandoc.Space() }, text(title))
end

local function named(kind, name)
  local spec = report[kind .. "s"][name]
  if not spec and kind == "table" then problems.add("no table “%s” in %s/report.json", name, folder) end
  if not spec and kind == "chart" then problems.add("no chart “%s” in %s/report.json", name, folder) end
  return spec
end

function M.table_block(name)
  local spec = named("table", name)
  if not spec then return {} end
  local title = caption("table", "Bảng", spec.caption)
  places.enter_table("Bảng " .. count.table)
  local blocks = pandoc.Blocks({ grid(spec.columns, bodies(spec), "Table Text", spec.caption, title) })
  places.leave_table()
  if elements.given(spec.note) then
    local attributes = typst and { ["typst:text:size"] = "10.5pt" } or docx and { ["custom-style"] = "Table Note" } or {}
    blocks:insert(pandoc.Div({ pandoc.Para(text("Ghi chú: " .. spec.note)) }, pandoc.Attr("", { "note" }, attributes)))
  end
  return elements.group(blocks, "report-table")
end

-- Pandoc does not hand the alternative text on to Typst; a Typst string needs only these two escapes.
local function image(spec)
  local path = folder .. "/" .. (docx and spec.png or spec.svg)
  local file = io.open(path, "rb") -- Pandoc would only warn of a missing file, and leave a hole
  if file then file:close() else problems.add("%s does not exist: run `kiemso run` first", path) end
  if not typst then
    return pandoc.Image(text(spec.alt), path, "", pandoc.Attr("", {}, { width = "100%" }))
  end
  local quoted = function(s) return '"' .. s:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"' end
  return pandoc.RawInline("typst", "#image(" .. quoted(path) .. ", alt: " .. quoted(spec.alt) .. ", width: 100%)")
end

function M.chart_block(name)
  local spec = named("chart", name)
  if not spec then return {} end
  -- On a phone the drawing scrolls in its own box: shrunk to the screen, its labels could not be read.
  local drawing = pandoc.Figure(
    { elements.in_scroll_box(pandoc.Plain({ image(spec) }), "Biểu đồ: " .. spec.caption, "chart-scroll") },
    { long = { pandoc.Plain(caption("chart", "Biểu đồ", spec.caption)) } })
  local blocks = pandoc.Blocks({ drawing })
  if html and spec.table then -- the paper versions print the numbers in the tables already
    blocks:insert(pandoc.RawBlock("html", "<details><summary>Số liệu của biểu đồ</summary>"))
    blocks:insert(grid(spec.table.columns, figures.unnamed(bodies, spec.table), "Table Text", spec.caption))
    blocks:insert(pandoc.RawBlock("html", "</details>"))
  end
  return elements.group(blocks, "chart")
end

return M
