import type { Indicator } from './indicator.ts'
import { Scalars } from './scalars.ts'
import { SmoothedMean } from './smoothed-mean.ts'
import { isUsable, unit, wholePeriod } from './unit.ts'

/**
 * Relative strength index, 0 … 100: 100 × mean rise / (mean rise + mean fall), both smoothed by Wilder's mean (Wilder 1978). TA-Lib
 * `RSI`, but a series that did not move at all gives 50 (no strength either way), where TA-Lib gives 0 (as for falls only).
 */
export function rsi(period: number): Indicator<number> {
  wholePeriod('rsi.period', period)
  const [rise, fall] = [SmoothedMean.wilder(period), SmoothedMean.wilder(period)]
  const last = new Scalars({ price: Number.NaN })
  return unit({
    name: 'rsi',
    params: [period],
    warmUp: period + 1,
    parts: [rise, fall, last],
    blank: Number.NaN,
    accepts: isUsable,
    step(price) {
      const change = price - last.now.price
      last.now.price = price
      if (Number.isNaN(change)) return Number.NaN
      const up = rise.push(change > 0 ? change : 0)
      const down = fall.push(change < 0 ? -change : 0)
      return up + down === 0 ? 50 : 100 * (up / (up + down))
    },
  })
}
