-- Position of a task and the values of some keys, all of one moment.
-- KEYS[1]  <tag>position
-- ARGV     keys
-- Returns  {{history, seq, token, chunk, offset, written at}, {owner, value, ...}, ... one for each
--          key}; nothing for what is not there
local tag = tag_of(KEYS[1])
local found = {redis.call('HMGET', KEYS[1], 'history', 'seq', 'token', 'chunk', 'offset', 'writtenAt')}
local names, count = {}, 0
for i, its in ipairs(values_of(tag .. 'owners', ARGV, #ARGV)) do
  local owned = {}
  for owner in string.gmatch(its or '', '[^%z]+') do
    count = count + 1
    names[count] = ARGV[i] .. '\0' .. owner
    owned[#owned + 1] = owner
  end
  found[i + 1] = owned
end
local values, at = values_of(tag .. 'values', names, count), 0
for i = 1, #ARGV do
  local owned, flat = found[i + 1], {}
  for j, owner in ipairs(owned) do
    flat[2 * j - 1] = owner
    flat[2 * j] = values[at + j]
  end
  at = at + #owned
  found[i + 1] = flat
end
return found
