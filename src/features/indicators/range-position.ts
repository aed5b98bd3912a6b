import type { Indicator } from './indicator.ts'
import { overWindow } from './over-window.ts'
import { highest, lowest } from './statistics.ts'
import { wholePeriod } from './unit.ts'

/** Place of x between the lowest (0) and the highest (1) of the last `period` inputs; 0.5 for a flat window. */
export const rangePosition = (period: number): Indicator<number> =>
  overWindow({
    name: 'rangePosition',
    period: wholePeriod('rangePosition.period', period, 2),
    of(window) {
      const bottom = lowest(window)
      const range = highest(window) - bottom
      return range === 0 ? 0.5 : (window.newest - bottom) / range
    },
  })
