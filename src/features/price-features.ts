import type { FeatureDefinition } from './feature-definition.ts'

/** Log-return of the mid over the last `bars` bars. */
export const logReturn = (bars: number): FeatureDefinition => ({
  name: `return_${bars}`,
  unit: 'bps',
  formula: '1e4 * ln(mid / mid[bars ago])',
  params: { bars },
  lookBack: bars,
  of: ({ returnBps }) => returnBps(bars),
})

/** Root mean square of the one-bar log-returns of the last `bars` bars. */
export const realisedVolatility = (bars: number): FeatureDefinition => ({
  name: `volatility_${bars}`,
  unit: 'bps',
  formula: 'sqrt(mean(return_1 ^ 2))',
  params: { bars },
  lookBack: bars,
  of: ({ returnBps }) => {
    let squares = 0
    for (let ago = 0; ago < bars; ago += 1) squares += returnBps(1, ago) ** 2
    return Math.sqrt(squares / bars)
  },
})
