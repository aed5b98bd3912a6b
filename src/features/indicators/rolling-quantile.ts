import { InputError } from '../../core/errors.ts'
import type { Indicator } from './indicator.ts'
import { SortedWindow } from './sorted-window.ts'
import { isUsable, unit, wholePeriod } from './unit.ts'

/**
 * Quantile of the last `period` inputs, in their unit, `share` in [0, 1] (0.5: median); between two inputs linear (Hyndman, Fan 1996
 * type 7, the usual one of NumPy and R).
 */
export function rollingQuantile(period: number, share: number): Indicator<number> {
  if (!(share >= 0 && share <= 1)) {
    const name = 'rollingQuantile.share'
    throw new InputError(`${name} was ${share}; it must be from 0 to 1`, { name, value: share })
  }
  const window = new SortedWindow(wholePeriod('rollingQuantile.period', period))
  const place = share * (period - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, period - 1)
  return unit({
    name: 'rolling quantile',
    params: [period, share],
    warmUp: period,
    parts: [window],
    blank: Number.NaN,
    accepts: isUsable,
    step(x) {
      window.push(x)
      return window.isFull ? window.at(below) + (place - below) * (window.at(above) - window.at(below)) : Number.NaN
    },
  })
}
