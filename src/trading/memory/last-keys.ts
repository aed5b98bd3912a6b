/** The last `max` keys, in the order they came. */
export interface LastKeys {
  /** Returns the oldest when there was no room for it. */
  push(key: string): string | undefined
}

/** A ring: a `Map` that loses its first key again and again would be searched from its start each time. */
export function lastKeys(max: number): LastKeys {
  const keys: string[] = []
  let next = 0
  return {
    push(key) {
      if (keys.length < max) {
        keys.push(key)
        return undefined
      }
      const oldest = keys[next]
      keys[next] = key
      next = (next + 1) % max
      return oldest
    },
  }
}
