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
-- A value begins with the header of src/task/state-value.ts: format, flags (bit 0: listed), due
-- time as a big-endian double. An empty value is a tombstone.

local function tag_of(meta_key)
  return string.sub(meta_key, 1, -5)
end

-- Redis takes a few thousand arguments from Lua's stack: writes are sent in parts.
local PART = 2000

local function flush(command, key, arguments)
  for first = 1, #arguments, PART do
    redis.call(command, key, unpack(arguments, first, math.min(first + PART - 1, #arguments)))
  end
end

-- Packed changes (src/adapters/redis/pack-changes.ts): for each, three 4-byte big-endian lengths,
-- of key, of (key NUL owner) and of value, then (key NUL owner) and value. One argument costs Redis
-- and client far less than two for each change. Changes of one call are of distinct (key, owner).
local function put_changes(prefix, packed)
  local has_list = {}
  for _, owner in ipairs(redis.call('SMEMBERS', prefix .. 'lists')) do has_list[owner] = true end
  local set, removed = {}, {}
  local at, last = 1, #packed
  while at < last do
    local key_length, member_length, value_length
    key_length, member_length, value_length, at = struct.unpack('>I4I4I4', packed, at)
    local key = string.sub(packed, at, at + key_length - 1)
    local owner = string.sub(packed, at + key_length + 1, at + member_length - 1)
    local member = string.sub(packed, at, at + member_length - 1)
    at = at + member_length
    local value = string.sub(packed, at, at + value_length - 1)
    at = at + value_length
    local listed = false
    if value == '' then
      redis.call('HDEL', prefix .. 'k:' .. key, owner)
      removed[#removed + 1] = member
    else
      redis.call('HSET', prefix .. 'k:' .. key, owner, value)
      local due = struct.unpack('>d', value, 3)
      set[#set + 1] = due == due and due or '+inf'
      set[#set + 1] = member
      listed = string.byte(value, 2) % 2 == 1
    end
    if listed then
      if not has_list[owner] then
        redis.call('SADD', prefix .. 'lists', owner)
        has_list[owner] = true
      end
      redis.call('ZADD', prefix .. 'l:' .. owner, 0, key)
    elseif has_list[owner] then
      redis.call('ZREM', prefix .. 'l:' .. owner, key)
    end
  end
  flush('ZREM', prefix .. 't', removed)
  flush('ZADD', prefix .. 't', set)
end
