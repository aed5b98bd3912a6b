import { seededRandom } from '../../src/core/random.ts'
import { FEATURE_FAMILIES } from '../../src/features/feature-families.ts'
import type { FeatureFamily } from '../../src/features/feature-family.ts'
import type { FeatureSettings, IndicatorSettings, MissingSettings } from '../../src/features/feature-settings.ts'
import { type Bar, BOOK_LEVELS } from '../../src/market/bar.ts'
import { SIGNATURE_LENGTH } from '../../src/market/signature.ts'
import { barOf } from './bars.ts'

export const BTC = 'BTC/USDT:USDT'
export const ETH = 'ETH/USDT:USDT'

const SHORT: Partial<Omit<IndicatorSettings, 'name'>> = {
  halfLivesMs: [200],
  levels: 7,
  level: 2,
  fast: 2,
  bucketQuote: 500,
  lags: [1, 2],
}

/** The shortest entry that shows everything of a family. */
function entryOf({ name, required, optional, periodMin = 1, needs }: FeatureFamily): IndicatorSettings {
  const keys = [...required, ...optional]
  const periods = name === 'har' ? [1, 2, 4] : [Math.max(periodMin, 3)]
  return {
    name,
    ...Object.fromEntries(keys.flatMap((key) => (key in SHORT ? [[key, SHORT[key as keyof typeof SHORT]]] : []))),
    ...(keys.includes('periods') && { periods }),
    ...(needs === 'a peer' && { peers: [ETH] }),
  }
}

/** Every family on the bar and on a higher timeframe, own and of a peer, with all that stands beside the indicators. */
export const fullSettings = (missing: MissingSettings = { rule: 'reset' }): FeatureSettings => ({
  barMs: 1_000,
  flowPeriods: [2],
  returnPeriods: [1, 2],
  volatilityPeriods: [2],
  volumePeriod: 2,
  timeframes: ['1s', '3s'],
  peers: [ETH],
  indicators: FEATURE_FAMILIES.map(entryOf),
  calendar: { dayOfWeek: true, dayOfMonth: true, month: true, sessions: ['asia', 'america'] },
  externals: [
    { series: 'fear', staleMsMax: 5_000, transform: 'level' },
    { series: 'fear', staleMsMax: 5_000, transform: 'change', missingValue: 0 },
    { series: 'news', staleMsMax: 60_000, transform: 'log' },
  ],
  missing: { ...missing, mask: true },
})

/** Bars of one instrument that ends at 1, 2, … seconds; every figure moves. */
export function movingBars(symbol: string, seed: number, count: number): readonly Bar[] {
  const random = seededRandom(seed)
  const size = (): number => 1 + Math.floor(20 * random())
  const levels = (of: (level: number) => number) => Array.from({ length: BOOK_LEVELS }, (_, level) => of(level))
  let mid = 1_000
  let close = 100
  return Array.from({ length: count }, (_, at) => {
    mid += Math.floor(7 * random()) - 3
    const open = close
    close = (mid + Math.floor(3 * random()) - 1) / 10
    const [buyVolume, sellVolume] = [size(), size()]
    return barOf(at + 1, {
      symbol,
      open,
      close,
      high: Math.max(open, close) + random(),
      low: Math.min(open, close) - random(),
      buyVolume,
      sellVolume,
      quoteVolume: close * (buyVolume + sellVolume),
      liquidationBuyVolume: Math.floor(3 * random()),
      liquidationSellVolume: Math.floor(3 * random()),
      ofi: levels(() => Math.floor(21 * random()) - 10),
      bidDepths: levels(size),
      askDepths: levels(size),
      bidTicks: mid,
      askTicks: mid + 1,
      bidPriceTicks: levels((level) => mid - level),
      askPriceTicks: levels((level) => mid + 1 + level),
      bidSizes: levels(size),
      askSizes: levels(size),
      markPrice: close * 1.001,
      fundingRate: 0.0001 * random(),
      openInterest: 5_000 + size(),
      externals: {
        fear: { value: size(), observedAt: Math.max(1, 2_000 * Math.floor(at / 2) - 1_000) },
        news: { value: size(), observedAt: at * 1_000 },
      },
      signature: Float64Array.from({ length: SIGNATURE_LENGTH }, () => random() - 0.5),
    })
  })
}
