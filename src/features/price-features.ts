import type { FeatureDefinition } from './feature-definition.ts'
import { ofMids } from './feature-units.ts'
import type { Ring } from './ring.ts'

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
  create: () =>
    ofMids(bars, (mids) => {
      let squares = 0
      for (let ago = 0; ago < bars; ago += 1) squares += returnBps(mids, 1, ago) ** 2
      return Math.sqrt(squares / bars)
    }),
})
