import type { Indicator } from './indicator.ts'
import { overWindow } from './over-window.ts'
import { highest, lowest } from './statistics.ts'
import { wholePeriod } from './unit.ts'

/** Lowest of the last `period` inputs, in their unit. TA-Lib `MIN`. */
export const rollingMin = (period: number): Indicator<number> =>
  overWindow({ name: 'rollingMin', period: wholePeriod('rollingMin.period', period), of: lowest })

/** Highest of the last `period` inputs, in their unit. TA-Lib `MAX`. */
export const rollingMax = (period: number): Indicator<number> =>
  overWindow({ name: 'rollingMax', period: wholePeriod('rollingMax.period', period), of: highest })
