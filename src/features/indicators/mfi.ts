import type { Candle, Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { Scalars } from './scalars.ts'
import { isUsable, isUsableRange, unit, wholePeriod } from './unit.ts'

/**
 * Money flow index, 0 … 100: 100 × flow of rising bars / flow of all, where flow is typical price × volume and a bar rises when its
 * typical price does (Quong, Soudack 1989). TA-Lib `MFI`, but a window without flow gives 50 (TA-Lib gives 0, and does so for any flow
 * below 1, whatever the unit).
 */
export function mfi(period: number): Indicator<Candle> {
  /** Signed flows. */
  const flows = new RollingWindow(wholePeriod('mfi.period', period))
  const last = new Scalars({ price: Number.NaN })
  return unit({
    name: 'mfi',
    params: [period],
    warmUp: period + 1,
    parts: [flows, last],
    blank: Number.NaN,
    accepts: (candle) => isUsableRange(candle) && isUsable(candle.volume),
    step({ high, low, close, volume }) {
      const price = (high + low + close) / 3
      const before = last.now.price
      last.now.price = price
      if (Number.isNaN(before)) return Number.NaN
      flows.push(Math.sign(price - before) * price * volume)
      if (!flows.isFull) return Number.NaN
      let [rising, falling] = [0, 0]
      for (let at = 0; at < period; at += 1) {
        const flow = flows.at(at)
        if (flow > 0) rising += flow
        else falling -= flow
      }
      return rising + falling === 0 ? 50 : 100 * (rising / (rising + falling))
    },
  })
}
