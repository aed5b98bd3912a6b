import type { Bar } from '../market/bar.ts'
import { minutesToFunding } from './calendar/funding-time.ts'
import type { FeatureDefinition } from './feature-definition.ts'
import type { FeatureFamily } from './feature-family.ts'
import { instant, ringed } from './feature-units.ts'
import { balance } from './flow-features.ts'

type Figure = Pick<FeatureDefinition, 'name' | 'unit' | 'formula' | 'source'> & {
  readonly of: (bar: Bar, mid: number) => number
}

const figure = (about: string, { of, ...described }: Figure): FeatureFamily => {
  const definition: FeatureDefinition = {
    ...described,
    params: {},
    lookBack: 1,
    create: () => instant(({ bar, mid }) => of(bar, mid)),
  }
  const { name } = described
  return { name, about, needs: 'mark price', required: [], optional: [], define: () => [definition] }
}

const openInterestChange = (period: number): FeatureDefinition => ({
  name: `open_interest_${period}`,
  unit: 'bps',
  formula: '1e4 * ln(openInterest / openInterest[period ago])',
  source: 'open interest as the venue streams it',
  params: { period },
  lookBack: period + 1,
  create: () =>
    ringed([period + 1], ([values], { bar }) => {
      values!.push(bar.openInterest)
      return 1e4 * Math.log(values!.at(0) / values!.at(period))
    }),
})

const liquidationImbalance = (period: number): FeatureDefinition => ({
  name: `liquidation_imbalance_${period}`,
  unit: 'ratio',
  formula: '(buy - sell) / (buy + sell) of sum(liquidated volume); 0 without liquidations',
  source: 'forced orders by side; a forced sell closes a long',
  params: { period },
  lookBack: period,
  create: () =>
    ringed([period, period], ([buys, sells], { bar }) => {
      buys!.push(bar.liquidationBuyVolume)
      sells!.push(bar.liquidationSellVolume)
      return balance(buys!.sum(), sells!.sum())
    }),
})

/** What only futures have. A figure that the venue has not told yet makes the row not ready. */
export const VENUE_FAMILIES: readonly FeatureFamily[] = [
  figure('funding rate of the interval under way', {
    name: 'funding_rate',
    unit: 'bps',
    formula: '1e4 * fundingRate',
    source: 'funding rate as the venue streams it, per interval',
    of: ({ fundingRate }) => 1e4 * fundingRate,
  }),
  figure('time to the next funding', {
    name: 'minutes_to_funding',
    unit: 'minutes',
    formula: '(nextFundingAt - endAt) / 60000; 0 when it is due',
    source: 'next funding time as the venue streams it',
    of: ({ nextFundingAt, endAt }) => minutesToFunding(endAt, nextFundingAt),
  }),
  figure('mark price against the index', {
    name: 'basis',
    unit: 'bps',
    formula: '1e4 * (markPrice / indexPrice - 1)',
    source: 'mark and index price as the venue streams them',
    of: ({ markPrice, indexPrice }) => 1e4 * (markPrice / indexPrice - 1),
  }),
  figure('mid against the index', {
    name: 'premium',
    unit: 'bps',
    formula: '1e4 * (mid / indexPrice - 1)',
    source: 'index price as the venue streams it',
    of: ({ indexPrice }, mid) => 1e4 * (mid / indexPrice - 1),
  }),
  {
    name: 'open_interest',
    about: 'change of the open interest',
    needs: 'open interest',
    required: ['periods'],
    optional: [],
    define: ({ periods }) => periods!.map(openInterestChange),
  },
  {
    name: 'liquidation_imbalance',
    about: 'liquidated volume, bought less sold over both',
    needs: 'liquidations',
    required: ['periods'],
    optional: [],
    define: ({ periods }) => periods!.map(liquidationImbalance),
  },
]
