-- A page of all values of a task. What is there all the while comes at least once.
-- KEYS[1]  <tag>position
-- ARGV     cursor ('0' at first), limit (about)
-- Returns  {next cursor ('0' at the end), {(key NUL owner), value, ...}}
return redis.call('HSCAN', tag_of(KEYS[1]) .. 'values', ARGV[1], 'COUNT', ARGV[2])
