import { scanInstruments } from '../../adapters/tape/scan-instruments.ts'
import type { TapeFrame } from '../../adapters/tape/tape-frame.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import { isObject, type Json } from '../../market/frame-fields.ts'
import { type BinanceCsv, binanceCsv, csvFrames } from './binance-csv.ts'
import { type ImportedFrame, type ImportSummary, writeImport } from './write-import.ts'

/** As the folders of data.binance.vision are named. */
export type CsvMarket = 'um' | 'cm' | 'spot'

const VENUES: Readonly<Record<CsvMarket, string>> = { um: 'binanceusdm', cm: 'binancecoinm', spot: 'binance' }
/** Open at once. */
const FILES_MAX = 500

/**
 * CSV files of data.binance.vision on one tape, merged by time (of equal times the file named first comes first). The names of the files
 * tell what they hold. Throws `InputError` for a file that is none, naming line, value and rule.
 */
export async function importBinanceCsv(
  files: readonly string[],
  out: string,
  market: CsvMarket | undefined,
): Promise<ImportSummary> {
  if (files.length > FILES_MAX)
    throw new InputError(`${files.length} files were given; at most ${FILES_MAX} go on one tape`)
  const sources = files.map(binanceCsv)
  const guessed = sources.some(({ venueSymbol }) => venueSymbol.includes('_')) ? 'cm' : 'um'
  const venueId = VENUES[market ?? guessed]
  const found = await scanInstruments(scanned(sources), files.join(', '))
  const instruments = venueId === 'binance' ? found.map(spot) : found
  return writeImport(out, venueId, instruments, merged(sources.map(csvFrames)))
}

const spot = (one: Instrument): Instrument => ({ ...one, symbol: `${one.base}/${one.quote}` })

async function* scanned(sources: readonly BinanceCsv[]): AsyncGenerator<Pick<TapeFrame, 'frame'>> {
  for (const source of sources) {
    for await (const { text } of csvFrames(source)) {
      const data = (JSON.parse(text) as { readonly data: Json }).data
      for (const frame of pricesOf(data)) yield { frame }
    }
  }
}

/** The prices of a candle are those of trades, and its volume is a sum of theirs. */
function pricesOf(data: Json): readonly Json[] {
  const candle = data['k']
  if (!isObject(candle)) return [data]
  return ['o', 'h', 'l', 'c'].map((key) => ({ e: 'trade', s: candle['s'], p: candle[key], q: candle['v'] }))
}

async function* merged(sources: readonly AsyncIterator<ImportedFrame>[]): AsyncGenerator<ImportedFrame> {
  const heads = await Promise.all(sources.map(async (source) => ({ source, head: await source.next() })))
  for (;;) {
    let first: (typeof heads)[number] | undefined
    // Texts of equal length compare as their numbers do.
    for (const one of heads) {
      if (one.head.done) continue
      if (!first || first.head.done || one.head.value.ns < first.head.value.ns) first = one
    }
    if (!first || first.head.done) return
    yield first.head.value
    first.head = await first.source.next()
  }
}
