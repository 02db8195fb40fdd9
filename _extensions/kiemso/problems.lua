-- What is wrong with a report: collected, so that one render tells it all.

local M = {}
local problems, seen = {}, {}

function M.say(message)
  io.stderr:write("kiemso: " .. message .. "\n")
end

function M.add(message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
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
