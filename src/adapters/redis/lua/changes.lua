-- Shared fragment, put before the scripts that write: changes of the values of a task.
--
-- Keys of a task, all under one hash tag, where <tag> is "{prefix:topic:partition}:":
--   <tag>position        hash: history, seq, token, chunk, offset, writtenAt
--   <tag>values          hash: (key NUL owner) -> value
--   <tag>owners          hash: key -> NUL, then each of its owners and a NUL
--   <tag>timers          sorted set of (key NUL owner), score: due time; only values that have one
--   <tag>listed:<owner>  sorted set of the keys listed for an owner, all scores 0
--   <tag>lists           set of owners that have or had a list
--
-- Few large keys instead of one for each state key: a command then takes a thousand values at once,
-- which costs Redis a fraction of a thousand commands. UNLINK frees them beside the commands.
--
-- A packed due time stands as a score, as Redis takes it; empty for none. An empty value is a
-- tombstone.

local function tag_of(position_key)
  return string.match(position_key, '^.*:')
end

local function unlink_all(tag)
  for _, owner in ipairs(redis.call('SMEMBERS', tag .. 'lists')) do
    redis.call('UNLINK', tag .. 'listed:' .. owner)
  end
  redis.call('UNLINK', tag .. 'values', tag .. 'owners', tag .. 'timers', tag .. 'lists')
end

-- Redis takes a few thousand arguments from Lua's stack: commands are sent in parts.
local PART = 2000

local function flush(command, key, arguments, count)
  for first = 1, count, PART do
    redis.call(command, key, unpack(arguments, first, math.min(first + PART - 1, count)))
  end
end

-- Values of fields, false for what is not there.
local function values_of(hash, fields, count)
  if count <= PART then return count == 0 and {} or redis.call('HMGET', hash, unpack(fields)) end
  local found = {}
  for first = 1, count, PART do
    local last = math.min(first + PART - 1, count)
    local part = redis.call('HMGET', hash, unpack(fields, first, last))
    for i = 1, #part do found[first + i - 1] = part[i] end
  end
  return found
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
-- client far less than several for each change. All numbers are big-endian.
--   u16 how many owners, for each: u16 length, owner
--   u32 how many runs of changes of one key, for each: u16 how many changes, u32 length, key
--   for each change, run by run:
--     u16 number of its owner (from 1), u8 listed (1 or 0), u8 length, score, u32 length, value
-- Changes of one call are of distinct (key, owner).
local function put_changes(tag, packed)
  local has_list = {}
  for _, owner in ipairs(redis.call('SMEMBERS', tag .. 'lists')) do has_list[owner] = true end
  local read, find, sub = struct.unpack, string.find, string.sub
  local owners, suffixes, marks = {}, {}, {}
  local runs, at = read('>H', packed, 1)
  for i = 1, runs do
    owners[i], at = read('>Hc0', packed, at)
    suffixes[i] = '\0' .. owners[i]
    marks[i] = suffixes[i] .. '\0'
  end
  local keys, sizes = {}, {}
  runs, at = read('>I4', packed, at)
  for i = 1, runs do sizes[i], keys[i], at = read('>HI4c0', packed, at) end
  -- Owners of each key: before, and by key as they become.
  local before, become = values_of(tag .. 'owners', keys, runs), {}
  local set, timers, removed, untimed = {}, {}, {}, {}
  local listed_keys, unlisted_keys = {}, {}
  local set_count, timers_count, removed_count, untimed_count = 0, 0, 0, 0
  for run = 1, runs do
    local key = keys[run]
    local its = become[key] or before[run] or '\0'
    for _ = 1, sizes[run] do
      local index, listed, score, value
      index, listed, score, value, at = read('>HBBc0I4c0', packed, at)
      local owner, name = owners[index], key .. suffixes[index]
      local from, to
      if its ~= '\0' then from, to = find(its, marks[index], 1, true) end
      if value == '' then
        if from then its = sub(its, 1, from) .. sub(its, to + 1) end
        removed_count = removed_count + 1
        removed[removed_count] = name
      else
        if not from then its = its .. owner .. '\0' end
        set[set_count + 1] = name
        set[set_count + 2] = value
        set_count = set_count + 2
      end
      if score ~= '' then
        timers[timers_count + 1] = score
        timers[timers_count + 2] = name
        timers_count = timers_count + 2
      elseif from then
        untimed_count = untimed_count + 1
        untimed[untimed_count] = name
      end
      if listed == 1 then
        local entries = at_name(listed_keys, owner)
        entries[#entries + 1] = 0
        entries[#entries + 1] = key
      elseif has_list[owner] then
        local unlisted = at_name(unlisted_keys, owner)
        unlisted[#unlisted + 1] = key
      end
    end
    become[key] = its
  end
  local owned, orphans = {}, {}
  for run = 1, runs do
    local key = keys[run]
    local its = become[key]
    if its == '\0' then
      orphans[#orphans + 1] = key
    elseif its ~= before[run] then
      owned[#owned + 1] = key
      owned[#owned + 1] = its
    end
  end
  flush('HDEL', tag .. 'values', removed, removed_count)
  flush('HSET', tag .. 'values', set, set_count)
  flush('HDEL', tag .. 'owners', orphans, #orphans)
  flush('HSET', tag .. 'owners', owned, #owned)
  flush('ZREM', tag .. 'timers', untimed, untimed_count)
  flush('ZADD', tag .. 'timers', timers, timers_count)
  for owner, gone in pairs(unlisted_keys) do flush('ZREM', tag .. 'listed:' .. owner, gone, #gone) end
  for owner, entries in pairs(listed_keys) do
    if not has_list[owner] then redis.call('SADD', tag .. 'lists', owner) end
    flush('ZADD', tag .. 'listed:' .. owner, entries, #entries)
  end
end
