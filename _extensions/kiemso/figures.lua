-- Figures: the facts which report.qmd states, as links to their evidence.

local elements = require("kiemso.elements")
local places = require("kiemso.places")
local problems = require("kiemso.problems")
local html, typst, docx = elements.html, elements.typst, elements.docx
local span, text = elements.span, elements.text

local M = {}
local facts, school, folder = {}, {}, "" -- of report.json, and where it stands
local anchors = {} -- the link targets which the evidence will hold
local times = {} -- anchor -> how often it has been stated

M.any = false -- whether the report states any fact

function M.open(report, where)
  facts, school, folder = report.facts, report.school or {}, where
  for _, section in ipairs(report.evidence.sections) do
    for _, row in ipairs(section.rows) do
      anchors[row.anchor] = true
      for _, line in ipairs(row.lines) do
        if elements.given(line.anchor) then anchors[line.anchor] = true end
      end
    end
  end
end

local function squeeze(s) -- line breaks and no-break spaces do not make a figure stale
  return (s:gsub("\u{00A0}", " "):gsub("\u{202F}", " "):gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

local function lookup(key, form)
  local fact = facts[key]
  if not fact then
    return problems.add("no fact “%s” in %s/report.json", key, folder)
  end
  if not fact.forms[form] then
    local known = {}
    for name in pairs(fact.forms) do table.insert(known, name) end
    table.sort(known)
    return problems.add("fact “%s” has no form as=%s; it has: %s", key, form, table.concat(known, ", "))
  end
  if not anchors[fact.anchor] then
    return problems.add("fact “%s” leads to “#%s”, which the evidence does not hold", key, fact.anchor)
  end
  return fact, fact.forms[form]
end

-- What `build` makes gets no ids: headings, which the table of contents repeats, and the tables folded behind charts.
local naming = true
function M.unnamed(build, ...)
  naming = false
  local result = build(...)
  naming = true
  return result
end

-- A word may stand at the start of a sentence.
local function capital(s)
  return pandoc.text.upper(pandoc.text.sub(s, 1, 1)) .. pandoc.text.sub(s, 2)
end

-- The name of a form in report.json: “trend since=2021-2022 threshold=2%”.
local function form_name(attributes)
  local name = attributes.as or "value"
  for _, setting in ipairs({ "since", "threshold" }) do
    if attributes[setting] then name = name .. " " .. setting .. "=" .. attributes[setting] end
  end
  return name
end

-- The linked figure of a fact. `written` is what report.qmd says, nil where nothing was written (in tables).
function M.figure(key, form, written)
  local fact, value = lookup(key, form or "value")
  if not fact then return {} end
  if written == "" and next(school) then written = nil end -- a report that many schools share states no values of its own
  if written and squeeze(written) == capital(value) then value = capital(value) end
  local stale = written ~= nil and squeeze(written) ~= squeeze(value)
  local classes, title, content = { "figure" }, fact.label, text(value)
  if fact.status ~= "observed" then table.insert(classes, (fact.status:gsub(" ", "-"))) end
  if stale then
    problems.say("stale: fact “%s”: report.qmd says “%s”, the fact is “%s”", key, squeeze(written), value)
    table.insert(classes, "stale")
    title = string.format("Văn bản ghi “%s”, số liệu nay là “%s”. %s", squeeze(written), value, fact.label)
  end
  if typst then
    content = elements.shown(content, stale)
  elseif stale then
    content = { span(content, "", { "mark" }, docx and { ["custom-style"] = "Stale" } or {}) }
  end
  local id = ""
  M.any = true
  if naming then
    -- By its fact, not one after the other: a figure that comes or goes leaves the others their ids, which people may
    -- have linked to, and with which Typst sets them sooner.
    times[fact.anchor] = (times[fact.anchor] or 0) + 1
    id = fact.anchor:gsub("^fact%-", "fig-") .. "-" .. times[fact.anchor]
    places.record(fact.anchor, id, value)
  end
  local attributes = html and { ["data-fact"] = key } or {}
  local link = pandoc.Link(content, "#" .. fact.anchor, title, pandoc.Attr(html and id or "", classes, attributes))
  if html or id == "" then return { link } end
  -- Pandoc writes the id of a link in HTML only. In Word a span around it carries the id. Typst takes a label that
  -- begins a line, or a page, for the end of the one before: it follows the figure.
  if typst then return { link, pandoc.RawInline("typst", "#metadata(none)<" .. id .. ">") } end
  return { span({ link }, id) }
end

-- Emphasis inside the brackets is kept: [**5**]{fact=…}.
local function figure_in_text(el)
  local content = M.figure(el.attributes.fact, form_name(el.attributes), pandoc.utils.stringify(el.content))
  local inner = #el.content == 1 and el.content[1]
  if inner and (inner.t == "Strong" or inner.t == "Emph") then
    inner.content = content
    return inner
  end
  return content
end

local function waived(el)
  return html and span(el.content, "", { "waived" }, { title = el.attributes.waiver }) or el.content
end

-- What data/schools.yml says of the school whose report this is.
local function of_school(name)
  return school[name] and text(school[name]) or problems.add("there is no “%s” of a school in %s/report.json", name, folder)
end

function M.span_in_text(el)
  if el.attributes.school then return of_school(el.attributes.school) or el.content, false end
  if el.attributes.fact then return figure_in_text(el), false end
  if el.attributes.waiver then return waived(el), false end
end

function M.figures_in(el)
  return el:walk({ traverse = "topdown", Span = M.span_in_text })
end

return M
