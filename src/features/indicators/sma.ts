import type { Indicator } from './indicator.ts'
import { overWindow } from './over-window.ts'
import { sum } from './statistics.ts'
import { wholePeriod } from './unit.ts'

/** Simple moving average of the last `period` inputs, in their unit. TA-Lib `SMA`. */
export const sma = (period: number): Indicator<number> =>
  overWindow({ name: 'sma', period: wholePeriod('sma.period', period), of: (window) => sum(window) / period })
