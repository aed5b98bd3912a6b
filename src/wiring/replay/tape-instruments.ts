import { scanTape } from '../../adapters/tape/scan-instruments.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { ReplayInstrument } from '../config/mode-sections.ts'
import type { Config } from '../config/schema.ts'
import type { Io } from '../io.ts'
import type { TapeSessions } from './tape-sessions.ts'

/** What a configuration says of the instruments on tapes. */
export interface ToldInstruments extends Pick<Config, 'symbols' | 'venue'> {
  readonly section: 'replay' | 'backtest' | 'train.data'
  readonly described: readonly ReplayInstrument[]
}

/**
 * The instruments to run: as the tapes describe them, else as `tapeInstruments` finds them, with a line for each that was inferred. Of
 * those that the tapes describe, the ones that `symbols` names, or all when it names none of them.
 */
export async function instrumentsOn(
  files: readonly string[],
  tapes: TapeSessions,
  told: ToldInstruments,
  io: Pick<Io, 'err'>,
): Promise<readonly Instrument[]> {
  if (tapes.instruments) {
    const named = tapes.instruments.filter(({ symbol }) => told.symbols.includes(symbol))
    return named.length > 0 ? named : tapes.instruments
  }
  const { instruments, inferred } = await tapeInstruments(files, told)
  for (const symbol of inferred) {
    io.err(
      `${symbol}: not in ${told.section}.instruments; tick and lot are inferred from the tape, limits are typical ones, fees are those of venue`,
    )
  }
  return instruments
}

/** Instruments to replay, and which of them had to be inferred from the tape. */
interface TapeInstruments {
  readonly instruments: readonly Instrument[]
  readonly inferred: readonly string[]
}

/**
 * What the tapes hold: described by the config where it describes them, else inferred. Of several, those that `symbols` names are
 * taken, or all when it names none of them.
 */
async function tapeInstruments(files: readonly string[], told: ToldInstruments): Promise<TapeInstruments> {
  const described = new Map(told.described.map((one) => [one.venueSymbol, one]))
  const found = new Map<string, Instrument>()
  for (const file of files) {
    for (const instrument of await scanTape(file, described)) {
      if (!found.has(instrument.venueSymbol)) found.set(instrument.venueSymbol, instrument)
    }
  }
  const all = [...found.values()].map((seen) => {
    const said = described.get(seen.venueSymbol)
    const { makerFeeRate, takerFeeRate } = told.venue
    return said ? withSteps(said, seen) : { ...seen, makerFeeRate, takerFeeRate }
  })
  const named = all.filter(({ symbol }) => told.symbols.includes(symbol))
  const instruments = named.length > 0 ? named : all
  if (new Set(instruments.map(({ settle }) => settle)).size > 1) {
    throw new InputError(`${files.join(', ')}: instruments of several settle currencies; name those of one in symbols`)
  }
  const inferred = instruments.filter(({ venueSymbol }) => !described.has(venueSymbol)).map(({ symbol }) => symbol)
  return { instruments, inferred }
}

const withSteps = (said: ReplayInstrument, seen: Instrument): Instrument => ({ ...seen, ...said })
