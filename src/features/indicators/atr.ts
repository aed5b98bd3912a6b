import type { Candle, Indicator } from './indicator.ts'
import { Scalars } from './scalars.ts'
import { SmoothedMean } from './smoothed-mean.ts'
import { trueRange } from './true-range.ts'
import { isUsableRange, unit, wholePeriod } from './unit.ts'

/** Average true range by Wilder's mean (Wilder 1978), quote currency. TA-Lib `ATR`: the first bar has no true range. */
export const atr = (period: number): Indicator<Candle> => averageTrueRange('atr', period, (range) => range)

/** 100 × ATR / close, percent. TA-Lib `NATR`. A close of 0 gives 0. */
export const natr = (period: number): Indicator<Candle> =>
  averageTrueRange('natr', period, (range, close) => (close === 0 ? 0 : (range / close) * 100))

function averageTrueRange(
  name: string,
  period: number,
  of: (range: number, close: number) => number,
): Indicator<Candle> {
  const smoothed = SmoothedMean.wilder(wholePeriod(`${name}.period`, period))
  const last = new Scalars({ close: Number.NaN })
  return unit({
    name,
    params: [period],
    warmUp: period + 1,
    parts: [smoothed, last],
    blank: Number.NaN,
    accepts: isUsableRange,
    step(candle) {
      const closeBefore = last.now.close
      last.now.close = candle.close
      if (Number.isNaN(closeBefore)) return Number.NaN
      const range = smoothed.push(trueRange(candle, closeBefore))
      return Number.isNaN(range) ? range : of(range, candle.close)
    },
  })
}
