import { type ArrowColumn, type ArrowFile, createArrowFile } from '../../adapters/tape/arrow-file.ts'
import { InputError } from '../../core/errors.ts'
import type { Converter, Instrument } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import { barBuilder } from '../../market/bar-builder.ts'
import { type BarSpec, barSpecText } from '../../market/bar-spec.ts'
import { type Sequencer, sequencer } from '../../market/sequencer.ts'
import { LATENESS_MS, watermarker } from '../../market/watermarks.ts'
import { barTable, bookTable, KLINE_COLUMNS, klineOf, quoteTable, type Row, tradeTable } from './arrow-tables.ts'
import { type DescribedTapes, describeTapes } from './describe-tapes.ts'
import { programName } from './program-name.ts'
import { eventsOf, type TapeStep, walkTapes } from './walk-tapes.ts'

export type ExportWhat = 'trades' | 'quotes' | 'book' | 'bars' | 'klines'

export interface ExportSettings {
  readonly files: readonly string[]
  readonly out: string
  readonly what: ExportWhat
  /** ccxt symbol; undefined: the tape's only instrument. */
  readonly symbol: string | undefined
  readonly bar: BarSpec
  /** Of the book, a side. */
  readonly levels: number
}

export interface ExportSummary {
  readonly out: string
  readonly what: ExportWhat
  readonly symbol: string
  readonly rows: number
  /** Losses that the tape tells or the sequence shows; rows on both sides of one do not belong together. */
  readonly gaps: number
  /** Trades that came after their bar had closed: they are in none. */
  readonly lateTrades: number
}

const LEVELS_MAX = 1_000

/** Writes one instrument of a chain of tapes as an Arrow file. Throws `InputError` for tapes that are none or do not hold it. */
export async function exportTape(settings: ExportSettings): Promise<ExportSummary> {
  const { files, out, what, levels } = settings
  if (!(Number.isInteger(levels) && levels >= 1 && levels <= LEVELS_MAX)) {
    throw new InputError(`levels was ${levels}; it must be a whole number from 1 to ${LEVELS_MAX}`)
  }
  const tapes = await describeTapes(files)
  const instrument = chosen(tapes, settings.symbol)
  const converter = tapes.converters.get(instrument.venueSymbol)!
  const source = rowSource(settings, tapes, converter)
  const file = await createArrowFile(out, source.columns, metadataOf(settings, tapes, instrument))
  try {
    for await (const step of walkTapes(tapes)) await write(source.rows(step), file)
    await file.close()
  } catch (thrown) {
    await file.discard()
    throw thrown
  }
  return { out, what, symbol: instrument.symbol, rows: file.rows, gaps: source.gaps(), lateTrades: source.lateTrades() }
}

async function write(rows: readonly Row[], file: ArrowFile): Promise<void> {
  for (const row of rows) {
    const full = file.add(row)
    if (full) await full
  }
}

function chosen({ instruments, files }: DescribedTapes, symbol: string | undefined): Instrument {
  const found = symbol === undefined ? instruments : instruments.filter((one) => one.symbol === symbol)
  const [only] = found
  if (only && found.length === 1) return only
  const names = instruments.map((one) => one.symbol).join(', ')
  const what = symbol === undefined ? 'several instruments; name one as symbol' : `no ${symbol}`
  throw new InputError(`${files.join(', ')}: ${what}; the tape holds ${names}`)
}

const metadataOf = (
  { files, what, bar }: ExportSettings,
  { venueId, inferred }: DescribedTapes,
  { symbol, venueSymbol, tickSize, lotSize, contractSize, inverse }: Instrument,
): Record<string, string> => ({
  ...{ symbol, venueSymbol, tickSize, lotSize, contractSize, inverse: String(inverse) },
  ...{ venue: venueId ?? '', inferred: String(inferred), what, source: files.join(','), program: programName() },
  ...(what === 'bars' ? { bar: barSpecText(bar) } : {}),
})

/** Rows of one line of the tape. */
interface RowSource {
  readonly columns: readonly ArrowColumn[]
  rows(step: TapeStep): readonly Row[]
  gaps(): number
  lateTrades(): number
}

const NONE: readonly Row[] = []

function rowSource(settings: ExportSettings, tapes: DescribedTapes, converter: Converter): RowSource {
  const { venueSymbol } = converter.instrument
  if (settings.what === 'klines') {
    const rows = ({ line }: TapeStep) => {
      const kline = klineOf(line.frame)
      return kline?.venueSymbol === venueSymbol ? [kline.row] : NONE
    }
    return { columns: KLINE_COLUMNS, rows, gaps: () => 0, lateTrades: () => 0 }
  }
  const order = sequencer()
  const { columns, rowsOf, before, lateTrades } = eventRows(settings, tapes, converter, order)
  let gaps = 0
  const rows: RowSource['rows'] = ({ outcome }) => {
    const found: Row[] = []
    const pass = (event: MarketEvent) =>
      order.step(event, (next) => {
        if (next.kind === 'gap') gaps += 1
        found.push(...rowsOf(next))
      })
    for (const event of eventsOf(outcome)) {
      if (event.symbol !== converter.instrument.symbol) continue
      const watermark = before(event)
      if (watermark) pass(watermark)
      pass(event)
    }
    return found
  }
  return { columns, rows, gaps: () => gaps, lateTrades }
}

interface EventRows {
  readonly columns: readonly ArrowColumn[]
  rowsOf(event: MarketEvent): readonly Row[]
  /** An event that belongs before this one. */
  before(event: MarketEvent): MarketEvent | undefined
  lateTrades(): number
}

function eventRows(
  { what, bar, levels }: ExportSettings,
  tapes: DescribedTapes,
  converter: Converter,
  order: Sequencer,
): EventRows {
  const plain = { before: () => undefined, lateTrades: () => 0 }
  switch (what) {
    case 'trades': {
      const { columns, rowOf } = tradeTable(converter)
      return { ...plain, columns, rowsOf: (event) => (event.kind === 'trade' ? [rowOf(event)] : NONE) }
    }
    case 'quotes': {
      const { columns, rowOf } = quoteTable(converter)
      return { ...plain, columns, rowsOf: (event) => (event.kind === 'quote' ? [rowOf(event)] : NONE) }
    }
    case 'book': {
      const { columns, rowOf } = bookTable(converter, levels)
      return { ...plain, columns, rowsOf: (event) => (event.kind === 'book' ? [rowOf(event, order.book)] : NONE) }
    }
    default: {
      const builder = barBuilder({ converter, bar })
      const hasWatermarks = tapes.sessions.every((session) => session && session.mode !== 'import')
      const before =
        hasWatermarks || bar.kind !== 'time' ? plain.before : watermarker({ barMs: bar.ms, latenessMs: LATENESS_MS })
      const rowsOf = (event: MarketEvent) => builder.step(event, order.book).map((one) => barTable.rowOf(one))
      return { columns: barTable.columns, rowsOf, before, lateTrades: () => builder.lateTrades }
    }
  }
}
