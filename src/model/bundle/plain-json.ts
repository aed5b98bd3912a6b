/** Settings as JSON holds them. Numbers are finite. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** Bounds against settings that are no settings. */
const DEPTH_MAX = 8
const VALUES_MAX = 10_000
const TEXT_MAX = 1_000
const KEY = /^[A-Za-z0-9][A-Za-z0-9 _./:-]{0,63}$/

/** Why `value` is no object of settings (bounded depth, size and keys, finite numbers); undefined: it is one. */
export function settingsProblem(value: unknown): string | undefined {
  let count = 0
  const problemOf = (each: unknown, depth: number): string | undefined => {
    count += 1
    if (count > VALUES_MAX) return `at most ${VALUES_MAX} values`
    if (typeof each === 'number') return Number.isFinite(each) ? undefined : 'numbers must be finite'
    if (typeof each === 'string') return each.length <= TEXT_MAX ? undefined : `texts of at most ${TEXT_MAX} characters`
    if (each === null || typeof each === 'boolean') return undefined
    if (typeof each !== 'object') return `no ${typeof each} is allowed`
    if (depth === DEPTH_MAX) return `at most ${DEPTH_MAX} levels deep`
    const odd = Array.isArray(each) ? undefined : Object.keys(each).find((key) => !KEY.test(key))
    if (odd !== undefined) return `key ${JSON.stringify(odd.slice(0, 80))} must match ${KEY.source}`
    for (const inner of Object.values(each)) {
      const problem = problemOf(inner, depth + 1)
      if (problem !== undefined) return problem
    }
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it must be an object'
  return problemOf(value, 0)
}
