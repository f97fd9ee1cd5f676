-- Applies one chunk of the rebuild that a token names, only in its turn.
-- KEYS[1]  <tag>position
-- ARGV     token, index, packed changes
-- Returns  applied | refused
local at = redis.call('HMGET', KEYS[1], 'token', 'chunk')
if at[1] ~= ARGV[1] or at[2] ~= ARGV[2] then return 'refused' end
put_changes(tag_of(KEYS[1]), ARGV[3])
redis.call('HSET', KEYS[1], 'chunk', tonumber(ARGV[2]) + 1)
return 'applied'
