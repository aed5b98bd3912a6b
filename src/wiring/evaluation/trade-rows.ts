import { InputError } from '../../core/errors.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import { readingOf } from '../../inference/calibration/recalibrate.ts'
import type { Forecast } from '../../inference/forecast.ts'
import type { Oversight } from '../../inference/oversight/oversight.ts'
import { type ForecasterOutputs, LEVELS } from '../../model/forecaster-outputs.ts'
import type { BacktestRecord } from '../../report/backtest/record.ts'
import { rowBar } from '../../training/rows/row-bar.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import { ForecastTrader, type TradingTerms } from './forecast-trader.ts'

/** Forecasts of some rows of a dataset. */
export interface RowForecasts {
  readonly outputs: ForecasterOutputs
  /** Which table each belongs to, and the end of its bar, milliseconds since the epoch; of the length of the outputs. */
  readonly series: Int32Array
  readonly endAt: Float64Array
  readonly horizonBars: number
  readonly thresholdBps: number
}

/** What trading forecasts came to. */
export interface RowTrading {
  readonly record: BacktestRecord
  /** Ends of the bars, milliseconds since the epoch, and the change of equity at each, settle currency. */
  readonly endAt: Float64Array
  readonly pnl: Float64Array
}

/**
 * Trades the forecasts over all rows from the first forecast to the last in the simulated venue. A row without a forecast is one that
 * the model abstained on. `oversight`: says at each moment how the forecasts are to be taken. Throws `InputError` when there is none at all.
 */
export async function tradeRows(
  tables: readonly RowTable[],
  forecasts: RowForecasts,
  terms: TradingTerms,
  oversight?: Pick<Oversight, 'step'>,
): Promise<RowTrading> {
  const { endAt: at, series, horizonBars, thresholdBps } = forecasts
  const from = minimum(at)
  const until = maximum(at)
  if (!(from <= until)) throw new InputError('there is no forecast to trade')
  const trader = new ForecastTrader(terms, { horizonBars, thresholdBps })
  const rowOf = tables.map(() => new Map<number, number>())
  for (const [row, end] of at.entries()) rowOf[series[row]!]!.set(end, row)
  const moments: number[] = []
  for (const moment of momentsOf(tables, from, until)) {
    const bars = moment.rows.map(({ table, row }) => {
      const found = rowOf[table]!.get(moment.endAt)
      const forecast = found === undefined ? undefined : forecastOf(forecasts, found)
      return { window: windowOf(tables[table]!, row, forecast !== undefined), forecast }
    })
    const adjustments = oversight?.step(bars)
    await trader.step(bars.map((bar) => ({ ...bar, adjustment: adjustments?.[bar.window.row.bar.symbol] })))
    moments.push(moment.endAt)
  }
  const pnl = Float64Array.from(trader.soFar().pnl)
  const record = await trader.end()
  return { record: record!, endAt: Float64Array.from(moments), pnl }
}

interface Moment {
  readonly endAt: number
  readonly rows: readonly { readonly table: number; readonly row: number }[]
}

/** Rows of all tables by the end of their bars, in order. */
function* momentsOf(tables: readonly RowTable[], from: number, until: number): Generator<Moment> {
  const next = tables.map(({ endAt }) => firstFrom(endAt, from))
  for (;;) {
    const endAt = Math.min(...tables.map((table, i) => table.endAt[next[i]!] ?? Number.POSITIVE_INFINITY))
    if (!(endAt <= until)) return
    const rows = tables.flatMap((table, i) => (table.endAt[next[i]!] === endAt ? [{ table: i, row: next[i]! }] : []))
    for (const { table } of rows) next[table]! += 1
    yield { endAt, rows }
  }
}

function firstFrom(sorted: Float64Array, from: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < from) low = middle + 1
    else high = middle
  }
  return low
}

function windowOf(table: RowTable, row: number, isAsked: boolean): FeatureWindow {
  const width = table.featureNames.length
  const values = table.values.subarray(row * width, (row + 1) * width)
  const { schemaHash } = table
  return { row: { bar: rowBar(table, row), values, schemaHash, ready: isAsked }, values, steps: 1, ready: isAsked }
}

const forecastOf = ({ outputs, horizonBars }: RowForecasts, row: number): Forecast => ({
  ...readingOf(outputs, LEVELS.length, row),
  modelId: 'judged',
  provider: 'cpu',
  horizonBars,
  levels: LEVELS,
  latencyMs: 0,
})

const minimum = (values: Float64Array): number => values.reduce((least, one) => Math.min(least, one), Infinity)
const maximum = (values: Float64Array): number => values.reduce((most, one) => Math.max(most, one), -Infinity)
