import type { Indicator } from './indicator.ts'
import { overWindow } from './over-window.ts'
import { wholePeriod } from './unit.ts'

/** Rate of change, percent: 100 × (x / x[period ago] − 1). TA-Lib `ROC`; 0 where x[period ago] is 0, as there. */
export const roc = (period: number): Indicator<number> =>
  overWindow({
    name: 'roc',
    period,
    size: wholePeriod('roc.period', period) + 1,
    of: ({ newest, oldest }) => (oldest === 0 ? 0 : 100 * (newest / oldest - 1)),
  })
