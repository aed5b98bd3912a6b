import type { Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { Scalars } from './scalars.ts'
import { sum } from './statistics.ts'
import { isPositive, unit, wholePeriod } from './unit.ts'

/**
 * Root mean square of the last `period` one-step log-returns of a price, a ratio per √step: √(realised variance / period) (Andersen,
 * Bollerslev 1998; no mean is taken off).
 */
export function realisedVolatility(period: number): Indicator<number> {
  const squares = new RollingWindow(wholePeriod('realisedVolatility.period', period))
  const last = new Scalars({ price: Number.NaN })
  return unit({
    name: 'realisedVolatility',
    params: [period],
    warmUp: period + 1,
    parts: [squares, last],
    blank: Number.NaN,
    accepts: isPositive,
    step(price) {
      const before = last.now.price
      last.now.price = price
      if (Number.isNaN(before)) return Number.NaN
      squares.push(Math.log(price / before) ** 2)
      return squares.isFull ? Math.sqrt(sum(squares) / period) : Number.NaN
    },
  })
}
