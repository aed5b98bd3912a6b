import type { Indicator } from './indicator.ts'
import { overWindow } from './over-window.ts'
import { wholePeriod } from './unit.ts'

/** Moving average with weights 1 (oldest) to `period` (newest), in the unit of the input. TA-Lib `WMA`. */
export function wma(period: number): Indicator<number> {
  wholePeriod('wma.period', period)
  const weights = (period * (period + 1)) / 2
  return overWindow({
    name: 'wma',
    period,
    of(window) {
      let total = 0
      for (let at = 0; at < period; at += 1) total += (at + 1) * window.at(at)
      return total / weights
    },
  })
}
