-- Begins a rebuild or fold, only where the position is the one that was read.
-- KEYS[1]  <tag>position
-- ARGV     expected history, expected seq ('' for both: nothing is held), expected token, expected
--          chunk ('' for both: no marker), token, history, clear (1 or 0), written at (ms)
-- Returns  begun | refused
local at = redis.call('HMGET', KEYS[1], 'history', 'seq', 'token', 'chunk')
for i = 1, 4 do
  if (at[i] or '') ~= ARGV[i] then return 'refused' end
end
if ARGV[7] == '1' or not at[2] then
  unlink_all(tag_of(KEYS[1]))
  redis.call('HSET', KEYS[1], 'seq', 0, 'offset', 0, 'writtenAt', ARGV[8])
end
redis.call('HSET', KEYS[1], 'history', ARGV[6], 'token', ARGV[5], 'chunk', 0)
return 'begun'
