-- Runs the notebooks that are out of date before Quarto renders.
--
-- Quarto runs this file with its own Pandoc, so it starts wherever Quarto does. A command named in _quarto.yml would
-- have to be on the PATH, which it is not while .venv is not activated; a Python script would be run by whichever
-- Python Quarto finds first, which need not be the one that has the package.

local windows = pandoc.system.os == "mingw32"
local home = windows and { "Scripts", "python.exe" } or { "bin", "python" }

local function exists(path)
  local file = path and io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

-- The Python to use: one that was named, else the project's own, else that of the environment which is active. The
-- project's own comes first because Anaconda's base environment is active on many machines without being meant.
local function python()
  local own = pandoc.path.join({ ".venv", home[1], home[2] })
  local active = os.getenv("VIRTUAL_ENV") or os.getenv("CONDA_PREFIX")
  return os.getenv("QUARTO_PYTHON") or exists(own) and own or (windows or active) and "python" or "python3"
end

-- `kiemso render` has run the notebooks itself.
if os.getenv("KIEMSO_RUN") ~= "done" then
  local program = python()
  if program:find(" ") then program = '"' .. program .. '"' end
  local command = program .. " -m kiemso run --audit"
  -- cmd.exe takes off the outermost quotes of a line that begins with one.
  if not os.execute(windows and '"' .. command .. '"' or command) then
    io.stderr:write("kiemso: error: “" .. command .. "” failed: mend what it says above. If it says that there is no "
      .. "module named kiemso, install the project first (see README.md).\n")
    os.exit(1)
  end
end
