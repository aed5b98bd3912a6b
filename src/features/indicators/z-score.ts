import type { Indicator } from './indicator.ts'
import { overWindow } from './over-window.ts'
import { mean, standardDeviation } from './statistics.ts'
import { wholePeriod } from './unit.ts'

/**
 * (x − mean) / standard deviation of the last `period` inputs, a ratio within ±√(period − 1). Population deviation (TA-Lib `SMA`,
 * `STDDEV`); 0 for a flat window.
 */
export const zScore = (period: number): Indicator<number> =>
  overWindow({
    name: 'zScore',
    period: wholePeriod('zScore.period', period, 2),
    of(window) {
      const middle = mean(window)
      const deviation = standardDeviation(window, middle)
      return deviation === 0 ? 0 : (window.newest - middle) / deviation
    },
  })
