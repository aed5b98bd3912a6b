import { InputError } from '../../core/errors.ts'
import type { Indicator } from './indicator.ts'
import { RollingWindow } from './rolling-window.ts'
import { mean, standardDeviation } from './statistics.ts'
import { isUsable, unit, wholePeriod } from './unit.ts'

export interface BollingerBands {
  /** In the unit of the input: mean ± `deviations` × standard deviation of the window. */
  readonly upper: number
  readonly middle: number
  readonly lower: number
  /** %B: 0 at the lower band, 1 at the upper. 0.5 for a flat window. */
  readonly percentB: number
  /** (upper − lower) / middle, a ratio; 0 for a flat window. Not defined (NaN) where the middle is 0 and the window is not flat. */
  readonly width: number
}

const BLANK: BollingerBands = {
  upper: Number.NaN,
  middle: Number.NaN,
  lower: Number.NaN,
  percentB: Number.NaN,
  width: Number.NaN,
}
const DEVIATIONS_MAX = 100

/** Bollinger 2001, population deviation. TA-Lib `BBANDS` for the bands; %B and width are arithmetic on them. */
export function bollingerBands(period = 20, deviations = 2): Indicator<number, BollingerBands> {
  if (!(deviations > 0 && deviations <= DEVIATIONS_MAX)) {
    const name = 'bollingerBands.deviations'
    throw new InputError(`${name} was ${deviations}; it must be above 0, at most ${DEVIATIONS_MAX}`, {
      name,
      value: deviations,
    })
  }
  const window = new RollingWindow(wholePeriod('bollingerBands.period', period, 2))
  return unit({
    name: 'bollinger bands',
    params: [period, deviations],
    warmUp: period,
    parts: [window],
    blank: BLANK,
    accepts: isUsable,
    step(x) {
      window.push(x)
      if (!window.isFull) return BLANK
      const middle = mean(window)
      const reach = deviations * standardDeviation(window, middle)
      const [upper, lower] = [middle + reach, middle - reach]
      if (reach === 0) return { upper, middle, lower, percentB: 0.5, width: 0 }
      const width = middle === 0 ? Number.NaN : (2 * reach) / middle
      return { upper, middle, lower, percentB: 0.5 + (x - middle) / (2 * reach), width }
    },
  })
}
