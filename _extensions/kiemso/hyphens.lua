-- Ranges and document numbers, such as 2022-2024 and 05-CT/TW, stay on one line.
--
-- Their hyphen stays a hyphen wherever readers search for it: HTML gets a span, the template for Typst sees to it. Word
-- knows only its own non-breaking hyphen, which a search for “2022-2024” does not find: headings and captions get it,
-- where a torn range would be seen by everyone, and the text does not.

local elements = require("kiemso.elements")
local html, typst = elements.html, elements.typst

local M = {}
local PATTERN = "^[^%w/]*%d+%-[%d%u]"

local function whole_word(word)
  if html then return { elements.span({ word }, "", { "nowrap" }) } end
  local inlines = pandoc.List({})
  for part, hyphen in word:gmatch("([^-]*)(%-?)") do
    if part ~= "" then inlines:insert(part) end
    if hyphen ~= "" then inlines:insert(pandoc.RawInline("openxml", "<w:r><w:noBreakHyphen /></w:r>")) end
  end
  return inlines
end

-- A text of this extension's own is one Str of many words.
local function whole_words(el)
  if not el.text:find("%d%-[%d%u]") then return nil end
  local inlines, between = pandoc.List({}), ""
  local function close()
    if between ~= "" then inlines:insert(between) end
    between = ""
  end
  for space, word in el.text:gmatch("( *)([^ ]*)") do
    between = between .. space
    if word:find(PATTERN) then
      close()
      inlines:extend(whole_word(word))
    else
      between = between .. word
    end
  end
  close()
  return inlines
end

local function unbroken(el) return el:walk({ Str = whole_words }) end

-- For titles, the letterhead and the like.
function M.in_meta(value)
  if typst or not value then return value end
  return unbroken(value)
end

function M.in_text(blocks)
  if typst then return blocks end
  if html then return unbroken(blocks) end
  local function caption(el)
    el.caption.long = unbroken(el.caption.long)
    return el
  end
  return blocks:walk({ Header = unbroken, Table = caption, Figure = caption })
end

return M
