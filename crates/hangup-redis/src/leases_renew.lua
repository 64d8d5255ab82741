-- ARGV: 2 the node, 3 the length of its lease in milliseconds.
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[2])
return now
