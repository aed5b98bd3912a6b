import { createHash } from 'node:crypto'
import { readTable } from '../../adapters/candles/read-table.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { CandleRepairs, CandleSeries, Candles } from '../../market/candles/candle.ts'
import { type CheckedCandles, checkedCandles } from '../../market/candles/checked-candles.ts'
import { checkedFunding } from '../../market/candles/checked-funding.ts'
import { checkedMarks } from '../../market/candles/checked-marks.ts'
import { candleLayout, fundingLayout, markLayout } from '../../market/candles/layout.ts'
import type { Repair } from '../../market/candles/ordered-rows.ts'
import { packCandles } from '../../market/candles/packed-candles.ts'
import { type FilePurpose, requireFileName } from '../../market/candles/require-file-name.ts'
import { requireNearMark } from '../../market/candles/require-near-mark.ts'
import type { RawTable } from '../../market/candles/table.ts'

export interface CandleRequest {
  /** ccxt form. */
  readonly symbol: InstrumentSymbol
  readonly barMs: number
  readonly file: string
  readonly fundingFile?: string
  readonly markFile?: string
  /** Candles that begin at it or later. */
  readonly from?: EpochMs
  /** Candles that end at it or before. */
  readonly to?: EpochMs
  readonly repair: Repair
  /** |ln(close / mark)|, basis points. */
  readonly jumpBpsMax?: number
}

const JUMP_BPS_MAX = 300

/** Reads and checks the candles of one instrument, with funding and marks. Throws `InputError` naming file, row, value and rule. */
export async function loadCandles(request: CandleRequest): Promise<CandleSeries> {
  const { symbol, barMs, repair } = request
  const files = new Files(request)
  const table = await files.read(request.file, 'futures', candleLayout)
  const from = request.from ?? Number.NEGATIVE_INFINITY
  const to = (request.to ?? Number.POSITIVE_INFINITY) - barMs + 1
  const checked = checkedCandles(table, { barMs, span: { from, to }, repair })
  const candles = isInverse(symbol) ? withoutQuoteVolume(checked.candles) : checked.candles
  const startAt = candles.at(0)!.startAt
  const span = { from: startAt, to: startAt + candles.length * barMs }
  const rates =
    request.fundingFile &&
    checkedFunding(await files.read(request.fundingFile, 'funding_rate', fundingLayout), span, repair)
  const marks = request.markFile && (await marksOf(request, files, table, checked))
  const filled = Int32Array.from(indicesOf(checked.slots, (slot) => slot < 0))
  return {
    symbol,
    barMs,
    candles,
    funding: rates ? rates.funding : [],
    ...(marks && { markCloses: marks.closes }),
    dataHash: files.hash(),
    repairs: [checked, rates, marks].reduce((sum, part) => (part ? added(sum, part.repairs) : sum), NO_REPAIRS),
    ...(filled.length > 0 && { filled }),
  }
}

async function marksOf(
  { barMs, markFile, repair, jumpBpsMax = JUMP_BPS_MAX }: CandleRequest,
  files: Files,
  { shape }: RawTable,
  checked: CheckedCandles,
): Promise<{ closes: Float64Array; repairs: CandleRepairs }> {
  const { candles } = checked
  const table = await files.read(markFile!, 'mark', markLayout)
  const span = { startAt: candles.at(0)!.startAt, barMs, candles: candles.length }
  const { closes, repairs } = checkedMarks(table, span, repair)
  requireNearMark(shape, checked, closes, jumpBpsMax)
  return { closes: closes.map((mark, n) => (Number.isNaN(mark) ? candles.at(n)!.close : mark)), repairs }
}

/** The files of one request, in the order of their reading. */
class Files {
  readonly #request: CandleRequest
  readonly #hash = createHash('sha256')

  constructor(request: CandleRequest) {
    this.#request = request
  }

  async read(file: string, kind: FilePurpose['kind'], layout: typeof candleLayout): Promise<RawTable> {
    const { symbol, barMs } = this.#request
    requireFileName(file, { kind, symbol, ...(kind === 'futures' && { barMs }) })
    const { table, sha256 } = await readTable(file, (shape) => layout(shape).columns)
    this.#hash.update(sha256)
    return table
  }

  hash(): string {
    return this.#hash.digest('hex')
  }
}

/** Settled in its base currency, e.g. `BTC/USD:BTC`. */
const isInverse = (symbol: InstrumentSymbol): boolean => /^(\w+)\/\w+:\1(?:-|$)/.test(symbol)

/** Where linear instruments have the quote volume, Binance's files of inverse ones have the base volume. */
const withoutQuoteVolume = (candles: Candles): Candles =>
  packCandles(candles.length, (n) => ({ ...candles.at(n)!, quoteVolume: Number.NaN }))

function indicesOf(slots: Int32Array, matches: (slot: number) => boolean): readonly number[] {
  const found: number[] = []
  for (let n = 0; n < slots.length; n += 1) if (matches(slots[n]!)) found.push(n)
  return found
}

const NO_REPAIRS: CandleRepairs = { gapsFilled: 0, duplicatesDropped: 0, unsortedReordered: 0, nonFiniteDropped: 0 }

const added = (a: CandleRepairs, b: CandleRepairs): CandleRepairs => ({
  gapsFilled: a.gapsFilled + b.gapsFilled,
  duplicatesDropped: a.duplicatesDropped + b.duplicatesDropped,
  unsortedReordered: a.unsortedReordered + b.unsortedReordered,
  nonFiniteDropped: a.nonFiniteDropped + b.nonFiniteDropped,
})
