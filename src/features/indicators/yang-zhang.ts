import type { Candle, Indicator } from './indicator.ts'
import { isPriced, rogersSatchellVariance } from './range-volatility.ts'
import { RollingWindow } from './rolling-window.ts'
import { Scalars } from './scalars.ts'
import { coDeviation, mean, sum } from './statistics.ts'
import { unit, wholePeriod } from './unit.ts'

/**
 * Volatility of the log-price over one bar, a ratio per √bar: Yang, Zhang 2000, the sum of the variances of the jump from close to open,
 * of open to close (weight k) and of Rogers–Satchell (1 − k), with k = 0.34 / (1.34 + (n + 1) / (n − 1)), which has least variance.
 */
export function yangZhang(period: number): Indicator<Candle> {
  const jumps = new RollingWindow(wholePeriod('yangZhang.period', period, 2))
  const bodies = new RollingWindow(period)
  const ranges = new RollingWindow(period)
  const last = new Scalars({ close: Number.NaN })
  const share = 0.34 / (1.34 + (period + 1) / (period - 1))
  const sampleVariance = (window: RollingWindow): number => {
    const middle = mean(window)
    return coDeviation(window, middle, window, middle) / (period - 1)
  }
  return unit({
    name: 'yangZhang',
    params: [period],
    warmUp: period + 1,
    parts: [jumps, bodies, ranges, last],
    blank: Number.NaN,
    accepts: isPriced,
    step(candle) {
      const before = last.now.close
      last.now.close = candle.close
      if (Number.isNaN(before)) return Number.NaN
      jumps.push(Math.log(candle.open / before))
      bodies.push(Math.log(candle.close / candle.open))
      ranges.push(Math.max(0, rogersSatchellVariance(candle)))
      if (!jumps.isFull) return Number.NaN
      const variance = sampleVariance(jumps) + share * sampleVariance(bodies) + ((1 - share) * sum(ranges)) / period
      return Math.sqrt(variance)
    },
  })
}
