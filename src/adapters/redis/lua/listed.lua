-- Keys listed for an owner, in order of their bytes.
-- KEYS[1]  <tag>position
-- ARGV     owner, key before the first ('' from the start), limit
-- Returns  {how many there are, key, ...}
local list = tag_of(KEYS[1]) .. 'listed:' .. ARGV[1]
local first = ARGV[2] == '' and '-' or '(' .. ARGV[2]
local keys = redis.call('ZRANGEBYLEX', list, first, '+', 'LIMIT', 0, ARGV[3])
table.insert(keys, 1, redis.call('ZCARD', list))
return keys
