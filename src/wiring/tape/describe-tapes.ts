import { readSession } from '../../adapters/tape/read-session.ts'
import { readTape } from '../../adapters/tape/read-tape.ts'
import { scanTape } from '../../adapters/tape/scan-instruments.ts'
import type { SessionRecord } from '../../adapters/tape/tape-control.ts'
import { InputError } from '../../core/errors.ts'
import { type Converter, converter, type Instrument } from '../../core/instrument.ts'
import { binanceMarketOf } from './binance-by-shape.ts'
import { checkVenue } from './tape-mapper.ts'

/** What a chain of tapes says of itself, or what can be inferred from its frames. */
export interface DescribedTapes {
  readonly files: readonly string[]
  /** Session line of each file; undefined for foreign ones. */
  readonly sessions: readonly (SessionRecord | undefined)[]
  /** As ccxt names it; undefined when no frame tells. */
  readonly venueId: string | undefined
  readonly instruments: readonly Instrument[]
  /** Tick and lot sizes are the coarsest that all frames fit; limits and fees typical ones. */
  readonly inferred: boolean
  /** By venue symbol. */
  readonly converters: ReadonlyMap<string, Converter>
}

/** Frames of a foreign tape that are looked at for its market: the first depth or trade frame tells. */
const LOOK_MAX = 10_000

/** Foreign tapes are read once for it; of ours only the first line. Throws `InputError` as `readTape`, or when tapes do not agree. */
export async function describeTapes(files: readonly string[]): Promise<DescribedTapes> {
  const found = new Map<string, Instrument>()
  const sessions: (SessionRecord | undefined)[] = []
  let venueId: string | undefined
  for (const file of files) {
    const session = await readSession(file)
    sessions.push(session)
    if (session) checkVenue(session.venueId, file)
    const its = session?.venueId ?? (await foreignVenue(file))
    if (venueId !== undefined && its !== undefined && its !== venueId) {
      throw new InputError(`${file}: its venue is ${its}; the tapes before it are of ${venueId}`, { file })
    }
    venueId ??= its
    const instruments = session ? session.instruments : await foreignInstruments(file, found, its)
    for (const instrument of instruments) add(instrument, found, file, session !== undefined)
  }
  const instruments = [...found.values()]
  const converters = new Map(instruments.map((one) => [one.venueSymbol, converter(one)]))
  return {
    files,
    sessions,
    venueId,
    instruments,
    inferred: sessions.some((one) => !one || one.mode === 'import'),
    converters,
  }
}

function add(instrument: Instrument, found: Map<string, Instrument>, file: string, isSaid: boolean): void {
  const before = found.get(instrument.venueSymbol)
  found.set(instrument.venueSymbol, before ?? instrument)
  if (!before || !isSaid) return
  for (const key of ['tickSize', 'lotSize', 'contractSize'] as const) {
    if (Number(before[key]) === Number(instrument[key])) continue
    const { symbol } = instrument
    throw new InputError(
      `${file}: ${key} of ${symbol} is ${instrument[key]}; in the tapes before it was ${before[key]}. Read them apart`,
      { file },
    )
  }
}

async function foreignVenue(file: string): Promise<string | undefined> {
  let looked = 0
  for await (const { frame } of readTape(file)) {
    const venue = binanceMarketOf(frame)
    looked += 1
    if (venue !== undefined || looked >= LOOK_MAX) return venue
  }
  return undefined
}

async function foreignInstruments(
  file: string,
  known: ReadonlyMap<string, Instrument>,
  venueId: string | undefined,
): Promise<readonly Instrument[]> {
  const instruments = await scanTape(file, known)
  if (venueId !== 'binance') return instruments
  return instruments.map((one) => ({ ...one, symbol: `${one.base}/${one.quote}` }))
}
