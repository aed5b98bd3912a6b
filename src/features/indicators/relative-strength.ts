import type { Indicator, Pair } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { isPositive, unit, wholePeriod } from './unit.ts'

/**
 * Ratio of gross returns of two prices over `period` steps, as a logarithm: ln((own / own[period ago]) / (other / other[period ago])).
 * 0: both moved alike; above 0: own was the stronger. A ratio of net returns would have no bound where the other stands still.
 */
export function relativeStrength(period: number): Indicator<Pair> {
  const owns = new RollingWindow(wholePeriod('relativeStrength.period', period) + 1)
  const others = new RollingWindow(period + 1)
  return unit({
    name: 'relativeStrength',
    params: [period],
    warmUp: period + 1,
    parts: [owns, others],
    blank: Number.NaN,
    accepts: ({ own, other }) => isPositive(own) && isPositive(other),
    step({ own, other }) {
      owns.push(own)
      others.push(other)
      if (!owns.isFull) return Number.NaN
      return Math.log(own / owns.oldest) - Math.log(other / others.oldest)
    },
  })
}
