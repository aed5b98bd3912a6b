import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Bar } from '../../market/bar.ts'

/** How a bar stands in JSON: every bit of it comes back. */
export interface BarCodec {
  save(bar: Bar): unknown
  /** Throws for what `save` did not give. */
  load(saved: unknown): Bar
}

/** A bar log: files of one folder. */
export interface BarLogPlace {
  readonly dir: string
  /** Files are named `<prefix>-<UTC start>.gz`. */
  readonly prefix: string
  /** Of which bars, e.g. `1m` or `tick:100`: files of others are passed over. */
  readonly bar: string
  readonly codec: BarCodec
}

/** One file of a log. */
export interface BarLogFile {
  readonly path: string
  readonly name: string
  /** When it was begun, local clock, milliseconds since the epoch: out of its name. */
  readonly startedAt: number
}

/** `mode` of the session line of a bar log, where a tape names the mode of its run. */
export const BAR_LOG_MODE = 'bars'

/** How `streams` of the session line name the bars. */
export const barStream = (bar: string): string => `bar@${bar}`

const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.gz$/

/** In the order in which they were begun; none while there is no such folder. Throws `InputError` when it cannot be read. */
export async function barLogFiles({
  dir,
  prefix,
}: Pick<BarLogPlace, 'dir' | 'prefix'>): Promise<readonly BarLogFile[]> {
  const found = (await namesIn(dir)).flatMap((name): BarLogFile[] => {
    const stamp = name.startsWith(`${prefix}-`) ? STAMP.exec(name.slice(prefix.length + 1)) : null
    if (!stamp) return []
    const [year, month, day, hour, minute, second, ms] = stamp.slice(1).map(Number)
    return [{ path: join(dir, name), name, startedAt: Date.UTC(year!, month! - 1, day, hour, minute, second, ms) }]
  })
  return found.toSorted((a, b) => a.startedAt - b.startedAt)
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new InputError(`${dir}: the folder of a bar log must be readable: ${messageOf(thrown)}`, { dir }, thrown)
  }
}
