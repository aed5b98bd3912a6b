import { z } from 'zod'
import type { RowCache } from '../../adapters/rows/row-cache.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import type { BarLogReader, BarLogSource } from './bar-log-source.ts'
import { type BarSource, identityOf, stepsOf } from './bar-source.ts'
import { RowAssembly, type RowSettings, rowBuilders } from './row-assembly.ts'
import type { RowBuilder } from './row-builder.ts'

/** Raise it when a change of code changes rows although schema and bars are the same. */
const ROWS_VERSION = 1

/** What the rows of any bars depend on. The schema's hash names its bars and the version of the features' code. */
const settingsKey = ({ schema, converters }: RowSettings): string =>
  identityOf('rows', ROWS_VERSION, schema.hash, stepsOf(converters))

/** The rows of a source, out of the cache where it holds them. Throws as `buildRows`. */
export async function cachedRows(
  source: BarSource,
  settings: RowSettings,
  cache: RowCache,
): Promise<readonly RowTable[]> {
  const key = identityOf(settingsKey(settings), source.identity)
  const cached = await cache.load(key)
  if (cached) return cached.tables
  const assembly = new RowAssembly(settings)
  for await (const bars of source.groups()) assembly.step(bars)
  const tables = assembly.take()
  await cache.store(key, { tables })
  return tables
}

/** What is known behind the last bar of a part. */
const behind = z.strictObject({
  features: z.unknown(),
  gate: z.record(z.string(), z.tuple([z.number(), z.number()])),
})

/**
 * The rows of a bar log whose bars begin at `from` or later, milliseconds since the epoch. Each finished file of the log has its own entry
 * in the cache, with what the features remember at its end, keyed by the chain: the key of the file before it and its own hash. So only
 * what is new is computed; the rows are those of all at once, bit for bit. When the oldest files of the log are removed, the first that is
 * left keeps its place in the chain: its features had warmed up on what is gone. Throws as `buildRows`.
 */
export async function logRows(
  source: BarLogSource,
  settings: RowSettings,
  cache: RowCache,
  from = Number.NEGATIVE_INFINITY,
): Promise<readonly RowTable[]> {
  const builders = rowBuilders(settings)
  const root = identityOf(settingsKey(settings), source.reading)
  let key: string | undefined
  let going: Going | undefined
  let note: string | undefined
  for (const part of source.parts) {
    const place = identityOf(root, 'place', part.sha256)
    key = key === undefined ? await firstKey(cache, place, root, part.sha256) : identityOf(key, part.sha256)
    const cached = part.isFinished ? await cache.load(key) : undefined
    if (cached) {
      note = cached.note
      going = undefined
      append(builders, cached.tables, from)
      await keepPlace(cache, place, key)
      continue
    }
    going ??= goOn(source, settings, note)
    for await (const bars of going.reader.bars(part)) going.assembly.step(bars)
    const tables = going.assembly.take()
    append(builders, tables, from)
    if (!part.isFinished) continue
    note = JSON.stringify({ features: going.assembly.save(), gate: going.reader.save() })
    await cache.store(key, { tables, note })
    await keepPlace(cache, place, key)
  }
  return [...builders.values()].map((builder) => builder.table())
}

/** Reading and computing from the end of some part on. */
interface Going {
  readonly assembly: RowAssembly
  readonly reader: BarLogReader
}

function goOn(source: BarLogSource, settings: RowSettings, note: string | undefined): Going {
  if (note === undefined) return { assembly: new RowAssembly(settings), reader: source.reader() }
  const { features, gate } = behind.parse(JSON.parse(note))
  return { assembly: new RowAssembly(settings, features), reader: source.reader(gate) }
}

/** Looked up each time, so that it is not forgotten before the rows are. */
async function keepPlace(cache: RowCache, place: string, key: string): Promise<void> {
  if ((await cache.load(place))?.note !== key) await cache.store(place, { tables: [], note: key })
}

/** As in the chain of which it was a part when files that are gone stood before it, if its rows are still there. */
async function firstKey(cache: RowCache, place: string, root: string, sha256: string): Promise<string> {
  const known = (await cache.load(place))?.note
  return known !== undefined && (await cache.load(known)) ? known : identityOf(root, sha256)
}

function append(builders: ReadonlyMap<string, RowBuilder>, tables: readonly RowTable[], from: number): void {
  for (const table of tables) {
    const first = table.startAt.findIndex((startAt) => startAt >= from)
    if (first >= 0) builders.get(table.symbol)?.append(table, first)
  }
}
