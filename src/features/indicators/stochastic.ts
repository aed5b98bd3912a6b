import type { Candle, Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { highest, lowest, mean } from './statistics.ts'
import { isUsableRange, unit, wholePeriod } from './unit.ts'

/** All 0 … 100. */
export interface Stochastic {
  /** Place of the close between the lowest low and the highest high of the window. */
  readonly fastK: number
  /** Mean of fast %K over `dPeriod`. */
  readonly fastD: number
  /** Mean of fast %K over `slowing`. */
  readonly slowK: number
  /** Mean of slow %K over `dPeriod`. */
  readonly slowD: number
}

const BLANK: Stochastic = { fastK: Number.NaN, fastD: Number.NaN, slowK: Number.NaN, slowD: Number.NaN }

/**
 * Stochastic oscillator (Lane). TA-Lib `STOCHF` (fast) and `STOCH` (slow) with simple means, but %K is 50 where the window has no range
 * (TA-Lib: 0). All four fields begin together.
 */
export function stochastic(period = 14, slowing = 3, dPeriod = 3): Indicator<Candle, Stochastic> {
  const highs = new RollingWindow(wholePeriod('stochastic.period', period))
  const lows = new RollingWindow(period)
  const slowKs = new RollingWindow(wholePeriod('stochastic.slowing', slowing))
  const fastDs = new RollingWindow(wholePeriod('stochastic.dPeriod', dPeriod))
  const slowDs = new RollingWindow(dPeriod)
  return unit({
    name: 'stochastic',
    params: [period, slowing, dPeriod],
    warmUp: period + slowing + dPeriod - 2,
    parts: [highs, lows, slowKs, fastDs, slowDs],
    blank: BLANK,
    accepts: isUsableRange,
    step({ high, low, close }) {
      highs.push(high)
      lows.push(low)
      if (!highs.isFull) return BLANK
      const bottom = lowest(lows)
      const range = highest(highs) - bottom
      const fastK = range === 0 ? 50 : 100 * ((close - bottom) / range)
      fastDs.push(fastK)
      slowKs.push(fastK)
      if (!slowKs.isFull) return BLANK
      const slowK = mean(slowKs)
      slowDs.push(slowK)
      return slowDs.isFull ? { fastK, fastD: mean(fastDs), slowK, slowD: mean(slowDs) } : BLANK
    },
  })
}
