-- Kiểm Số: puts the facts of build/<term>/report.json into report.qmd, and lays out the evidence behind them.
--
-- The same filter runs under Quarto and under the embedded renderer. It builds Pandoc's own elements, so that
-- Pandoc escapes every string for HTML, Typst and Word; raw output is used only for what Pandoc cannot say.

-- Relative to the project, which both renderers start in: Lua on Windows opens no path with Vietnamese letters.
package.path = "_extensions/?.lua;" .. package.path
local elements = require("kiemso.elements")
local evidence = require("kiemso.evidence")
local figures = require("kiemso.figures")
local hyphens = require("kiemso.hyphens")
local panel = require("kiemso.panel")
local places = require("kiemso.places")
local problems = require("kiemso.problems")
local status = require("kiemso.status")
local tables = require("kiemso.tables")
local word = require("kiemso.word")
local html, typst, docx = elements.html, elements.typst, elements.docx
local body, is, styled, text = elements.body, elements.is, elements.styled, elements.text

local folder = "" -- where report.json stands

-- A thin rule under the Party's name, the first bold words: an underline would cross the dots of Ộ and Ệ, so Word gets
-- a line with a border, and the templates set the underline lower.
local function ruled(blocks)
  local first = blocks[1]
  local inlines = first and first.content
  if not inlines or not inlines[1] or inlines[1].t ~= "Strong" then return blocks end
  if not docx then
    inlines[1] = pandoc.Underline({ inlines[1] })
    return blocks
  end
  local rest = pandoc.Inlines({ table.unpack(inlines, inlines[2] and inlines[2].t == "LineBreak" and 3 or 2) })
  local all = pandoc.Blocks(styled({ pandoc.Para({ inlines[1] }) }, "Letterhead Rule"))
  if #rest > 0 then all:insert(pandoc.Para(rest)) end
  all:extend({ table.unpack(blocks, 2) })
  return all
end

-- Two columns without borders. Typst and Word know columns of this kind only as a table.
local function two_columns(div, name, widths, alignments)
  if docx then div.content = word.signature_lists(div.content) end
  if html then return div end
  local cells = {}
  for i, side in ipairs({ "left", "right" }) do
    local found = div.content:find_if(function(b) return b.t == "Div" and b.classes:includes(side) end)
    cells[i] = pandoc.Cell(styled(found and found.content or {}, name), pandoc.AlignDefault, 1, 1)
  end
  local specs = { { alignments[1], widths[1] }, { alignments[2], widths[2] } }
  local attributes = typst and { ["typst:stroke"] = "none" } or { ["custom-style"] = "Columns" }
  return pandoc.Div({ pandoc.Table({ long = {} }, specs, pandoc.TableHead(), { body({}, { pandoc.Row(cells) }, 0) },
    pandoc.TableFoot(), pandoc.Attr("", { "typst:no-figure" }, attributes)) }, pandoc.Attr(name:lower()))
end

local function read_report(meta)
  local term = meta.term and pandoc.utils.stringify(meta.term) or ""
  folder = "build/" .. term
  local file = io.open(folder .. "/report.json", "rb")
  if not file then
    if term == "" then
      problems.add("report.qmd names no term: add “term: 2022-2024” to its header")
    else
      problems.add("%s does not exist: run `kiemso run` first", folder .. "/report.json")
    end
    problems.stop_if_any()
  end
  local report = pandoc.json.decode(file:read("a"), false)
  file:close()
  figures.open(report, folder)
  tables.open(report, folder)
  return report
end

-- First pass, in reading order: figures, tables and charts.
local state_facts = {
  traverse = "topdown",
  Span = figures.span_in_text,
  Header = function(el)
    local header = figures.unnamed(figures.figures_in, el)
    places.enter_heading(el.level, pandoc.utils.stringify(header))
    return header, false
  end,
  Div = function(el)
    if el.attributes.table then return tables.table_block(el.attributes.table), false end
    if el.attributes.chart then return tables.chart_block(el.attributes.chart), false end
  end,
}

-- Second pass: what needs all figures to be known, and what moves.
local function lay_out(doc, report)
  local level, has_evidence = 1, false
  doc.blocks = doc.blocks:walk({
    traverse = "topdown",
    Header = function(el) level = el.level end,
    BulletList = docx and word.dash_list or nil,
    Div = function(el)
      local center, left = pandoc.AlignCenter, pandoc.AlignLeft
      if is(el, "letterhead") then
        -- The templates of all three formats set it before the title, and the opening between title and contents.
        for _, side in ipairs(el.content) do
          if is(side, "right") then side.content = ruled(side.content) end
        end
        doc.meta.letterhead = pandoc.MetaBlocks({ two_columns(el, "Letterhead", { .45, .55 }, { center, center }) })
        return {}, false
      elseif is(el, "opening") then
        doc.meta.opening = pandoc.MetaBlocks(styled(html and { el } or el.content, "Opening"))
        return {}, false
      elseif is(el, "signature") then
        return two_columns(el, "Signature", { .5, .5 }, { left, center }), false
      elseif is(el, "evidence") then
        has_evidence = true
        return evidence.block(report.evidence, level + 1), false
      end
    end,
  })
  if figures.any and not has_evidence then
    problems.add("report.qmd states facts but has no place for their evidence: add “::: {.evidence}” and “:::” at its end")
  end
end

local function titles(meta)
  if not meta.title then return end
  local full = pandoc.utils.stringify(meta.title)
  if meta.subtitle then full = full .. ": " .. pandoc.utils.stringify(meta.subtitle) end
  meta.pagetitle = pandoc.MetaInlines(text(full))
end

-- The last pass, when every text is known: how lines break, and what Word needs said in its own terms.
local function finish(doc)
  if docx then
    if PANDOC_WRITER_OPTIONS.table_of_contents then doc.meta["toc-entries"] = word.contents(doc.blocks) end
    doc.blocks = word.appendices_on_a_new_page(doc.blocks)
  end
  doc.blocks = hyphens.in_text(doc.blocks)
  if docx then doc.blocks = word.whole_rows(doc.blocks) end
  for _, key in ipairs({ "title", "subtitle", "letterhead", "opening" }) do
    doc.meta[key] = hyphens.in_meta(doc.meta[key])
  end
end

local function transform(doc)
  local report = read_report(doc.meta)
  for _, key in ipairs({ "title", "subtitle" }) do
    if doc.meta[key] then doc.meta[key] = figures.unnamed(figures.figures_in, pandoc.Plain(doc.meta[key])).content end
  end
  doc.blocks = doc.blocks:walk(state_facts)
  lay_out(doc, report)
  doc.meta["panel-data"] = panel.script(folder)
  problems.stop_if_any()
  titles(doc.meta)
  status.set(doc.meta, report.status)
  finish(doc)
  return doc
end

function Pandoc(doc)
  local done, result = pcall(transform, doc)
  if not done then
    -- Under Quarto an error would be logged and the render would succeed.
    problems.add("%s/report.json is not what was expected: run `kiemso run` again (%s)", folder, tostring(result))
    problems.stop_if_any()
  end
  return result
end
