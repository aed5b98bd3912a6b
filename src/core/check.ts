import { InvariantError } from './errors.ts'

/** Returns `value` when `ok`; otherwise a bug is at work and the program stops. `what` names the rule. */
export function check<T>(ok: boolean, what: string, value: T): T {
  if (!ok) throw new InvariantError(`${what}: ${String(value)} is not allowed`, { what, value })
  return value
}

/** For the `default` of an exhaustive switch: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable case ${JSON.stringify(value)}`, { value })
}
