import type { Candle, Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { mean } from './statistics.ts'
import { isUsableRange, unit, wholePeriod } from './unit.ts'

/**
 * Commodity channel index (Lambert 1980), a ratio, mostly within ±100: (p − mean) / (0.015 × mean |p − mean|) of the typical price
 * p = (high + low + close) / 3. TA-Lib `CCI`; 0 for a flat window, as there.
 */
export function cci(period: number): Indicator<Candle> {
  const window = new RollingWindow(wholePeriod('cci.period', period, 2))
  return unit({
    name: 'cci',
    params: [period],
    warmUp: period,
    parts: [window],
    blank: Number.NaN,
    accepts: isUsableRange,
    step({ high, low, close }) {
      window.push((high + low + close) / 3)
      if (!window.isFull) return Number.NaN
      const middle = mean(window)
      let deviations = 0
      for (let at = 0; at < period; at += 1) deviations += Math.abs(window.at(at) - middle)
      return deviations === 0 ? 0 : (window.newest - middle) / ((0.015 * deviations) / period)
    },
  })
}
