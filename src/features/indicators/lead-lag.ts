import { InputError } from '../../core/errors.ts'
import type { Indicator, Pair } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { pearson } from './statistics.ts'
import { isUsablePair, PERIOD_MAX, unit, wholePeriod } from './unit.ts'

/**
 * Pearson's correlation over `period` steps of two series (log-returns, say), one of them `lag` steps earlier, −1 … 1. `lag` > 0: own
 * now with the other then (the other leads); < 0: the other now with own then; 0: TA-Lib `CORREL`. 0 where one side is flat.
 */
export function leadLag(period: number, lag: number): Indicator<Pair> {
  if (!(Number.isSafeInteger(lag) && Math.abs(lag) <= PERIOD_MAX)) {
    const rule = `a whole number from ${-PERIOD_MAX} to ${PERIOD_MAX}`
    throw new InputError(`leadLag.lag was ${lag}; it must be ${rule}`, { name: 'leadLag.lag', value: lag })
  }
  const late = new RollingWindow(wholePeriod('leadLag.period', period, 2))
  const early = new RollingWindow(period)
  const delay = new RollingWindow(Math.abs(lag) + 1)
  return unit({
    name: 'leadLag',
    params: [period, lag + 0],
    warmUp: period + Math.abs(lag),
    parts: [late, early, delay],
    blank: Number.NaN,
    accepts: isUsablePair,
    step({ own, other }) {
      delay.push(lag < 0 ? own : other)
      if (!delay.isFull) return Number.NaN
      late.push(lag < 0 ? other : own)
      early.push(delay.oldest)
      return late.isFull ? pearson(late, early) : Number.NaN
    },
  })
}
