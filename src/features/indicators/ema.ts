import type { Indicator } from './indicator.ts'
import { SmoothedMean } from './smoothed-mean.ts'
import { isUsable, unit, wholePeriod } from './unit.ts'

/**
 * Exponential moving average with weight 2 / (period + 1), in the unit of the input. Begun by the simple mean of the first `period`
 * inputs, as TA-Lib's `EMA`. Two that began at different inputs differ by less than e^(−2k / period) of the difference after k more.
 */
export function ema(period: number): Indicator<number> {
  const smoothed = SmoothedMean.exponential(wholePeriod('ema.period', period))
  return unit({
    name: 'ema',
    params: [period],
    warmUp: period,
    parts: [smoothed],
    blank: Number.NaN,
    accepts: isUsable,
    step: (x) => smoothed.push(x),
  })
}
