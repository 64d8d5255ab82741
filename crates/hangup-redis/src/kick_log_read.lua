-- ARGV: 2 the epoch that was read, or nothing, 3 the offset that was read, 4 the id of the kick there, or nothing.
local last, removed = field('last'), field('removed')
local from, is_incomplete = 0, 0
if ARGV[2] == '' then
  if field('missing_until') > now then
    is_incomplete = 1
  end
elseif ARGV[2] ~= epoch then
  is_incomplete = 1
else
  from = tonumber(ARGV[3])
  local is_rolled_back = from > last
  if not is_rolled_back and ARGV[4] ~= '' and from > removed then
    local entry = redis.call('XRANGE', log, digits(from), digits(from))[1]
    is_rolled_back = not entry or entry[2][2] ~= ARGV[4]
  end
  if is_rolled_back then
    -- The server has lost its latest writes: kicks of other nodes among them may be missing everywhere.
    epoch = begin(ARGV[1])
    from = 0
    is_incomplete = 1
  elseif removed > from then
    is_incomplete = 1
  end
end
local kicks = {}
for _, entry in ipairs(redis.call('XRANGE', log, digits(from + 1), '+')) do
  kicks[#kicks + 1] = { tonumber(string.match(entry[1], '^%d+')), tonumber(entry[2][4]), entry[2][6] }
end
return { epoch, last, is_incomplete, now, kicks }
