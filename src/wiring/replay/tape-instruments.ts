import { scanTape } from '../../adapters/tape/scan-instruments.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { ReplayInstrument } from '../config/mode-sections.ts'
import type { ReplayConfig } from '../config/schema.ts'

/** Instruments to replay, and which of them had to be inferred from the tape. */
export interface TapeInstruments {
  readonly instruments: readonly Instrument[]
  readonly inferred: readonly string[]
}

/**
 * What the tapes hold: described by the config where it describes them, else inferred. Of several, those that `symbols` names are
 * taken, or all when it names none of them.
 */
export async function tapeInstruments(files: readonly string[], config: ReplayConfig): Promise<TapeInstruments> {
  const described = new Map(config.replay.instruments.map((one) => [one.venueSymbol, one]))
  const found = new Map<string, Instrument>()
  for (const file of files) {
    for (const instrument of await scanTape(file, described)) {
      if (!found.has(instrument.venueSymbol)) found.set(instrument.venueSymbol, instrument)
    }
  }
  const all = [...found.values()].map((seen) => {
    const said = described.get(seen.venueSymbol)
    const { makerFeeRate, takerFeeRate } = config.venue
    return said ? withSteps(said, seen) : { ...seen, makerFeeRate, takerFeeRate }
  })
  const named = all.filter(({ symbol }) => config.symbols.includes(symbol))
  const instruments = named.length > 0 ? named : all
  if (new Set(instruments.map(({ settle }) => settle)).size > 1) {
    throw new InputError(`${files.join(', ')}: instruments of several settle currencies; name those of one in symbols`)
  }
  const inferred = instruments.filter(({ venueSymbol }) => !described.has(venueSymbol)).map(({ symbol }) => symbol)
  return { instruments, inferred }
}

const withSteps = (said: ReplayInstrument, seen: Instrument): Instrument => ({ ...seen, ...said })
