-- The log of kicks. KEYS: its state, its stream, its expiry. ARGV[1]: the epoch of a log that begins.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local state, log, expiry = KEYS[1], KEYS[2], KEYS[3]

local function field(name)
  return tonumber(redis.call('HGET', state, name) or '0')
end

local function digits(number)
  return string.format('%.0f', number)
end

local function begin(epoch)
  redis.call('HSET', state, 'epoch', epoch)
  return epoch
end

local epoch = redis.call('HGET', state, 'epoch')
if not epoch then
  epoch = begin(ARGV[1])
  -- The state alone was lost: offsets go on.
  local tail = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  if tail then
    redis.call('HSET', state, 'last', string.match(tail[1], '^%d+'))
  end
end

local function remove(offsets)
  local removed = field('removed')
  for _, offset in ipairs(offsets) do
    redis.call('XDEL', log, offset .. '-0')
    redis.call('ZREM', expiry, offset)
    removed = math.max(removed, tonumber(offset))
  end
  redis.call('HSET', state, 'removed', digits(removed))
end

local expired = redis.call('ZRANGEBYSCORE', expiry, '-inf', digits(now), 'LIMIT', 0, 256)
if expired[1] then
  remove(expired)
end
