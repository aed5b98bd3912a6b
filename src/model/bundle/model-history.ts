import { z } from 'zod'

const version = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a version: letters, digits, ".", "_", "-" only')

/**
 * What happened to a model of a family. `train`: it was made and judged; `challenge`: it runs in shadow from then on; `refuse`: it does
 * not come into force; `promote`: it decides; `rollback`: it decides again, after `previous` broke a bound; `retire`: never again.
 * `request`: the daemon asks for another model than this one.
 */
const ACTIONS = ['train', 'refuse', 'challenge', 'promote', 'rollback', 'retire', 'request'] as const

/** Of a reason, characters: the file is read whole. */
export const WHY_MAX = 4_000

export const historyEntrySchema = z.strictObject({
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  /** `trainer`, `daemon`, or the name of the person who ran the command. */
  who: z.string().min(1).max(100),
  action: z.enum(ACTIONS),
  version,
  /** What decided before, where that changed. */
  previous: version.optional(),
  why: z.string().min(1).max(WHY_MAX),
  /** What it was judged on. */
  numbers: z.record(z.string().min(1).max(100), z.number().nullable()).optional(),
})

/** One line of `history.jsonl` of a family; the file is only ever appended to. */
export type HistoryEntry = z.infer<typeof historyEntrySchema>

/** What the history says of a family now. */
export interface Roster {
  /** In shadow, oldest first. */
  readonly challengers: readonly { readonly version: string; readonly since: string }[]
  readonly retired: ReadonlySet<string>
  /** Versions that have decided, latest last, each once, without those that are retired or were rolled back from. */
  readonly champions: readonly string[]
}

/** Pure: the roster follows from the entries in their order. */
export function rosterOf(entries: readonly HistoryEntry[]): Roster {
  const challengers = new Map<string, string>()
  const retired = new Set<string>()
  let champions: string[] = []
  const remember = (one: string): void => {
    champions = [...champions.filter((other) => other !== one), one]
  }
  for (const { action, version: one, previous, at } of entries) {
    if (action === 'request' || action === 'train') continue
    challengers.delete(one)
    if (action === 'challenge' && !retired.has(one)) challengers.set(one, at)
    if (action === 'retire') retired.add(one)
    if (action !== 'promote' && action !== 'rollback') continue
    // What was rolled back from has failed: nobody goes back to it.
    if (action === 'rollback') champions = champions.filter((other) => other !== previous)
    else if (previous !== undefined) remember(previous)
    remember(one)
    retired.delete(one)
  }
  return {
    challengers: [...challengers].map(([name, since]) => ({ version: name, since })),
    retired,
    champions: champions.filter((one) => !retired.has(one)),
  }
}
