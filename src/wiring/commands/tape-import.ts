import type { Io } from '../io.ts'
import { type CsvMarket, importBinanceCsv } from '../tape/import-binance-csv.ts'
import { importCollector } from '../tape/import-collector.ts'

export const IMPORT_SOURCES = ['hftbacktest', 'binance-csv'] as const
export const CSV_MARKETS = ['um', 'cm', 'spot'] as const satisfies readonly CsvMarket[]

export interface TapeImportOptions {
  readonly from: (typeof IMPORT_SOURCES)[number]
  /** At least one; collector files in the order of their time. */
  readonly in: readonly string[]
  /** New file. */
  readonly out: string
  /** Of CSV files; undefined: COIN-M for symbols such as `BTCUSD_PERP`, else USD-M. */
  readonly market?: CsvMarket
  readonly json: boolean
}

/** Writes a tape from somebody else's data. Throws `InputError` for data that are none, or a file that is there already. */
export async function tapeImportCommand(options: TapeImportOptions, io: Io): Promise<number> {
  const { from, out, market } = options
  const summary =
    from === 'hftbacktest' ? await importCollector(options.in, out) : await importBinanceCsv(options.in, out, market)
  const { frames, bytes, venueId, symbols } = summary
  io.out(
    options.json
      ? JSON.stringify(summary)
      : `${out}: ${frames} frames of ${symbols.join(', ')} (${venueId}), ${bytes} bytes`,
  )
  return 0
}
