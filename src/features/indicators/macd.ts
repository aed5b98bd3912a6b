import { InputError } from '../../core/errors.ts'
import { Counter } from './counter.ts'
import type { Indicator } from './indicator.ts'
import { SmoothedMean } from './smoothed-mean.ts'
import { isUsable, unit, wholePeriod } from './unit.ts'

/** In the unit of the input. */
export interface Macd {
  /** EMA(fast) − EMA(slow). */
  readonly line: number
  /** EMA of the line. */
  readonly signal: number
  /** line − signal. */
  readonly histogram: number
}

const BLANK: Macd = { line: Number.NaN, signal: Number.NaN, histogram: Number.NaN }

/**
 * Moving average convergence divergence (Appel). TA-Lib `MACD`: the fast average is begun by the mean of the `fast` inputs before the
 * slow one's first value, not by the first inputs of all. Throws `InputError` unless fast < slow.
 */
export function macd(fast = 12, slow = 26, signal = 9): Indicator<number, Macd> {
  wholePeriod('macd.slow', slow, 2)
  wholePeriod('macd.signal', signal)
  if (wholePeriod('macd.fast', fast) >= slow) {
    throw new InputError(`macd.fast was ${fast}; it must be below macd.slow (${slow})`, {
      name: 'macd.fast',
      value: fast,
    })
  }
  const means = [fast, slow, signal].map((period) => SmoothedMean.exponential(period))
  const [fastMean, slowMean, signalMean] = means as [SmoothedMean, SmoothedMean, SmoothedMean]
  const skipped = new Counter(slow - fast)
  return unit({
    name: 'macd',
    params: [fast, slow, signal],
    warmUp: slow + signal - 1,
    parts: [...means, skipped],
    blank: BLANK,
    accepts: isUsable,
    step(x) {
      const slowNow = slowMean.push(x)
      if (!skipped.isDone) {
        skipped.step()
        return BLANK
      }
      const line = fastMean.push(x) - slowNow
      if (Number.isNaN(line)) return BLANK
      const signalNow = signalMean.push(line)
      return Number.isNaN(signalNow) ? BLANK : { line, signal: signalNow, histogram: line - signalNow }
    },
  })
}
