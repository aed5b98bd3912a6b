import type { FeatureDefinition, FeatureInput, FeatureUnit } from './feature-definition.ts'
import type { FeatureFamily } from './feature-family.ts'
import { indicatorUnit } from './indicator-unit.ts'
import { beta } from './indicators/beta.ts'
import type { Indicator, Pair } from './indicators/indicator.ts'
import { leadLag } from './indicators/lead-lag.ts'
import { relativeStrength } from './indicators/relative-strength.ts'

const mids = ({ mid, peer }: FeatureInput): Pair => ({ own: mid, other: peer?.mid ?? Number.NaN })

const strength = (period: number): FeatureDefinition => ({
  name: `relative_strength_${period}`,
  unit: 'bps',
  formula: '1e4 * ln((mid / mid[period ago]) / (peer / peer[period ago]))',
  source: 'difference of log-returns',
  params: { period },
  lookBack: period,
  isCross: true,
  create: () =>
    indicatorUnit(
      () => relativeStrength(period),
      mids,
      (value) => 1e4 * value,
    ),
})

/** An indicator over one-bar log-returns of both mids. */
class ReturnsUnit implements FeatureUnit {
  readonly #make: () => Indicator<Pair>
  #indicator: Indicator<Pair>
  #before: Pair = { own: Number.NaN, other: Number.NaN }

  constructor(make: () => Indicator<Pair>) {
    this.#make = make
    this.#indicator = make()
  }

  step(input: FeatureInput): number {
    const now = mids(input)
    const before = this.#before
    this.#before = now
    if (Number.isNaN(before.own)) return Number.NaN
    return this.#indicator.step({ own: Math.log(now.own / before.own), other: Math.log(now.other / before.other) })
  }

  reset(): void {
    this.#before = { own: Number.NaN, other: Number.NaN }
    this.#indicator = this.#make()
  }

  save(): readonly number[] {
    return [this.#before.own, this.#before.other, ...this.#indicator.save()]
  }

  restore([own, other, ...rest]: readonly number[]): void {
    this.#indicator.restore(rest)
    this.#before = { own: own!, other: other! }
  }
}

const ofReturns = (
  described: Pick<FeatureDefinition, 'name' | 'formula' | 'source' | 'params'>,
  make: () => Indicator<Pair>,
): FeatureDefinition => ({
  ...described,
  unit: 'ratio',
  lookBack: make().warmUp,
  isCross: true,
  create: () => new ReturnsUnit(make),
})

const leads = (period: number, lag: number): FeatureDefinition =>
  ofReturns(
    {
      name: `lead_lag_${period}_${lag}`,
      formula: 'correlation(return_1, return_1 of the peer[lag ago]); 0 where one side is flat',
      source: 'cross-correlation, after Lo, MacKinlay, Review of Financial Studies 3(2), 1990',
      params: { period, lag },
    },
    () => leadLag(period, lag),
  )

const slope = (period: number): FeatureDefinition =>
  ofReturns(
    {
      name: `beta_${period}`,
      formula: 'covariance(return_1, return_1 of the peer) / variance of the peer; 0 where it is flat',
      source: 'market model',
      params: { period },
    },
    () => beta(period),
  )

const cross = (
  name: string,
  about: string,
  define: FeatureFamily['define'],
  more: Pick<FeatureFamily, 'optional'> & { readonly periodMin?: number } = { optional: [] },
): FeatureFamily => ({ name, about, needs: 'a peer', required: ['periods'], ...more, define })

/** The instrument against each of its peers. */
export const CROSS_FAMILIES: readonly FeatureFamily[] = [
  cross('relative_strength', 'log-return less that of the peer', ({ periods }) => periods!.map(strength)),
  cross(
    'lead_lag',
    'correlation of returns with those of the peer some bars (key lags, [1]) before',
    ({ periods, lags = [1] }) => periods!.flatMap((period) => lags.map((lag) => leads(period, lag))),
    { optional: ['lags'], periodMin: 2 },
  ),
  cross('beta', 'slope of returns on those of the peer', ({ periods }) => periods!.map(slope), {
    optional: [],
    periodMin: 2,
  }),
]
