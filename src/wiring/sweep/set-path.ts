import type { Json } from './trial.ts'

/**
 * Puts `value` at `path` (keys joined by dots) of the plain data `target`, making sections that are missing. Returns what is in the
 * way instead, if anything.
 */
export function setPath(target: Record<string, unknown>, path: string, value: Json): string | undefined {
  const keys = path.split('.')
  let holder: Record<string, unknown> = target
  for (const [at, key] of keys.entries()) {
    const isLast = at === keys.length - 1
    if (Array.isArray(holder) && !(/^\d+$/.test(key) && Object.hasOwn(holder, key))) {
      const where = keys.slice(0, at).join('.')
      return `${where} is a list of ${holder.length}: ${key} is no place in it`
    }
    if (isLast) holder[key] = value
    else {
      if (!Object.hasOwn(holder, key)) holder[key] = {}
      const inner = holder[key]
      if (typeof inner !== 'object' || inner === null) return `${keys.slice(0, at + 1).join('.')} is no section`
      holder = inner as Record<string, unknown>
    }
  }
  return undefined
}
