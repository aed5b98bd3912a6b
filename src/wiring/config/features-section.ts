import { z } from 'zod'
import { messageOf } from '../../core/errors.ts'
import { FEATURE_FAMILIES } from '../../features/feature-families.ts'
import { featureProblems } from '../../features/feature-problems.ts'
import { EXTERNAL_TRANSFORMS, type FeatureSettings } from '../../features/feature-settings.ts'
import { PEER_RULE } from '../../features/peers.ts'
import { barSpec, type EventBarSpec } from '../../market/bar-spec.ts'

const periods = z
  .array(z.int().min(1).max(1_000))
  .max(20)
  .refine((bars) => new Set(bars).size === bars.length, 'each period once')

const timeframes = z.array(z.string()).max(16)
const peers = z.array(z.string()).max(64)

/** Which keys a family knows, and their ranges, is checked by `featureProblems`. */
const indicatorSchema = z.strictObject({
  name: z
    .enum(FEATURE_FAMILIES.map(({ name }) => name))
    .describe('family of features, as `tickwright features list` shows them'),
  periods: z.array(z.number()).optional().describe('spans, bars of the timeframe; one column each'),
  halfLivesMs: z.array(z.number()).optional().describe('half-lives of a fading sum, milliseconds; one column each'),
  timeframes: timeframes.optional().describe('for these timeframes in place of features.timeframes, e.g. 1m'),
  peers: peers.optional().describe('for these other instruments in place of features.peers, ccxt form'),
  levels: z.number().optional().describe('book levels, 1 to 10, count'),
  weights: z
    .array(z.number())
    .optional()
    .describe('weight of each level, best first, as a fit gave them; leave out: equal ones'),
  level: z.number().optional().describe('truncation level of the path signature, 1 to 3'),
  fast: z.number().optional().describe('span of the fast average of macd, bars; leave out: 12'),
  signal: z.number().optional().describe('span of the signal line of macd, bars; leave out: 9'),
  smoothing: z.number().optional().describe('span of the averages that smooth stochastic, bars; leave out: 3'),
  deviations: z.number().optional().describe('half width of bollinger, standard deviations; leave out: 2'),
  lags: z.array(z.number()).optional().describe('how far the peer is ahead in lead_lag, bars; leave out: [1]'),
  bucketQuote: z.number().optional().describe('volume of one bucket of vpin, quote currency'),
})

const calendarSchema = z.strictObject({
  dayOfWeek: z.boolean().optional().describe('place in the week, as sine and cosine'),
  dayOfMonth: z.boolean().optional().describe('place in the month, as sine and cosine'),
  month: z.boolean().optional().describe('place in the year, as sine and cosine'),
  sessions: z
    .array(z.enum(['asia', 'europe', 'america']))
    .optional()
    .describe('1 within the usual trading hours of asia, europe, america (UTC), else 0'),
  holidays: z
    .array(z.string())
    .optional()
    .describe('countries by two letters, e.g. US: whether the day is a public holiday there, and days to the next'),
})

const externalSchema = z.strictObject({
  series: z.string().describe('name of the series, as the values that come in carry it'),
  staleMsMax: z.number().describe("age of the source's time stamp past which the value is missing, milliseconds"),
  transform: z.enum(EXTERNAL_TRANSFORMS).describe('level, log (natural), or change (less the observation before it)'),
  missingValue: z
    .number()
    .optional()
    .describe('stands for a missing value; leave out: a row without the value is not shown to the model'),
})

const mask = z.boolean().optional().describe('columns that are 1 where a bar or an external value is missing, else 0')

const missingSchema = z.discriminatedUnion('rule', [
  z.strictObject({
    rule: z
      .literal('reset')
      .describe('reset: a tainted or missing bar ends the run; carry: the last price stands for it, without flow'),
    mask,
  }),
  z.strictObject({
    rule: z
      .literal('carry')
      .describe('reset: a tainted or missing bar ends the run; carry: the last price stands for it, without flow'),
    barsMax: z.number().describe('bars in a row that carry may replace; one more ends the run'),
    mask,
  }),
])

const eventBarsSchema = z.string().transform((text, context): EventBarSpec => {
  try {
    const spec = barSpec(text)
    if (spec.kind !== 'time') return spec
    context.addIssue({ code: 'custom', input: text, message: 'bars by the clock are those of barMs: leave it out' })
  } catch (error) {
    context.addIssue({ code: 'custom', input: text, message: messageOf(error) })
  }
  return z.NEVER
})

/** `barMs` is a key of its own: bars are not the features' alone. */
export const featuresSchema = z.strictObject({
  eventBars: eventBarsSchema
    .optional()
    .describe(
      'bars that trades close, e.g. tick:100, volume:50:max=10m; barMs is then how long one is expected to last',
    ),
  barsFrom: z
    .literal('candles')
    .optional()
    .describe('candles: columns of prices and volume alone, none of book or order flow; leave out: all'),
  flowPeriods: periods
    .refine((bars) => !bars.includes(1), '1 is always among them: leave it out')
    .describe('spans over which order flow is summed, beside one bar, bars'),
  returnPeriods: periods.min(1).describe('spans of the log-returns, bars'),
  volatilityPeriods: periods.min(1).describe('spans of the realised volatilities, bars'),
  volumePeriod: z.int().min(1).max(1_000).describe('span of the mean volume, bars'),
  timeframes: timeframes
    .optional()
    .describe('timeframes of the indicators that name none, e.g. [1s, 1m]; leave out: the bar itself'),
  peers: peers
    .optional()
    .describe('other instruments that the indicators look at too, each among symbols; leave out: none'),
  indicators: z
    .array(indicatorSchema)
    .max(200)
    .optional()
    .describe('more features: each entry stands for its periods x timeframes x instruments'),
  calendar: calendarSchema.optional().describe('of the close, UTC'),
  externals: z.array(externalSchema).max(64).optional().describe('values from outside the exchange'),
  missing: missingSchema.optional().describe('what stands for tainted and missing bars; leave out: reset'),
}) satisfies z.ZodType<Omit<FeatureSettings, 'barMs'>>

interface Described {
  readonly barMs: number
  readonly symbols: readonly string[]
  readonly features: Omit<FeatureSettings, 'barMs'>
}

/** For every schema that has the section: what it asks for fits the bar and the symbols. */
export function featuresAgree({ value, issues }: z.core.ParsePayload<Described>): void {
  const { barMs, symbols, features } = value
  const refuse = (path: readonly (string | number)[], input: unknown, message: string) =>
    issues.push({ code: 'custom', path: ['features', ...path], input, message })
  for (const { path, value: was, rule } of featureProblems({ ...features, barMs })) refuse(path, was, rule)
  const named = [
    ...(features.peers ?? []).map((peer, at) => ({ peer, path: ['peers', at] })),
    ...(features.indicators ?? []).flatMap((entry, at) =>
      (entry.peers ?? []).map((peer, nth) => ({ peer, path: ['indicators', at, 'peers', nth] })),
    ),
  ]
  for (const { peer, path } of named) if (!symbols.includes(peer)) refuse(path, peer, PEER_RULE)
}
