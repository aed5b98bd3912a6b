import type { Indicator } from './indicator.ts'
import { overWindow } from './over-window.ts'
import { isPositive, wholePeriod } from './unit.ts'

/** ln(x / x[period ago]) of a price, a ratio. */
export const logReturn = (period: number): Indicator<number> =>
  overWindow({
    name: 'logReturn',
    period,
    size: wholePeriod('logReturn.period', period) + 1,
    accepts: isPositive,
    of: ({ newest, oldest }) => Math.log(newest / oldest),
  })
