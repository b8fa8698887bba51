-- Which workers go by leases, and by nothing else.
-- KEYS[1]  of the cluster
-- ARGV     1 node; 2 1 where it does, 0 where it does not; 3 for how many ms that is known
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if ARGV[2] == '1' then
  redis.call('ZADD', KEYS[1], now, ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[3]))
redis.call('PEXPIRE', KEYS[1], 10000)
return redis.call('ZRANGE', KEYS[1], 0, -1)
