import type { InstrumentSymbol } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { Forecast } from '../../inference/forecast.ts'
import type { ForecastOutcome } from '../../report/backtest/record.ts'

const OUTCOMES_MAX = 20_000
const BPS = 10_000

/** What the forecasts of an instrument mean. */
export interface ForecastTerms {
  /** Bars that they look ahead. */
  horizonBarsOf(symbol: InstrumentSymbol): number
  /** Half width of the flat class of a model that decided it, basis points. */
  thresholdBpsOf(symbol: InstrumentSymbol, modelId: string): number
}

/** A forecast that waits for what comes of it. */
interface Waiting {
  readonly at: number
  readonly mid: number
  readonly forecast: Forecast
}

interface Lane {
  /** Index of the next bar. */
  index: number
  /** [horizonBars], by the index of the bar at which they come true, modulo. A map would leave an old table behind every few bars. */
  readonly waiting: (Waiting | undefined)[]
}

/** Forecasts beside what came of them, at most 20,000, evenly thinned: every second one goes whenever they are too many. */
export interface OutcomeSample {
  /** Once per bar of an instrument, in order. `mid`: at the close, quote currency. */
  add(symbol: InstrumentSymbol, at: number, mid: number, forecast: Forecast | undefined): void
  outcomes(): readonly ForecastOutcome[]
}

export function outcomeSample(terms: ForecastTerms): OutcomeSample {
  const lanes = new Map<InstrumentSymbol, Lane>()
  let kept: ForecastOutcome[] = []
  let stride = 1
  let seen = 0

  function laneOf(symbol: InstrumentSymbol): Lane {
    const known = lanes.get(symbol)
    if (known) return known
    const lane: Lane = {
      index: 0,
      waiting: new Array<Waiting | undefined>(terms.horizonBarsOf(symbol)).fill(undefined),
    }
    lanes.set(symbol, lane)
    return lane
  }

  function settle(symbol: InstrumentSymbol, { at, mid, forecast }: Waiting, now: number): void {
    const realisedBps = BPS * Math.log(now / mid)
    if (!Number.isFinite(realisedBps)) return
    seen += 1
    if (seen % stride !== 0) return
    const { modelId, meanBps, levels, quantilesBps, classes, volatilityBps } = forecast
    kept.push({
      symbol,
      at: epochMs(at),
      modelId,
      meanBps,
      levels,
      // Copies: what is not kept must stay short-lived, or V8 makes all of it long-lived.
      quantilesBps: [...quantilesBps],
      classes: [...classes],
      volatilityBps,
      realisedBps,
      thresholdBps: terms.thresholdBpsOf(symbol, modelId),
    })
    if (kept.length <= OUTCOMES_MAX) return
    kept = kept.filter((_, index) => index % 2 === 1)
    stride *= 2
  }

  return {
    add(symbol, at, mid, forecast) {
      const lane = laneOf(symbol)
      const place = lane.index % lane.waiting.length
      const due = lane.waiting[place]
      if (due) settle(symbol, due, mid)
      lane.waiting[place] = forecast && { at, mid, forecast }
      lane.index += 1
    },
    outcomes: () => kept,
  }
}
