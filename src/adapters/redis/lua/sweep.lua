-- Deletes a part of the oldest generation that a rebuild has put aside.
-- KEYS[1]  <tag>meta
-- ARGV     how many values to delete
-- Returns  1 when there is more, 0 when nothing is left
local tag = tag_of(KEYS[1])
local generation = redis.call('LINDEX', tag .. 'old', 0)
if not generation then return 0 end
local prefix = tag .. generation .. ':'
local last = tonumber(ARGV[1]) - 1
for _, member in ipairs(redis.call('ZRANGE', prefix .. 't', 0, last)) do
  local cut = string.find(member, '\0', 1, true)
  redis.call('UNLINK', prefix .. 'k:' .. string.sub(member, 1, cut - 1))
end
redis.call('ZREMRANGEBYRANK', prefix .. 't', 0, last)
if redis.call('EXISTS', prefix .. 't') == 1 then return 1 end
for _, owner in ipairs(redis.call('SMEMBERS', prefix .. 'lists')) do
  redis.call('UNLINK', prefix .. 'l:' .. owner)
end
redis.call('UNLINK', prefix .. 'lists')
redis.call('LPOP', tag .. 'old')
return redis.call('LLEN', tag .. 'old') > 0 and 1 or 0
