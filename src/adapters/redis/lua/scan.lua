-- A page of all values of a task. What is there all the while comes at least once.
-- KEYS[1]  <tag>meta
-- ARGV     cursor ('0' at first), limit (about)
-- Returns  {next cursor ('0' at the end), (key NUL owner), value, ...}
local generation = redis.call('HGET', KEYS[1], 'generation')
if not generation then return {'0'} end
local prefix = tag_of(KEYS[1]) .. generation .. ':'
local page = redis.call('ZSCAN', prefix .. 't', ARGV[1], 'COUNT', ARGV[2])
local found = {page[1]}
for i = 1, #page[2], 2 do
  local member = page[2][i]
  local cut = string.find(member, '\0', 1, true)
  local key, owner = string.sub(member, 1, cut - 1), string.sub(member, cut + 1)
  local value = redis.call('HGET', prefix .. 'k:' .. key, owner)
  if value then
    found[#found + 1] = member
    found[#found + 1] = value
  end
end
return found
