import { type EquityPath, pathOf } from '../metrics/equity-path.ts'
import type { BacktestRecord, PriceCurve, RoundTrip } from './record.ts'
import type { ChartMarks, CurveChart, PageCurve } from './report-page.ts'
import { thinIndices } from './thin-curve.ts'

/** Two extremes each: enough for a wide desk and some zooming. */
const COLUMNS = 1_200
/** Price charts of one page, and marks of all of them together. */
export const PRICE_CHARTS_MAX = 12
const MARKS_MAX = 12_000

/** For the background: bounds that the equity of resampled returns stays within. Columns of equal length, times ascending, ≥ 1. */
export interface EquityBand {
  readonly label: string
  readonly at: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** Equity from the opening balance on, beside another over the same moments. */
export function equityChart(
  record: BacktestRecord,
  beside: EquityPath & { readonly label: string },
  band: EquityBand | null,
): CurveChart {
  const { at, equity } = pathOf(record)
  const kept = thinIndices(at, [equity, beside.equity], COLUMNS)
  const drawn = { id: 'equity', height: 300, percent: false, at: seconds(at, kept) }
  const curves: readonly PageCurve[] = [
    { label: `equity, ${record.currency}`, colour: 'accent', values: picked(equity, kept) },
    { label: beside.label, colour: 'muted', values: picked(beside.equity, kept) },
  ]
  if (band === null) return { ...drawn, curves }
  const bound = (values: readonly number[]): readonly number[] =>
    kept.map((index) => rounded(interpolated(band.at, values, at[index]!)))
  return { ...drawn, curves, band: { label: band.label, low: bound(band.low), high: bound(band.high) } }
}

/** Fraction below the highest equity so far, ≤ 0; the starting balance counts. */
function drawdownOf({ equity }: EquityPath): Float64Array {
  let peak = equity[0]!
  return equity.map((value) => {
    peak = Math.max(peak, value)
    return value / peak - 1
  })
}

export function drawdownChart(record: BacktestRecord): CurveChart {
  const path = pathOf(record)
  const values = drawdownOf(path)
  const { at } = path
  const kept = thinIndices(at, [values], COLUMNS)
  const curve: PageCurve = { label: 'below the peak', colour: 'loss', values: picked(values, kept), filled: true }
  return { id: 'drawdown', height: 150, percent: true, at: seconds(at, kept), curves: [curve] }
}

/** One for each symbol, the first `PRICE_CHARTS_MAX`, with the trades made in it. */
export function priceCharts({ prices, trips }: BacktestRecord): readonly CurveChart[] {
  const drawn = prices.filter(({ at }) => at.length > 0).slice(0, PRICE_CHARTS_MAX)
  const marksMax = Math.floor(MARKS_MAX / Math.max(1, drawn.length))
  return drawn.map(({ symbol, at, close }, index) => {
    const kept = thinIndices(at, [close], COLUMNS)
    const curve: PageCurve = { label: symbol, colour: 'muted', values: picked(close, kept) }
    const own = trips.filter((trip) => trip.symbol === symbol)
    const marks = marksOf(own, marksMax)
    return { id: `price-${index}`, height: 280, percent: false, at: seconds(at, kept), curves: [curve], marks }
  })
}

/** How many of the trades of `symbol` are marked: every so many-th, 1: all. */
export const marksEach = ({ prices, trips }: BacktestRecord, { symbol }: PriceCurve): number => {
  const charts = Math.max(1, Math.min(PRICE_CHARTS_MAX, prices.length))
  return stride(trips.filter((trip) => trip.symbol === symbol).length, Math.floor(MARKS_MAX / charts))
}

const stride = (trips: number, marksMax: number): number => Math.max(1, Math.ceil((2 * trips) / marksMax))

function marksOf(trips: readonly RoundTrip[], marksMax: number): ChartMarks {
  const each = stride(trips.length, marksMax)
  const marks = trips
    .filter((_, index) => index % each === 0)
    .flatMap(({ side, openedAt, closedAt, entryPrice, exitPrice, netPnl }) => [
      { at: openedAt, value: entryPrice, kind: side === 'buy' ? 'b' : 's' },
      { at: closedAt, value: exitPrice, kind: netPnl >= 0 ? 'w' : 'l' },
    ])
    .sort((a, b) => a.at - b.at)
  return {
    at: marks.map(({ at }) => at / 1e3),
    values: marks.map(({ value }) => rounded(value)),
    kinds: marks.map(({ kind }) => kind).join(''),
  }
}

const seconds = (at: Float64Array, kept: readonly number[]): readonly number[] =>
  kept.map((index) => Math.round(at[index]!) / 1e3)

const picked = (values: Float64Array, kept: readonly number[]): readonly number[] =>
  kept.map((index) => rounded(values[index]!))

/** Seven digits: more than any screen shows, and half the bytes. */
const rounded = (value: number): number => Number(value.toPrecision(7))

/** Straight between the two readings around `at`; the nearest one outside. `times` ascends. */
function interpolated(times: readonly number[], values: readonly number[], at: number): number {
  let [low, high] = [0, times.length - 1]
  if (at <= times[low]!) return values[low]!
  if (at >= times[high]!) return values[high]!
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (times[middle]! <= at) low = middle
    else high = middle
  }
  const share = (at - times[low]!) / (times[high]! - times[low]!)
  return values[low]! + share * (values[high]! - values[low]!)
}
