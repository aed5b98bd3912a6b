import { CompensatedSum } from './compensated-sum.ts'
import type { Candle, Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { Scalars } from './scalars.ts'
import { sum } from './statistics.ts'
import { isUsable, unit, wholePeriod } from './unit.ts'

const accepts = ({ close, volume }: Candle): boolean => isUsable(close) && isUsable(volume)

/**
 * On-balance volume (Granville 1963), in the unit of volume: + volume where the close rose, − where it fell. TA-Lib `OBV`: begins with
 * the first bar's volume. Its level depends on where it began, so no model should see it: `obvRatio` does not.
 */
export function obv(): Indicator<Candle> {
  const total = new CompensatedSum()
  const last = new Scalars({ close: Number.NaN })
  return unit({
    name: 'obv',
    params: [],
    warmUp: 1,
    parts: [total, last],
    blank: Number.NaN,
    accepts,
    step({ close, volume }) {
      const before = last.now.close
      last.now.close = close
      return total.add(Number.isNaN(before) ? volume : Math.sign(close - before) * volume)
    },
  })
}

/** Change of OBV over the last `period` bars over their volume, −1 … 1; 0 without volume. The same wherever the series began. */
export function obvRatio(period: number): Indicator<Candle> {
  const signed = new RollingWindow(wholePeriod('obvRatio.period', period))
  const volumes = new RollingWindow(period)
  const last = new Scalars({ close: Number.NaN })
  return unit({
    name: 'obv ratio',
    params: [period],
    warmUp: period + 1,
    parts: [signed, volumes, last],
    blank: Number.NaN,
    accepts,
    step({ close, volume }) {
      const before = last.now.close
      last.now.close = close
      if (Number.isNaN(before)) return Number.NaN
      signed.push(Math.sign(close - before) * volume)
      volumes.push(volume)
      if (!signed.isFull) return Number.NaN
      const all = sum(volumes)
      return all === 0 ? 0 : sum(signed) / all
    },
  })
}
