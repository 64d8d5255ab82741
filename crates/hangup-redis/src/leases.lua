-- The leases of nodes. KEYS: the leases. ARGV[1]: what the channels of nodes begin with.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- A node that is stopped keeps its connection and with that its place: it will wake and be asked. A node that is gone does not.
for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', now), 'LIMIT', 0, 256)) do
  if redis.call('PUBSUB', 'NUMSUB', ARGV[1] .. node)[2] == 0 then
    redis.call('ZREM', KEYS[1], node)
  end
end
