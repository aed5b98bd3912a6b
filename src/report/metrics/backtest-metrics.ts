import { check } from '../../core/check.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { BacktestRecord, CostBreakdown } from '../backtest/record.ts'
import { type Activity, activityOf } from './activity.ts'
import { type BootstrapIntervals, type BootstrapOptions, bootstrapIntervals } from './bootstrap-intervals.ts'
import { buyAndHold } from './buy-and-hold.ts'
import { pathOf } from './equity-path.ts'
import { LEAST, type NotEnough } from './metric.ts'
import { type Performance, performanceOf } from './performance.ts'
import { type Annualisation, periodReturns } from './period-returns.ts'
import { profitByHour, profitByWeekday, type TimeSlot } from './profit-by-time.ts'
import { type SharpeSignificance, sharpeSignificance, type Trials } from './sharpe-significance.ts'
import { thinnedIndices } from './thin.ts'
import { type TripMetrics, tripMetrics } from './trip-metrics.ts'

/** Taker fee of Binance USD-M without discounts (binance.com/en/fee/futureFee), for runs that do not state theirs. */
const DEFAULT_FEE_RATE = 0.0005

export interface MetricsOptions extends BootstrapOptions, Trials {
  /** Paid by buy-and-hold, fraction of the value; absent: 0.0005. */
  readonly benchmarkFeeRate?: number
}

/** What a run is worth. Pure data, fit for JSON: fractions are of 1, money is in `currency`, moments are epoch milliseconds. */
export interface BacktestMetrics {
  readonly currency: string
  /** The least samples that these numbers ask for. */
  readonly least: typeof LEAST
  readonly annualisation: Annualisation & { readonly returns: number }
  readonly performance: Performance
  readonly significance: SharpeSignificance
  readonly bootstrap: BootstrapIntervals | NotEnough
  readonly trades: TripMetrics
  readonly activity: Activity
  /** As in the record; `fees` is the sum of the three. */
  readonly costs: CostBreakdown & { readonly fees: number }
  readonly liquidations: number
  readonly buyAndHold: Performance & {
    readonly feeRate: number
    /** Thinned, for the picture. */
    readonly curve: { readonly at: readonly number[]; readonly equity: readonly number[] }
  }
  /** Doing nothing. */
  readonly flat: Performance
  readonly bySymbol: readonly ({ readonly symbol: InstrumentSymbol } & TripMetrics)[]
  readonly byHour: readonly TimeSlot[]
  readonly byWeekday: readonly TimeSlot[]
}

/** Pure: the same record and options give the same numbers. */
export function backtestMetrics(record: BacktestRecord, options: MetricsOptions): BacktestMetrics {
  const { resamples, trials, trialSharpeVariance = 0, benchmarkFeeRate = DEFAULT_FEE_RATE } = options
  check(
    Number.isInteger(resamples) && resamples >= 100 && resamples <= 10_000,
    'resamples from 100 to 10,000',
    resamples,
  )
  check(Number.isInteger(trials) && trials >= 1, 'trials ≥ 1', trials)
  check(
    Number.isFinite(trialSharpeVariance) && trialSharpeVariance >= 0,
    'trialSharpeVariance ≥ 0',
    trialSharpeVariance,
  )
  check(record.startingBalance > 0, 'startingBalance > 0', record.startingBalance)
  const { barMs, costs, currency, liquidations, prices, trips } = record
  const path = pathOf(record)
  const cut = periodReturns(path, barMs)
  const { period, periodsPerYear, days } = cut
  const held = buyAndHold(record, benchmarkFeeRate)
  const shown = thinnedIndices(held.at.length)
  return {
    currency,
    least: LEAST,
    annualisation: { period, periodsPerYear, days, returns: cut.returns.length },
    performance: performanceOf(path, barMs),
    significance: sharpeSignificance(cut, options),
    bootstrap: bootstrapIntervals(cut, options),
    trades: tripMetrics(trips),
    activity: activityOf(record, days),
    costs: { ...costs, fees: costs.makerFees + costs.takerFees + costs.liquidationFees },
    liquidations,
    buyAndHold: {
      ...performanceOf(held, barMs),
      feeRate: benchmarkFeeRate,
      curve: { at: shown.map((i) => held.at[i]!), equity: shown.map((i) => held.equity[i]!) },
    },
    flat: performanceOf({ at: path.at, equity: path.at.map(() => record.startingBalance) }, barMs),
    bySymbol: prices.map(({ symbol }) => ({
      symbol,
      ...tripMetrics(trips.filter((trip) => trip.symbol === symbol)),
    })),
    byHour: profitByHour(path, trips),
    byWeekday: profitByWeekday(path, trips),
  }
}
