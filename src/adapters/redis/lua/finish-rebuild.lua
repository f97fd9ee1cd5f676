-- Ends the rebuild that a token names, only when all its chunks were applied.
-- KEYS[1]  <tag>position
-- ARGV     token, chunks, seq, changelog offset, written at (ms)
-- Returns  applied | refused
local at = redis.call('HMGET', KEYS[1], 'token', 'chunk')
if at[1] ~= ARGV[1] or at[2] ~= ARGV[2] then return 'refused' end
redis.call('HSET', KEYS[1], 'seq', ARGV[3], 'offset', ARGV[4], 'writtenAt', ARGV[5])
redis.call('HDEL', KEYS[1], 'token', 'chunk')
return 'applied'
