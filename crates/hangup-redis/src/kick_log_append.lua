-- ARGV: 2 the channel of kicks, 3 the id, 4 the kick, 5 for how many milliseconds it is kept, 6 how many are kept.
while redis.call('ZCARD', expiry) >= tonumber(ARGV[6]) do
  -- The log is full: the kick that would be forgotten first is forgotten now, which is remembered.
  local first = redis.call('ZRANGE', expiry, 0, 0, 'WITHSCORES')
  redis.call('HSET', state, 'missing_until', digits(math.max(field('missing_until'), tonumber(first[2]))))
  remove({ first[1] })
end
local offset = redis.call('HINCRBY', state, 'last', 1)
redis.call('XADD', log, digits(offset) .. '-0', 'id', ARGV[3], 'at', digits(now), 'kick', ARGV[4])
redis.call('ZADD', expiry, digits(now + tonumber(ARGV[5])), digits(offset))
redis.call('PUBLISH', ARGV[2], epoch .. ' ' .. digits(offset) .. ' ' .. digits(now) .. ' ' .. ARGV[4])
return { epoch, offset }
