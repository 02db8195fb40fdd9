-- The mark of a draft, or who approved the report: one text for all formats, which their templates set on each page.

local elements = require("kiemso.elements")
local given, text = elements.given, elements.text

local M = {}

-- Word's header is part of the reference document. A content control in it shows the document's category, which both
-- Word and LibreOffice read when they open the file; so it is blank, not missing, where there is no mark.
local function word(meta, mark) meta.category = pandoc.MetaString(mark or "\u{00A0}") end

function M.set(meta, status)
  local mark
  status = type(status) == "table" and status or {}
  if status.draft == true then
    mark = given(status.text) and status.text or "DỰ THẢO"
    meta["report-draft"] = true
  elseif given(status.text) then
    mark = status.text:find("^Đã duyệt") and status.text or "Đã duyệt: " .. status.text
  end
  if mark then meta["report-status"] = pandoc.MetaInlines(text(mark)) end
  if elements.docx then word(meta, mark) end
end

return M
