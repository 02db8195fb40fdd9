-- What is wrong with a report: collected, so that one render tells it all.

local vietnamese = require("kiemso.messages")

local M = {}
local problems, seen = {}, {}

-- The person's language, chosen as the program chooses it; never that of the report, which is the same for everybody.
local function speaks_vietnamese()
  for _, name in ipairs({ "KIEMSO_LANG", "LC_ALL", "LC_MESSAGES", "LANG" }) do
    local value = os.getenv(name) or ""
    if value ~= "" then return value:lower():sub(1, 2) == "vi" end
  end
  return false
end

local function told(message, ...)
  message = speaks_vietnamese() and vietnamese[message] or message
  return select("#", ...) > 0 and message:format(...) or message
end

function M.say(message, ...)
  io.stderr:write("kiemso: " .. told(message, ...) .. "\n")
end

function M.add(message, ...)
  message = told(message, ...)
  if not seen[message] then
    seen[message] = true
    table.insert(problems, message)
  end
end

-- Under Quarto, error() in a filter is only logged and the render succeeds: leave the process instead.
function M.stop_if_any()
  if #problems == 0 then return end
  for _, message in ipairs(problems) do M.say("error: " .. message) end
  os.exit(1)
end

return M
