-- What Word needs said in its own terms.

local elements = require("kiemso.elements")
local is, styled, text = elements.is, elements.styled, elements.text

local M = {}

-- Pandoc leaves a Word file's contents to Word, which asks its reader first and then fills them in. These entries
-- stand inside Word's own field: readable at once, and Word adds the page numbers whenever it is told to update.
function M.contents(blocks)
  local entries = pandoc.Blocks({})
  for _, block in ipairs(blocks) do
    if block.t == "Header" and block.level <= PANDOC_WRITER_OPTIONS.toc_depth and not is(block, "unlisted") then
      local link = pandoc.Link(text(pandoc.utils.stringify(block)), "#" .. block.identifier)
      entries:extend(styled({ pandoc.Plain({ link }) }, "toc " .. block.level))
    end
  end
  return pandoc.MetaBlocks(entries)
end

-- Pandoc gives every list its own round bullets. The styles of the reference document carry dashes, as the PDF has.
local function items(list, name, depth)
  local blocks = pandoc.Blocks({})
  for _, item in ipairs(list.content) do
    local style = depth == 1 and name or name .. " " .. depth
    for _, block in ipairs(item) do
      if block.t == "BulletList" then
        blocks:extend(items(block, name, math.min(depth + 1, 2)))
      else
        blocks:extend(styled({ block.t == "Plain" and pandoc.Para(block.content) or block }, style))
        style = name .. " Text"
      end
    end
  end
  return blocks
end

function M.dash_list(list) return items(list, "Dash List", 1), false end

function M.signature_lists(blocks)
  return blocks:walk({
    traverse = "topdown",
    BulletList = function(list) return items(list, "Signature List", 1), false end,
  })
end

-- An empty line of no height begins the page: a heading cannot be given a style of its own.
local PAGE_BREAK = '<w:p><w:pPr><w:pageBreakBefore /><w:spacing w:before="0" w:after="0" w:line="20" '
  .. 'w:lineRule="exact" /></w:pPr></w:p>'

-- What follows the signature.
function M.appendices_on_a_new_page(blocks)
  for i, block in ipairs(blocks) do
    if block.t == "Div" and block.identifier == "signature" and i < #blocks then
      blocks:insert(i + 1, pandoc.RawBlock("openxml", PAGE_BREAK))
      break
    end
  end
  return blocks
end

-- Rows that are not split between pages, which Pandoc cannot say: it writes the tables by themselves, and each row is
-- given the property before they are put back as they are.
local function rows_kept_whole(xml, serial)
  xml = xml:gsub("<w:tr>", "<w:tr><w:trPr><w:cantSplit /></w:trPr>")
    :gsub("<w:trPr><w:cantSplit /></w:trPr>%s*<w:trPr>", "<w:trPr><w:cantSplit />")
  -- The ids of bookmarks count within one writing only.
  return (xml:gsub('(<w:bookmark%a+ w:id=")(%d+)', function(start, id) return start .. serial * 100000 + id end))
end

local function document_of(blocks)
  local archive = pandoc.zip.Archive(pandoc.write(pandoc.Pandoc(blocks), "docx", PANDOC_WRITER_OPTIONS))
  for _, entry in ipairs(archive.entries) do
    if entry.path == "word/document.xml" then return entry:contents() end
  end
end

function M.whole_rows(blocks)
  local tables = pandoc.Blocks({})
  blocks:walk({ Table = function(el)
    local copy = el:clone()
    copy.caption = { long = {} }
    tables:insert(copy)
  end })
  local written = {}
  for xml in document_of(tables):gmatch("<w:tbl>.-</w:tbl>") do
    table.insert(written, rows_kept_whole(xml, #written + 1))
  end
  if #written ~= #tables then return blocks end
  local count = 0
  return blocks:walk({ Table = function(el)
    count = count + 1
    local caption = #el.caption.long > 0 and styled({ pandoc.Para(el.caption.long[1].content) }, "Table Caption") or {}
    return pandoc.Blocks(caption) .. { pandoc.RawBlock("openxml", written[count]) }
  end })
end

return M
