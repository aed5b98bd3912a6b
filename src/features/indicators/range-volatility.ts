import type { Candle, Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { sum } from './statistics.ts'
import { isPositive, unit, wholePeriod } from './unit.ts'

// All of them are standard deviations of the log-price over one bar: a ratio per √bar. Scaled by √(bars per year) they are annual.
// A market without a break between bars is assumed (no overnight term), as perpetual futures have. Prices must be above 0.

export const isPriced = ({ open, high, low, close }: Candle): boolean =>
  isPositive(open) && isPositive(high) && isPositive(low) && isPositive(close)

/** √(mean over `period` bars of ln(high / low)² / (4 ln 2)): Parkinson 1980, eq. 3. */
export const parkinson = (period: number): Indicator<Candle> =>
  rangeVolatility('parkinson', period, ({ high, low }) => Math.log(high / low) ** 2 / (4 * Math.LN2))

/**
 * √(mean over `period` bars of ln(high / low)² / 2 − (2 ln 2 − 1) ln(close / open)²): the practical estimator of Garman, Klass 1980 (σ̂₅²).
 */
export const garmanKlass = (period: number): Indicator<Candle> =>
  rangeVolatility(
    'garmanKlass',
    period,
    ({ open, high, low, close }) => Math.log(high / low) ** 2 / 2 - (2 * Math.LN2 - 1) * Math.log(close / open) ** 2,
  )

/** ln(high / open) ln(high / close) + ln(low / open) ln(low / close): no bias by drift. */
export const rogersSatchellVariance = ({ open, high, low, close }: Candle): number =>
  Math.log(high / open) * Math.log(high / close) + Math.log(low / open) * Math.log(low / close)

/** √(mean over `period` bars of `rogersSatchellVariance`): Rogers, Satchell 1991. */
export const rogersSatchell = (period: number): Indicator<Candle> =>
  rangeVolatility('rogersSatchell', period, rogersSatchellVariance)

function rangeVolatility(name: string, period: number, varianceOf: (candle: Candle) => number): Indicator<Candle> {
  const window = new RollingWindow(wholePeriod(`${name}.period`, period))
  return unit({
    name,
    params: [period],
    warmUp: period,
    parts: [window],
    blank: Number.NaN,
    accepts: isPriced,
    step(candle) {
      // Below 0 only by rounding, or where open or close lie outside high and low.
      window.push(Math.max(0, varianceOf(candle)))
      return window.isFull ? Math.sqrt(sum(window) / period) : Number.NaN
    },
  })
}
