/**
 * Each script is atomic in Redis. KEYS[1] is the entry, KEYS[2] the lease of the same view.
 * An entry is `<version>\n<json>`; with nothing after the newline it only refuses older versions.
 */
const versionOf = `
local function versionOf(entry)
  return entry and tonumber(string.match(entry, '^(%d+)\\n')) or -1
end
`;

/** ARGV: least version, token, lease in ms. Answers the entry with the ms that it has left, or `leased` to the one who shall load, or `busy`. */
export const readOrLeaseScript = `${versionOf}
local entry = redis.call('GET', KEYS[1])
if versionOf(entry) >= tonumber(ARGV[1]) and string.match(entry, '\\n.') then
  return {'entry', entry, redis.call('PTTL', KEYS[1])}
end
if redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return {'leased'} end
return {'busy'}
`;

/** ARGV: entry, time to live in ms. A newer version stays. */
export const writeScript = `${versionOf}
if versionOf(redis.call('GET', KEYS[1])) > versionOf(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

/** ARGV: token. Only its own holder may give a lease back: it may have run out and belong to another by now. */
export const releaseScript = `
if redis.call('GET', KEYS[2]) == ARGV[1] then return redis.call('DEL', KEYS[2]) end
return 0
`;

/** ARGV: empty entry of the new version, time to live in ms, channel, message. */
export const dropScript = `${versionOf}
if versionOf(redis.call('GET', KEYS[1])) < versionOf(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
`;

/**
 * ARGV: shortest pause between two changes in ms, channel, view, id. Answers the new generation, or 0 where the last
 * one is younger than the pause. Redis's own clock makes it, so that it rises even after a restart without data.
 */
export const raiseScript = `
if not redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[1]) then return 0 end
local time = redis.call('TIME')
local generation = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('PUBLISH', ARGV[2], cjson.encode({view = ARGV[3], id = ARGV[4], version = generation}))
return generation
`;
