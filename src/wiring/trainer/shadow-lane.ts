import type { InstrumentSymbol } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import { type Forecast, isForecast, type NoForecast } from '../../inference/forecast.ts'
import type { Forecaster } from '../../inference/forecaster.ts'
import type { ForecastOutcome } from '../../report/backtest/record.ts'
import { ForecastTrader, type TradingTerms } from '../evaluation/forecast-trader.ts'

const BPS = 10_000

/** A bar of one instrument and what was said at its close, until its horizon is over. */
interface Waiting {
  readonly window: FeatureWindow
  readonly forecast: Forecast | NoForecast | undefined
}

/** A forecast made on live bars by a model that decides nothing here. */
export interface ShadowForecast {
  readonly symbol: InstrumentSymbol
  readonly barEndAt: number
  readonly forecast: Forecast
}

/** What one model said and would have earned on the bars that it was shown. */
export interface ShadowRecord {
  readonly outcomes: readonly ForecastOutcome[]
  /** When each outcome was known, milliseconds since the epoch. */
  readonly knownAt: readonly number[]
  /** One for each moment, settle currency and milliseconds since the epoch. */
  readonly pnl: readonly number[]
  readonly pnlAt: readonly number[]
  /** When each round trip was closed, milliseconds since the epoch. */
  readonly tripsAt: readonly number[]
}

/**
 * One model in shadow: it forecasts every bar, its orders meet the simulated venue. What it keeps grows with the bars that it is shown,
 * which whoever shows them bounds.
 */
export class ShadowLane {
  readonly forecaster: Forecaster
  readonly #trader: ForecastTrader
  readonly #waiting = new Map<InstrumentSymbol, Waiting[]>()
  readonly #outcomes: ForecastOutcome[] = []
  readonly #knownAt: number[] = []
  readonly #pnlAt: number[] = []

  constructor(forecaster: Forecaster, terms: TradingTerms) {
    this.forecaster = forecaster
    this.#trader = new ForecastTrader(terms, forecaster)
  }

  /** Bars that closed together. Returns what the model says of them. */
  async step(windows: readonly FeatureWindow[]): Promise<readonly ShadowForecast[]> {
    const asked = windows.filter(({ ready, row }) => ready && row.bar.taints.length === 0)
    const answers = asked.length === 0 ? [] : await this.forecaster.forecast(asked)
    const said = new Map(asked.map((window, i) => [window, answers[i]]))
    const bars = windows.map((window) => ({ window, forecast: said.get(window) }))
    await this.#trader.step(bars)
    this.#pnlAt.push(windows[0]!.row.bar.endAt)
    for (const bar of bars) this.#settle(bar)
    return bars.flatMap(({ window: { row }, forecast }) =>
      forecast && isForecast(forecast) ? [{ symbol: row.bar.symbol, barEndAt: row.bar.endAt, forecast }] : [],
    )
  }

  record(): ShadowRecord {
    const { pnl, tripsAt } = this.#trader.soFar()
    return { outcomes: this.#outcomes, knownAt: this.#knownAt, pnl, pnlAt: this.#pnlAt, tripsAt }
  }

  async close(): Promise<void> {
    try {
      await this.#trader.end()
    } finally {
      await this.forecaster.release()
    }
  }

  /** What was said a horizon ago has come true, if nothing was lost in between. */
  #settle(bar: Waiting): void {
    const { symbol, startAt } = bar.window.row.bar
    const waiting = this.#waiting.get(symbol) ?? []
    this.#waiting.set(symbol, waiting)
    const isGap = waiting.length > 0 && waiting.at(-1)!.window.row.bar.endAt !== startAt
    if (isGap || bar.window.row.bar.taints.length > 0) waiting.length = 0
    if (bar.window.row.bar.taints.length > 0) return
    waiting.push(bar)
    if (waiting.length <= this.forecaster.horizonBars) return
    const first = waiting.shift()!
    const outcome = outcomeOf(first, bar.window, this.forecaster.thresholdBps)
    if (!outcome) return
    this.#outcomes.push(outcome)
    this.#knownAt.push(bar.window.row.bar.endAt)
  }
}

function outcomeOf(
  { window, forecast }: Waiting,
  now: FeatureWindow,
  thresholdBps: number,
): ForecastOutcome | undefined {
  const realisedBps = BPS * Math.log(midOf(now) / midOf(window))
  if (!forecast || !isForecast(forecast) || !Number.isFinite(realisedBps)) return undefined
  const { modelId, meanBps, levels, quantilesBps, classes, volatilityBps } = forecast
  const { symbol, endAt } = window.row.bar
  return {
    ...{ symbol, at: epochMs(endAt), modelId, meanBps, levels, quantilesBps, volatilityBps, realisedBps, thresholdBps },
    classes: [...classes],
  }
}

const midOf = ({ row }: FeatureWindow): number => (row.bar.bidTicks + row.bar.askTicks) / 2
