-- Position of a task and the values of some keys, all of one moment.
-- KEYS[1]  <tag>meta
-- ARGV     keys
-- Returns  {{history, seq, token, chunk, offset, written at}, generations to be swept,
--          {owner, value, ...}, ... one for each key}; nothing for what is not there
local at = redis.call('HMGET', KEYS[1],
  'history', 'seq', 'token', 'chunk', 'offset', 'writtenAt', 'generation')
local prefix = tag_of(KEYS[1]) .. (at[7] or '') .. ':k:'
local found = {at, redis.call('LLEN', tag_of(KEYS[1]) .. 'old')}
for i, key in ipairs(ARGV) do
  found[i + 2] = at[7] and redis.call('HGETALL', prefix .. key) or {}
end
return found
