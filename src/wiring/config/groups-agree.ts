import type { z } from 'zod'
import { isBundleName, NAME_RULE } from '../../adapters/bundle/names.ts'

/** Files of the family that served all instruments before stand beside the groups. */
const TAKEN: ReadonlySet<string> = new Set(['current', 'history.jsonl'])

interface Grouped {
  readonly symbols: readonly string[]
  readonly model: { readonly groups?: 'each' | Readonly<Record<string, readonly string[]>> | undefined }
}

/** Each symbol has exactly one family, and each family a folder of its own, whatever a file system makes of capitals. */
export function groupsAgree({ value, issues }: z.core.ParsePayload<Grouped>): void {
  const { symbols, model } = value
  const { groups } = model
  if (groups === undefined || groups === 'each') return
  const refuse = (path: readonly PropertyKey[], input: unknown, message: string) =>
    issues.push({ code: 'custom', path: ['model', 'groups', ...path], input, message })
  const folders = new Map<string, string>()
  const places = new Map<string, string>()
  for (const [name, members] of Object.entries(groups)) {
    const rule = brokenRule(name, folders)
    if (rule !== undefined) refuse([name], members, rule)
    folders.set(name.toLowerCase(), name)
    for (const [index, symbol] of members.entries()) {
      const before = places.get(symbol)
      if (!symbols.includes(symbol)) refuse([name, index], symbol, 'one of symbols')
      else if (before !== undefined) refuse([name, index], symbol, `each symbol in one group; it is in ${before} too`)
      places.set(symbol, name)
    }
  }
  const left = symbols.filter((symbol) => !places.has(symbol))
  if (left.length > 0) refuse([], groups, `each of symbols in a group; none has ${left.join(', ')}`)
}

/** Of the name of a group, which is the name of its folder. */
function brokenRule(name: string, folders: ReadonlyMap<string, string>): string | undefined {
  if (!isBundleName(name)) return `its name: ${NAME_RULE}`
  if (TAKEN.has(name.toLowerCase())) return `its name: not one of ${[...TAKEN].join(', ')}, which a family has files of`
  const other = folders.get(name.toLowerCase())
  return other === undefined ? undefined : `its name: another than ${other}, by more than capitals`
}
