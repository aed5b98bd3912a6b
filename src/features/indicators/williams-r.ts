import type { Candle, Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { highest, lowest } from './statistics.ts'
import { isUsableRange, unit, wholePeriod } from './unit.ts'

/**
 * Williams %R, −100 (close at the lowest low) … 0 (at the highest high). TA-Lib `WILLR`, but −50 where the window has no range
 * (TA-Lib: 0).
 */
export function williamsR(period: number): Indicator<Candle> {
  const highs = new RollingWindow(wholePeriod('williamsR.period', period))
  const lows = new RollingWindow(period)
  return unit({
    name: 'williams %R',
    params: [period],
    warmUp: period,
    parts: [highs, lows],
    blank: Number.NaN,
    accepts: isUsableRange,
    step({ high, low, close }) {
      highs.push(high)
      lows.push(low)
      if (!highs.isFull) return Number.NaN
      const top = highest(highs)
      const range = top - lowest(lows)
      return range === 0 ? -50 : -100 * ((top - close) / range)
    },
  })
}
