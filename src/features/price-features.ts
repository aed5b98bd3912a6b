import type { FeatureDefinition, FeatureUnit } from './feature-definition.ts'
import { ofMids } from './feature-units.ts'
import { Ring } from './ring.ts'

/** Log-return over `bars` bars that ended `ago` bars ago, basis points. */
const returnBps = (mids: Ring, bars: number, ago = 0): number => 1e4 * Math.log(mids.at(ago) / mids.at(ago + bars))

/** Log-return of the mid over the last `bars` bars. */
export const logReturn = (bars: number): FeatureDefinition => ({
  name: `return_${bars}`,
  unit: 'bps',
  formula: '1e4 * ln(mid / mid[bars ago])',
  source: 'log-return',
  params: { bars },
  lookBack: bars,
  create: () => ofMids(bars, (mids) => returnBps(mids, bars)),
})

/** Root mean square of the one-bar log-returns of the last `bars` bars. */
export const realisedVolatility = (bars: number): FeatureDefinition => ({
  name: `volatility_${bars}`,
  unit: 'bps',
  formula: 'sqrt(mean(return_1 ^ 2))',
  source: 'Andersen, Bollerslev, Diebold, Labys, Econometrica 71(2), 2003',
  params: { bars },
  lookBack: bars,
  create: () => volatilityUnit(bars),
})

/** Each return is computed once; its square is then looked at by `bars` steps. */
function volatilityUnit(bars: number): FeatureUnit {
  const mids = new Ring(bars + 1)
  const squares = new Ring(bars)
  const start = (mid: number): void => {
    mids.clear()
    squares.clear()
    if (Number.isFinite(mid)) mids.push(mid)
  }
  return {
    step({ mid }) {
      mids.push(mid)
      if (mids.length > 1) squares.push(returnBps(mids, 1) ** 2)
      return squares.isFull ? Math.sqrt(squares.sumNewestFirst() / bars) : Number.NaN
    },
    reset: start,
    save: () => mids.save(),
    restore(state) {
      mids.restore(state)
      squares.clear()
      for (let ago = mids.length - 2; ago >= 0; ago -= 1) squares.push(returnBps(mids, 1, ago) ** 2)
    },
  }
}
