import type { Instrument } from '../../core/instrument.ts'
import type { ReplayInstrument } from './mode-sections.ts'

/** The instrument that a tape does not describe: linear, one unit of base per contract. */
export function replayInstrument(entry: ReplayInstrument): Instrument {
  const [base = '', quote = '', settle = ''] = entry.symbol.split(/[/:]/)
  return { ...entry, base, quote, settle, contractSize: '1', inverse: false }
}
