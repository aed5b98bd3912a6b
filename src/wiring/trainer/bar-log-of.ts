import { BarCursor } from '../../adapters/bars/bar-cursor.ts'
import { type BarLogPlace, barLogFiles } from '../../adapters/bars/bar-log-place.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { barsOf } from '../../features/market-pipeline.ts'
import { barSpecText } from '../../market/bar-spec.ts'
import type { Config } from '../config/schema.ts'
import { barCodec } from '../rows/bar-codec.ts'

/** Where a daemon of that mode and venue writes its bars. */
export const barLogOf = (
  dir: string,
  { mode, venue }: { readonly mode: string; readonly venue: Pick<Config['venue'], 'id'> },
  schema: FeatureSchema,
): BarLogPlace => ({ dir, prefix: `${mode}-${venue.id}`, bar: barSpecText(barsOf(schema).bar), codec: barCodec })

/** What the newest file of the log says of the instruments, in the order of `symbols`. Throws `InputError` where it does not know one. */
export async function loggedInstruments(
  place: BarLogPlace,
  symbols: readonly string[],
): Promise<readonly Instrument[]> {
  const listed = await newestInstruments(place, symbols)
  return symbols.map((symbol) => {
    const found = listed.find((one) => one.symbol === symbol)
    if (found) return found
    throw new InputError(
      `${place.dir}: no bar log ${place.prefix}-*.gz tells of ${symbol}; run a daemon with \`bars\` first`,
      { symbol },
    )
  })
}

/** A file that was only just begun, or cut off in its first line, says nothing yet: the one before it does. */
async function newestInstruments(place: BarLogPlace, symbols: readonly string[]): Promise<readonly Instrument[]> {
  for (const { path } of (await barLogFiles(place)).toReversed()) {
    const cursor = await BarCursor.open(path, place, symbols)
    try {
      await cursor?.next()
      if (cursor?.session && !cursor.isOther) return cursor.session.instruments
    } finally {
      await cursor?.close()
    }
  }
  return []
}
