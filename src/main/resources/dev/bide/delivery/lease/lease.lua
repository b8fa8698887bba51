-- Leases calls and places of one destination. Nothing here has to last: what is lost is given out anew.
-- KEYS[1]  of the destination
-- ARGV     1 node; 2 calls a second that those who lease may have together, -1 where there is no such limit; 3 calls that may be left at most;
--          4 calls wanted, below 0 those given back; 5 places that they may have together, -1 where there is no such limit; 6 places wanted;
--          7 places in use; 8 for how many ms places are held
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local calls, places = 0, 0

local rate, most, wanted = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
-- Nothing is not one call.
if rate == 0 then
  most = 0
end
if rate >= 0 then
  local kept = redis.call('HMGET', KEYS[1], 'calls', 'at')
  local passed = math.max(0, now - tonumber(kept[2] or now))
  local left = math.min(most, tonumber(kept[1] or most) + passed * rate / 1000000)
  if wanted < 0 then
    left = math.min(most, left - wanted)
  else
    calls = math.min(wanted, math.floor(left))
    left = left - calls
  end
  redis.call('HSET', KEYS[1], 'calls', string.format('%.6f', left), 'at', string.format('%.0f', now))
end

local all = tonumber(ARGV[5])
if all >= 0 then
  local own = 'p:' .. ARGV[1]
  local others = 0
  local held = redis.call('HGETALL', KEYS[1])
  for i = 1, #held, 2 do
    if string.sub(held[i], 1, 2) == 'p:' and held[i] ~= own then
      local count, till = string.match(held[i + 1], '^(%d+) (%d+)$')
      if tonumber(till) > now then
        others = others + tonumber(count)
      else
        redis.call('HDEL', KEYS[1], held[i])
      end
    end
  end
  places = math.max(0, math.min(tonumber(ARGV[6]), all - others))
  -- Calls under way keep their places, though fewer are left to this node.
  local taken = math.max(places, tonumber(ARGV[7]))
  if taken > 0 then
    redis.call('HSET', KEYS[1], own, taken .. ' ' .. string.format('%.0f', now + tonumber(ARGV[8]) * 1000))
  else
    redis.call('HDEL', KEYS[1], own)
  end
end

redis.call('PEXPIRE', KEYS[1], 10000)
return {calls, places}
