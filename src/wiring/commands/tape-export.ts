import { barSpec } from '../../market/bar-spec.ts'
import type { Io } from '../io.ts'
import { type ExportWhat, exportTape } from '../tape/export-tape.ts'

export const EXPORT_KINDS = ['trades', 'quotes', 'book', 'bars', 'klines'] as const satisfies readonly ExportWhat[]

export interface TapeExportOptions {
  /** At least one, in the order of their time. */
  readonly tape: readonly string[]
  /** New file. */
  readonly out: string
  readonly what: ExportWhat
  /** ccxt symbol; undefined: the tape's only instrument. */
  readonly symbol?: string
  /** E.g. `1s`, `5m`, `volume:50`; of bars. Default 1s. */
  readonly bar?: string
  /** Of the book, a side. Default 10. */
  readonly levels?: number
  readonly json: boolean
}

const BAR = '1s'
const LEVELS = 10

/** Writes an Arrow file. Throws `InputError` for what is no tape, or an instrument that it does not hold. */
export async function tapeExportCommand(options: TapeExportOptions, io: Io): Promise<number> {
  const { tape, out, what, symbol, bar = BAR, levels = LEVELS } = options
  const summary = await exportTape({ files: tape, out, what, symbol, bar: barSpec(bar, '--bar'), levels })
  const { rows, gaps, lateTrades } = summary
  io.out(
    options.json
      ? JSON.stringify(summary)
      : `${out}: ${rows} ${what} of ${summary.symbol}, ${gaps} gaps, ${lateTrades} late trades`,
  )
  return 0
}
