-- Timers in order of (due, key, owner), texts by their bytes.
-- KEYS[1]  <tag>position
-- ARGV     from (included), until (excluded), limit, due and member of the timer before the first
--          ('' for both: from the start)
-- Returns  {(key NUL owner), due, ...}
local timers = tag_of(KEYS[1]) .. 'timers'
local limit = tonumber(ARGV[3])
local from, after_due, after = ARGV[1], tonumber(ARGV[4]), ARGV[5]
if not after_due or after_due < tonumber(from) then
  return redis.call('ZRANGEBYSCORE', timers, from, '(' .. ARGV[2], 'WITHSCORES', 'LIMIT', 0, limit)
end
-- `>` of texts asks the locale of the server, the sorted set does not.
local function beyond(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x > y end
  end
  return #a > #b
end
local found, skip = {}, 0
local rank = redis.call('ZSCORE', timers, after) == ARGV[4] and redis.call('ZRANK', timers, after)
if rank then skip = rank + 1 - redis.call('ZCOUNT', timers, '-inf', '(' .. ARGV[4]) end
while #found < 2 * limit do
  local part = redis.call('ZRANGEBYSCORE', timers, ARGV[4], '(' .. ARGV[2],
    'WITHSCORES', 'LIMIT', skip, limit)
  for i = 1, #part, 2 do
    if #found < 2 * limit and (tonumber(part[i + 1]) > after_due or beyond(part[i], after)) then
      found[#found + 1] = part[i]
      found[#found + 1] = part[i + 1]
    end
  end
  if #part < 2 * limit then break end
  skip = skip + limit
end
return found
