-- Where the report states which figure: the ways back from the evidence and, on paper, the index of figures.

local elements = require("kiemso.elements")
local html, typst = elements.html, elements.typst
local concat, text = elements.concat, elements.text

local MAX_BACKLINKS = 5 -- a fact stated in a long table would otherwise fill its row with links
local MAX_TITLE = 60 -- letters of a heading's title in the index

local M = {}
local above = {} -- level -> how the heading of that level is cited
local groups = {} -- in reading order: what is stated under one heading or in one table
local group, table_row -- where the next figure stands
local of = {} -- anchor -> its places, in reading order

-- “Phần thứ nhất: ĐÁNH GIÁ” is cited as “Phần thứ nhất”, “a) Tổ chức, cán bộ” as “a”.
local function cited(title)
  local name, rest = title:match("^(.-)[:.)]%s+(.*)$")
  return name or title, rest or ""
end

local function citation()
  local all, numbered = "", false
  for level = 1, 6 do
    local name = above[level]
    if name then
      local number = not name:find(" ")
      all = all .. (all == "" and "" or numbered and number and "." or ", ") .. name
      numbered = number
    end
  end
  return all -- “Phần thứ nhất, A.II.1.d”
end

local function begin(name, title)
  group = { name = name, title = title, entries = {}, ids = {} }
  table.insert(groups, group)
end

function M.enter_heading(level, title)
  local name, rest = cited(title)
  above[level] = name
  for deeper = level + 1, 6 do above[deeper] = nil end
  begin(citation(), rest)
end

-- A table stands under its heading; `row` is how a reader finds the place in it.
function M.enter_table(name)
  local outer = group
  begin((outer and outer.name .. ", " or "") .. name, "")
  group.is_table, group.outer = true, outer
end

function M.enter_row(name) table_row = { text = name } end

function M.leave_table()
  local outer = group.outer
  table_row = nil
  begin(outer and outer.name or "", outer and outer.title or "")
end

function M.record(anchor, id, value)
  if not group then begin("Mở đầu", "") end
  of[anchor] = of[anchor] or {}
  table.insert(of[anchor], { id = id, group = group })
  table.insert(group.ids, id)
  local entry = table_row or { text = value }
  if not entry.anchors then
    entry.anchors, entry.value = {}, value
    table.insert(group.entries, entry)
  end
  table.insert(entry.anchors, anchor)
end

-- The numbers of the pages which the ids stand on: Typst knows them once all is laid out. It is given a text: one more
-- argument would be one more place, and Typst would number anew all those that follow.
local function pages(ids)
  return pandoc.RawInline("typst", '#pages("' .. table.concat(ids, " ") .. '");')
end

-- The ways back from the facts of these anchors: in HTML place by place, in a PDF by page, in Word by heading.
function M.backlinks(anchors)
  local links, ids, met = pandoc.List({}), {}, {}
  for _, anchor in ipairs(anchors) do
    for _, place in ipairs(of[anchor] or {}) do
      local name = html and #ids + 1 or place.group.name
      if html or not met[name] then
        met[name] = true
        table.insert(ids, place.id)
        if #ids <= MAX_BACKLINKS then
          local link = pandoc.Link(text(name), "#" .. place.id, "Về nơi nêu số liệu", pandoc.Attr("", { "back" }))
          links:extend({ html and pandoc.Str("\u{00A0}") or pandoc.Str(#ids == 1 and " " or "; "), link })
        end
      elseif typst then -- further down the same heading, and perhaps on another page
        table.insert(ids, place.id)
      end
    end
  end
  if #ids == 0 then return {} end
  return concat(text(" ↩"), typst and { pandoc.Str("\u{00A0}tr.\u{00A0}"), pages(ids) } or links)
end

local function clipped(title)
  if pandoc.text.len(title) <= MAX_TITLE then return title end
  return pandoc.text.sub(title, 1, MAX_TITLE):gsub("%s+%S*$", "") .. "…"
end

-- What is stated here, each with the references of its evidence; neighbours with the same evidence share them.
local function entries_of(one, refs)
  local named, merged = {}, {}
  for _, entry in ipairs(one.entries) do named[entry.text] = (named[entry.text] or 0) + 1 end
  for _, entry in ipairs(one.entries) do
    local distinct, met = {}, {}
    for _, anchor in ipairs(entry.anchors) do
      local ref = refs[anchor]
      if not met[ref.name] then table.insert(distinct, ref) end
      met[ref.name] = true
    end
    local shown = one.is_table and named[entry.text] > 1 and entry.text .. " (" .. entry.value .. ")" or entry.text
    local last = merged[#merged]
    if last and #distinct == 1 and #last.refs == 1 and last.refs[1].name == distinct[1].name then
      last.text = last.text .. ", " .. shown
    else
      table.insert(merged, { text = shown, refs = distinct })
    end
  end
  return merged
end

-- From the places of the report, in reading order, to the rows of the evidence: for readers of paper, who have no
-- links. `refs` holds for each anchor the name of its row and the anchor to link to.
function M.index(refs)
  local blocks = pandoc.Blocks({})
  for _, one in ipairs(groups) do
    if #one.entries > 0 then
      local title = one.title ~= "" and " " .. clipped(one.title) or ""
      local inlines = concat({ pandoc.Strong(text(one.name)) }, text(title))
      if typst then inlines = concat(inlines, text(" (tr.\u{00A0}"), { pages(one.ids) }, text(")")) end
      inlines:extend(text(one.is_table and ", theo dòng: " or ": "))
      for i, entry in ipairs(entries_of(one, refs)) do
        inlines:extend(concat(text(i == 1 and "" or "; "), text(entry.text .. "\u{00A0}→\u{00A0}")))
        for k, ref in ipairs(entry.refs) do
          inlines:extend(concat(text(k == 1 and "" or ",\u{00A0}"), { pandoc.Link(text(ref.name), "#" .. ref.anchor) }))
        end
      end
      blocks:extend(elements.styled({ pandoc.Para(inlines) }, "Evidence Index"))
    end
  end
  return blocks
end

return M
