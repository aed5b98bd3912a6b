import { normalCdf, normalQuantile } from '../../model/heads/normal-quantile.ts'
import type { ForecastOutcome } from '../../report/backtest/record.ts'
import type { Said } from '../evaluation/contenders.ts'

/** Weight of the past at each outcome (RiskMetrics 1996). */
const DECAY = 0.94
/** Outcomes of an instrument before the variance is one. */
const WARM_UP = 20

/**
 * What a normal law of mean 0 with an exponentially weighted variance would have said at the same bars, from outcomes that were known
 * then. Bars without a variance are left out. `knownAt` [outcomes]: when each of them was, milliseconds since the epoch; those of an
 * instrument in the order of time.
 */
export function liveBaseline(outcomes: readonly ForecastOutcome[], knownAt: readonly number[]): Said {
  const told = outcomes.map((outcome, i) => ({ outcome, knownAt: knownAt[i]! }))
  const symbols = new Set(outcomes.map(({ symbol }) => symbol))
  const said = [...symbols].flatMap((symbol) => ofInstrument(told.filter(({ outcome }) => outcome.symbol === symbol)))
  return { name: 'ewma', outcomes: said }
}

interface Told {
  readonly outcome: ForecastOutcome
  readonly knownAt: number
}

function ofInstrument(told: readonly Told[]): readonly ForecastOutcome[] {
  let variance = Number.NaN
  let known = 0
  return told.flatMap(({ outcome: one }): ForecastOutcome[] => {
    for (let next = told[known]; next && next.knownAt <= one.at; next = told[known]) {
      const square = next.outcome.realisedBps ** 2
      variance = known === 0 ? square : DECAY * variance + (1 - DECAY) * square
      known += 1
    }
    return known < WARM_UP || !(variance > 0) ? [] : [normal(one, Math.sqrt(variance))]
  })
}

function normal(one: ForecastOutcome, volatilityBps: number): ForecastOutcome {
  const outside = normalCdf(-one.thresholdBps / volatilityBps)
  return {
    ...one,
    modelId: 'ewma',
    meanBps: 0,
    volatilityBps,
    quantilesBps: one.levels.map((level) => volatilityBps * normalQuantile(level)),
    classes: [outside, 1 - 2 * outside, outside],
  }
}
