import type { Indicator, Pair } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { coDeviation, mean } from './statistics.ts'
import { isUsablePair, unit, wholePeriod } from './unit.ts'

/**
 * Slope of own on the other over the last `period` steps: covariance / variance of the other, a ratio. Give it returns (TA-Lib `BETA`
 * takes prices, the other first, and makes simple returns itself). 0 where the other is flat.
 */
export function beta(period: number): Indicator<Pair> {
  const owns = new RollingWindow(wholePeriod('beta.period', period, 2))
  const others = new RollingWindow(period)
  return unit({
    name: 'beta',
    params: [period],
    warmUp: period,
    parts: [owns, others],
    blank: Number.NaN,
    accepts: isUsablePair,
    step({ own, other }) {
      owns.push(own)
      others.push(other)
      if (!owns.isFull) return Number.NaN
      const meanOther = mean(others)
      const variance = coDeviation(others, meanOther, others, meanOther)
      return variance === 0 ? 0 : coDeviation(owns, mean(owns), others, meanOther) / variance
    },
  })
}
