/** Sets `key` as the newest of a map in the order of insertion, and forgets the oldest beyond `maxEntries`. */
export function remember<K, V>(map: Map<K, V>, key: K, entry: { value: V; maxEntries: number }): void {
  map.delete(key);
  map.set(key, entry.value);
  if (map.size <= entry.maxEntries) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
