import type { FeatureDefinition } from './feature-definition.ts'
import type { FeatureFamily } from './feature-family.ts'
import { candleOf, ofIndicator } from './indicator-unit.ts'
import { type HarTerms, har } from './indicators/har.ts'
import type { Candle, Indicator } from './indicators/indicator.ts'
import { garmanKlass, parkinson, rogersSatchell } from './indicators/range-volatility.ts'
import { yangZhang } from './indicators/yang-zhang.ts'

const BPS = 1e4

interface RangeVolatility {
  readonly name: string
  readonly about: string
  readonly formula: string
  readonly source: string
  readonly periodMin?: number
}

const rangeVolatility = (
  { name, about, formula, source, ...rest }: RangeVolatility,
  make: (period: number) => Indicator<Candle>,
): FeatureFamily => ({
  ...{ name, about, ...rest },
  needs: 'trades',
  required: ['periods'],
  optional: [],
  define: ({ periods }) =>
    periods!.map((period) =>
      ofIndicator(
        { name: `${name}_${period}`, unit: 'bps', formula, source, params: { period } },
        () => make(period),
        candleOf,
        (volatility) => BPS * volatility,
      ),
    ),
})

/** Volatility of each bar by its range, then means of it over three spans. */
function harOfRanges(spans: readonly [number, number, number]): Indicator<Candle, HarTerms> {
  const bar = garmanKlass(1)
  const terms = har(spans)
  const length = bar.save().length
  return {
    warmUp: terms.warmUp,
    step: (candle) => terms.step(bar.step(candle)),
    save: () => [...bar.save(), ...terms.save()],
    restore(state) {
      bar.restore(state.slice(0, length))
      terms.restore(state.slice(length))
    },
  }
}

function harColumns(spans: readonly [number, number, number]): readonly FeatureDefinition[] {
  const fields = ['short', 'middle', 'long'] as const
  return fields.map((field, at) =>
    ofIndicator(
      {
        name: `har_${spans[at]}`,
        unit: 'bps',
        formula: '1e4 * mean over the span of the Garman-Klass volatility of one bar',
        source: 'Corsi, Journal of Financial Econometrics 7(2), 2009, eq. 8',
        params: { spans, field },
      },
      () => harOfRanges(spans),
      candleOf,
      (terms) => BPS * terms[field],
    ),
  )
}

/** Volatility per bar out of the ranges of bars. */
export const VOLATILITY_FAMILIES: readonly FeatureFamily[] = [
  rangeVolatility(
    {
      name: 'parkinson',
      about: 'volatility by the high and low',
      formula: '1e4 * sqrt(mean(ln(high / low) ^ 2) / (4 ln 2))',
      source: 'Parkinson, Journal of Business 53(1), 1980',
    },
    parkinson,
  ),
  rangeVolatility(
    {
      name: 'garman_klass',
      about: 'volatility by open, high, low and close',
      formula: '1e4 * sqrt(mean(ln(high / low) ^ 2 / 2 - (2 ln 2 - 1) * ln(close / open) ^ 2))',
      source: 'Garman, Klass, Journal of Business 53(1), 1980',
    },
    garmanKlass,
  ),
  rangeVolatility(
    {
      name: 'rogers_satchell',
      about: 'volatility by the range, not biased by drift',
      formula: '1e4 * sqrt(mean(ln(high / open) ln(high / close) + ln(low / open) ln(low / close)))',
      source: 'Rogers, Satchell, Annals of Applied Probability 1(4), 1991',
    },
    rogersSatchell,
  ),
  rangeVolatility(
    {
      name: 'yang_zhang',
      about: 'volatility by the range and the jumps between bars',
      formula: '1e4 * sqrt(var(open / close before) + k var(close / open) + (1 - k) Rogers-Satchell)',
      source: 'Yang, Zhang, Journal of Business 73(3), 2000',
      periodMin: 2,
    },
    yangZhang,
  ),
  {
    name: 'har',
    about: 'terms of the heterogeneous autoregression: mean volatility over three spans, e.g. periods [1, 12, 72]',
    needs: 'trades',
    required: ['periods'],
    optional: [],
    define: ({ periods }) => harColumns(periods as unknown as readonly [number, number, number]),
  },
]
