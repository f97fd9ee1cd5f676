-- Begins a rebuild or fold, only where the position is the one that was read.
-- KEYS[1]  <tag>meta
-- ARGV     expected history, expected seq ('' for both: nothing is held), expected token, expected
--          chunk ('' for both: no marker), token, history, clear (1 or 0), written at (ms)
-- Returns  begun | refused
-- Clearing starts a new generation: what the old one holds can never be read again, and is deleted
-- in parts by sweep.lua.
local at = redis.call('HMGET', KEYS[1], 'history', 'seq', 'token', 'chunk', 'generation')
for i = 1, 4 do
  if (at[i] or '') ~= ARGV[i] then return 'refused' end
end
local token, history = ARGV[5], ARGV[6]
if ARGV[7] == '1' or not at[2] then
  if at[5] then redis.call('RPUSH', tag_of(KEYS[1]) .. 'old', at[5]) end
  redis.call('HSET', KEYS[1], 'seq', 0, 'offset', 0, 'writtenAt', ARGV[8], 'generation', token)
end
redis.call('HSET', KEYS[1], 'history', history, 'token', token, 'chunk', 0)
return 'begun'
