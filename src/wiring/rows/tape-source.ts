import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { linesOf } from '../../adapters/tape/tape-cursor.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Converter } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import { closedTogether } from '../../features/closed-together.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { barsOf, instrumentPipeline } from '../../features/market-pipeline.ts'
import type { Bar } from '../../market/bar.ts'
import type { FrameOutcome } from '../../market/frame-mapper.ts'
import { watermarker } from '../../market/watermarks.ts'
import { TapeReading } from '../backtest/tape-reading.ts'
import { type TapeSessions, tapeSessions } from '../replay/tape-sessions.ts'
import { tapeMapper } from '../tape/tape-mapper.ts'
import { eventsOf } from '../tape/walk-tapes.ts'
import { type BarSource, identityOf, stepsOf } from './bar-source.ts'

export interface TapeSourceSettings {
  /** In the order of time. */
  readonly files: readonly string[]
  /** Whose bars are wanted; what else the tapes hold is left out. */
  readonly converters: readonly Converter[]
  readonly schema: FeatureSchema
  /** On tapes without watermarks: bars close so much event time after their end, milliseconds. */
  readonly latenessMs: number
}

/** Bars as a backtest on the same tapes sees them. Throws `InputError` for files that are no tapes or do not belong together. */
export async function tapeSource(settings: TapeSourceSettings): Promise<BarSource> {
  const { files, converters, schema, latenessMs } = settings
  const tapes = await tapeSessions(files)
  const hashes: string[] = []
  for (const file of files) hashes.push(await sha256Of(file))
  const lateness = tapes.isRecorded ? null : latenessMs
  return {
    identity: identityOf('tapes', hashes, stepsOf(converters), barsOf(schema), schema.settings.barMs, lateness),
    groups: () => tapeGroups(settings, tapes),
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file), hash)
  } catch (thrown) {
    throw new InputError(`${file}: a tape must be readable: ${messageOf(thrown)}`, { file }, thrown)
  }
  return hash.digest('hex')
}

async function* tapeGroups(
  { files, converters, schema, latenessMs }: TapeSourceSettings,
  { venueId, isRecorded }: TapeSessions,
): AsyncGenerator<readonly Bar[]> {
  const mapper = tapeMapper(venueId, new Map(converters.map((one) => [one.instrument.venueSymbol, one])))
  const step = groupStep(converters, schema)
  const { barMs } = schema.settings
  const before = isRecorded ? () => undefined : watermarker({ barMs, latenessMs })
  const symbols = converters.map(({ instrument }) => instrument.symbol)
  for await (const line of linesOf(new TapeReading(files))) {
    const outcome = mapper.map(line)
    // A recorder of ours wrote the gaps down itself.
    const lost = isRecorded ? [] : gapsOf(outcome, symbols, line.receivedAt)
    for (const event of [...lost, ...eventsOf(outcome)]) {
      const watermark = before(event)
      if (watermark) for (const symbol of symbols) yield* step({ ...watermark, symbol })
      yield* step(event)
    }
  }
}

/** From events to bars that closed together. */
function groupStep(
  converters: readonly Converter[],
  schema: FeatureSchema,
): (event: MarketEvent) => readonly (readonly Bar[])[] {
  const pipelines = new Map(
    converters.map((one) => [one.instrument.symbol, instrumentPipeline({ converter: one, ...barsOf(schema) })]),
  )
  const together = schema.settings.eventBars === undefined ? closedTogether([...pipelines.keys()]) : undefined
  return (event) => {
    const closed = pipelines.get(event.symbol)?.step(event).closed ?? []
    return closed.flatMap((bar) => (together ? together.add(bar).map(({ bars }) => bars) : [[bar]]))
  }
}

/** A frame that could not be read and names no instrument may have belonged to any. */
function gapsOf(
  outcome: FrameOutcome,
  symbols: readonly string[],
  at: MarketEvent['receivedAt'],
): readonly MarketEvent[] {
  if (outcome.kind !== 'malformed') return []
  const { symbol: named, field, value, rule } = outcome
  const detail = `${field} was ${value}; it must be ${rule}`
  return symbols
    .filter((symbol) => named === undefined || named === symbol)
    .map((symbol) => ({ kind: 'gap', reason: 'malformed', detail, symbol, exchangeTime: at, receivedAt: at }))
}
