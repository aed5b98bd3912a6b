import { Counter } from './counter.ts'
import type { Candle, Indicator } from './indicator.ts'
import { Scalars } from './scalars.ts'
import { trueRange } from './true-range.ts'
import { isUsableRange, unit, wholePeriod } from './unit.ts'

/** All 0 … 100. */
export interface Adx {
  /** Wilder's mean of 100 × |+DI − −DI| / (+DI + −DI). */
  readonly adx: number
  readonly plusDi: number
  readonly minusDi: number
}

const BLANK: Adx = { adx: Number.NaN, plusDi: Number.NaN, minusDi: Number.NaN }

/**
 * Average directional index with both directional indicators (Wilder 1978). TA-Lib `ADX`, `PLUS_DI`, `MINUS_DI`: sums begin with
 * period − 1 bars, then s ← s − s / period + x. Where nothing moved, the indicators are 0 and the ADX stays (as TA-Lib; it starts as 0
 * on a series flat from the start). The three fields begin together; TA-Lib's indicators begin period − 1 bars earlier.
 */
export function adx(period: number): Indicator<Candle, Adx> {
  wholePeriod('adx.period', period, 2)
  const last = new Scalars({ high: Number.NaN, low: Number.NaN, close: Number.NaN })
  /** Bars with a bar before them. */
  const moves = new Counter(2 * period - 1)
  /** `dx`: sum of the first `period`, then the mean. */
  const sums = new Scalars({ plus: 0, minus: 0, range: 0, dx: 0 })
  const keep = 1 - 1 / period
  return unit({
    name: 'adx',
    params: [period],
    warmUp: 2 * period,
    parts: [last, moves, sums],
    blank: BLANK,
    accepts: isUsableRange,
    step(candle) {
      const { high, low, close } = last.now
      last.now.high = candle.high
      last.now.low = candle.low
      last.now.close = candle.close
      if (Number.isNaN(close)) return BLANK
      const [up, down] = [candle.high - high, low - candle.low]
      const { now } = sums
      const isSeeded = moves.value >= period - 1
      const kept = isSeeded ? keep : 1
      now.plus = kept * now.plus + (up > 0 && up > down ? up : 0)
      now.minus = kept * now.minus + (down > 0 && down > up ? down : 0)
      now.range = kept * now.range + trueRange(candle, close)
      const isWarm = moves.isDone
      moves.step()
      if (!isSeeded) return BLANK
      const plusDi = now.range === 0 ? 0 : 100 * (now.plus / now.range)
      const minusDi = now.range === 0 ? 0 : 100 * (now.minus / now.range)
      const both = plusDi + minusDi
      const dx = both === 0 ? 0 : (100 * Math.abs(plusDi - minusDi)) / both
      if (isWarm) {
        if (both !== 0) now.dx += (dx - now.dx) / period
        return { adx: now.dx, plusDi, minusDi }
      }
      now.dx += dx
      if (!moves.isDone) return BLANK
      now.dx /= period
      return { adx: now.dx, plusDi, minusDi }
    },
  })
}
