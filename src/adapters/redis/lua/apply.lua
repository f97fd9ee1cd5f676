-- Applies the changes of commits from..to of a task, only where they fit.
-- KEYS[1]  <tag>position
-- ARGV     history, from, to, changelog offset, written at (ms), packed changes
-- Returns  applied | already | ahead | refused
local at = redis.call('HMGET', KEYS[1], 'history', 'seq', 'token')
local seq = tonumber(at[2])
local from, to = tonumber(ARGV[2]), tonumber(ARGV[3])
if not seq or at[1] ~= ARGV[1] or at[3] then return 'refused' end
if seq == to then return 'already' end
if seq > to then return 'ahead' end
if seq < from - 1 then return 'refused' end
put_changes(tag_of(KEYS[1]), ARGV[6])
redis.call('HSET', KEYS[1], 'seq', ARGV[3], 'offset', ARGV[4], 'writtenAt', ARGV[5])
return 'applied'
