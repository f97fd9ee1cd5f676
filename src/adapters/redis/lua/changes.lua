-- Shared fragment, put before the scripts that write: changes of values under a prefix.
--
-- Keys of a task, all under one hash tag, where <tag> is "{prefix:topic:partition}:":
--   <tag>meta            hash: history, seq, generation, token, chunk, offset, writtenAt
--   <tag>old             list of generations whose data is still to be deleted
--   <tag><generation>:k:<key>    hash: owner -> value
--   <tag><generation>:t          sorted set of all (key NUL owner), score: due time, +inf for none
--   <tag><generation>:l:<owner>  sorted set of the keys listed for an owner, all scores 0
--   <tag><generation>:lists      set of owners that have or had a list
--
-- A packed due time stands as a score, as Redis takes it. An empty value is a tombstone.

local function tag_of(meta_key)
  return string.sub(meta_key, 1, -5)
end

-- Redis takes a few thousand arguments from Lua's stack: writes are sent in parts.
local PART = 2000

local function flush(command, key, arguments, count)
  for first = 1, count, PART do
    redis.call(command, key, unpack(arguments, first, math.min(first + PART - 1, count)))
  end
end

-- The table that a name stands for, made where there is none.
local function at_name(tables, name)
  local found = tables[name]
  if not found then
    found = {}
    tables[name] = found
  end
  return found
end

-- Packed changes, as src/adapters/redis/pack-changes.ts writes them: one argument costs Redis and
-- client far less than several for each change, and a group for each key one HSET. All numbers are
-- big-endian.
--   u16 how many owners, for each: u16 length, owner
--   for each run of changes of one key: u32 length, key, u16 how many changes, for each:
--     u16 number of its owner (from 1), u8 listed (1 or 0), u8 length, score, u32 length, value
-- Changes of one call are of distinct (key, owner).
local function put_changes(prefix, packed)
  local has_list = {}
  for _, owner in ipairs(redis.call('SMEMBERS', prefix .. 'lists')) do has_list[owner] = true end
  local read, call = struct.unpack, redis.call
  local owners, suffixes = {}, {}
  local count, at = read('>H', packed, 1)
  for i = 1, count do
    owners[i], at = read('>Hc0', packed, at)
    suffixes[i] = '\0' .. owners[i]
  end
  local hashes = prefix .. 'k:'
  local timers, removed, set = {}, {}, {}
  local listed_keys, unlisted_keys = {}, {}
  local timers_count, removed_count, last = 0, 0, #packed
  while at < last do
    local key, changes
    key, changes, at = read('>I4c0H', packed, at)
    local set_count = 0
    for _ = 1, changes do
      local index, listed, score, value
      index, listed, score, value, at = read('>HBBc0I4c0', packed, at)
      local owner = owners[index]
      if value == '' then
        call('HDEL', hashes .. key, owner)
        removed_count = removed_count + 1
        removed[removed_count] = key .. suffixes[index]
      else
        set[set_count + 1] = owner
        set[set_count + 2] = value
        set_count = set_count + 2
        timers[timers_count + 1] = score
        timers[timers_count + 2] = key .. suffixes[index]
        timers_count = timers_count + 2
      end
      if listed == 1 then
        local entries = at_name(listed_keys, owner)
        entries[#entries + 1] = 0
        entries[#entries + 1] = key
      elseif has_list[owner] then
        local keys = at_name(unlisted_keys, owner)
        keys[#keys + 1] = key
      end
    end
    if set_count == 2 then call('HSET', hashes .. key, set[1], set[2])
    else flush('HSET', hashes .. key, set, set_count) end
  end
  flush('ZREM', prefix .. 't', removed, removed_count)
  flush('ZADD', prefix .. 't', timers, timers_count)
  for owner, keys in pairs(unlisted_keys) do flush('ZREM', prefix .. 'l:' .. owner, keys, #keys) end
  for owner, entries in pairs(listed_keys) do
    if not has_list[owner] then call('SADD', prefix .. 'lists', owner) end
    flush('ZADD', prefix .. 'l:' .. owner, entries, #entries)
  end
end
