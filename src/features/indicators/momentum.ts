import type { Indicator } from './indicator.ts'
import { overWindow } from './over-window.ts'
import { wholePeriod } from './unit.ts'

/** x − x[period ago], in the unit of the input. TA-Lib `MOM`. */
export const momentum = (period: number): Indicator<number> =>
  overWindow({
    name: 'momentum',
    period,
    size: wholePeriod('momentum.period', period) + 1,
    of: (window) => window.newest - window.oldest,
  })
