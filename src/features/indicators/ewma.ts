import { InputError } from '../../core/errors.ts'
import type { Indicator } from './indicator.ts'
import { Scalars } from './scalars.ts'
import { isUsable, PERIOD_MAX, unit } from './unit.ts'

/**
 * Mean of all inputs since the start, an input `halfLife` steps old counting half of the newest: Σ 2^(−k / halfLife) x[k ago] over the
 * sum of the weights (pandas `ewm(halflife, adjust=True)`). In the unit of the input; a value from the first input on.
 */
export function ewma(halfLife: number): Indicator<number> {
  if (!(halfLife > 0 && halfLife <= PERIOD_MAX)) {
    const rule = `a number of inputs above 0, at most ${PERIOD_MAX}`
    throw new InputError(`ewma.halfLife was ${halfLife}; it must be ${rule}`, {
      name: 'ewma.halfLife',
      value: halfLife,
    })
  }
  const keep = 2 ** (-1 / halfLife)
  const sums = new Scalars({ weighted: 0, weights: 0 })
  return unit({
    name: 'ewma',
    params: [halfLife],
    warmUp: 1,
    parts: [sums],
    blank: Number.NaN,
    accepts: isUsable,
    step(x) {
      const { now } = sums
      now.weighted = keep * now.weighted + x
      now.weights = keep * now.weights + 1
      return now.weighted / now.weights
    },
  })
}
