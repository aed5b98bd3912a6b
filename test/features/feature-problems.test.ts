import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { featureProblems } from '../../src/features/feature-problems.ts'
import { defaultFeatureSettings, featureSchema } from '../../src/features/feature-schema.ts'
import type { FeatureSettings, IndicatorSettings } from '../../src/features/feature-settings.ts'
import { ETH, fullSettings } from './full-settings.ts'

const standard = defaultFeatureSettings(1_000)
const told = (changes: Partial<FeatureSettings>) =>
  featureProblems({ ...standard, ...changes }).map(
    ({ path, value, rule }) => `${path.join('.')} was ${value}; it must be ${rule}`,
  )
const entry = (one: IndicatorSettings) => told({ indicators: [one] })

test('the full list of features has no problem', () => {
  expect(featureProblems(fullSettings())).toEqual([])
})

describe('an entry of the indicators', () => {
  test.each<[string, IndicatorSettings, RegExp | undefined]>([
    [
      'an unknown family',
      { name: 'rsj', periods: [2] },
      /^indicators.0.name was rsj; it must be one of ofi_best, .*rsi/,
    ],
    ['no periods', { name: 'rsi' }, /^indicators.0.periods was missing; .* rsi needs periods/],
    ['no period', { name: 'rsi', periods: [] }, /^indicators.0.periods was \[\]; it must be a list of 1 to 64/],
    ['the shortest period', { name: 'rsi', periods: [1] }, undefined],
    ['period 0', { name: 'rsi', periods: [0] }, /periods was 0; it must be a whole number of bars from 1 to 1000/],
    ['the longest period', { name: 'rsi', periods: [1_000] }, undefined],
    ['too long a period', { name: 'rsi', periods: [1_001] }, /periods was 1001/],
    ['half a bar', { name: 'rsi', periods: [1.5] }, /periods was 1.5/],
    ['a period twice', { name: 'rsi', periods: [2, 2] }, /periods was 2; it must be each once/],
    ['too short for the family', { name: 'kyle_lambda', periods: [2] }, /from 3 to 1000/],
    [
      'a key of another family',
      { name: 'rsi', periods: [2], fast: 1 },
      /indicators.0.fast was 1; it must be left out: rsi knows periods/,
    ],
    ['a period where there is none', { name: 'spread', periods: [2] }, /left out: spread knows no other keys/],
    [
      'a fast average that is not faster',
      { name: 'macd', periods: [12], fast: 12 },
      /fast was 12; .* from 1 to 11 bars|from 1 to 11/,
    ],
    ['the slowest fast average', { name: 'macd', periods: [12], fast: 11 }, undefined],
    [
      'too many levels',
      { name: 'ofi_level', levels: 11 },
      /levels was 11; it must be a whole number of levels from 1 to 10/,
    ],
    ['level 4 of a signature', { name: 'signature', periods: [3], level: 4 }, /level was 4/],
    ['weights that are all 0', { name: 'ofi_integrated', periods: [1], weights: [0, 0] }, /weights was 0/],
    [
      'an infinite weight',
      { name: 'ofi_integrated', periods: [1], weights: [1, Number.POSITIVE_INFINITY] },
      /weights was/,
    ],
    ['spans of har that do not ascend', { name: 'har', periods: [1, 5, 4] }, /three spans, each longer/],
    ['two spans of har', { name: 'har', periods: [1, 5] }, /three spans/],
    [
      'an empty bucket',
      { name: 'vpin', periods: [5], bucketQuote: 0 },
      /bucketQuote was 0; it must be a finite number above 0/,
    ],
    [
      'a timeframe that is none',
      { name: 'rsi', periods: [2], timeframes: ['1x'] },
      /timeframes was 1x; it must be a number and s, m, h or d/,
    ],
    [
      'a timeframe below the bar',
      { name: 'rsi', periods: [2], timeframes: ['500ms'] },
      /a multiple of the bar's 1000 milliseconds/,
    ],
    [
      'a timeframe that divides no day',
      { name: 'rsi', periods: [2], timeframes: ['7s'] },
      /a length that divides a day/,
    ],
    [
      'no peer to compare with',
      { name: 'lead_lag', periods: [5] },
      /peers was missing; it must be at least one symbol/,
    ],
    ['a lag of 0', { name: 'lead_lag', periods: [5], peers: [ETH], lags: [0] }, /lags was 0/],
  ])('%s', (_name, one, message) => {
    const problems = entry(one)
    if (message) expect(problems.join('\n')).toMatch(message)
    else expect(problems).toEqual([])
  })

  test('two columns of one name with different parameters are refused; a repeated column stands once', () => {
    const twice = (deviations: number) => [
      { name: 'bollinger', periods: [20] },
      { name: 'bollinger', periods: [20], deviations },
    ]
    expect(told({ indicators: twice(3) })).toEqual([
      'indicators was two kinds of bollinger_b_20; it must be one set of parameters for each name',
    ])
    expect(featureSchema({ ...standard, indicators: twice(2) }).names).toHaveLength(26)
  })

  test('2,000 columns are the most', () => {
    const columns = (more: number) => {
      const periods = (count: number, from: number) => Array.from({ length: count }, (_, at) => from + at)
      const blocks = Array.from({ length: 30 }, (_, at) => ({
        name: 'rsi',
        periods: periods(64, 1 + 30 + 64 * (at % 15)),
      }))
      const indicators = blocks
        .map((block, at) => (at < 15 ? block : { ...block, name: 'sma' }))
        .map((block) => ({
          ...block,
          periods: block.periods.filter((bars) => bars <= 1_000),
        }))
      return { indicators: [...indicators, { name: 'ema', periods: periods(more, 1) }] }
    }
    const base = featureSchema({ ...standard, ...columns(1) }).names.length - 1
    expect(told(columns(2_000 - base))).toEqual([])
    expect(told(columns(2_001 - base))).toEqual(['indicators was 2001 columns; it must be at most 2000 columns'])
  })
})

describe('the rest of the section', () => {
  test.each<[string, Partial<FeatureSettings>, RegExp]>([
    [
      'a series with blanks',
      { externals: [{ series: 'a b', staleMsMax: 1, transform: 'level' }] },
      /externals.0.series was a b/,
    ],
    [
      'a series as __proto__',
      { externals: [{ series: '__proto__', staleMsMax: 1, transform: 'level' }] },
      /externals.0.series/,
    ],
    ['no age', { externals: [{ series: 'a', staleMsMax: 0, transform: 'level' }] }, /externals.0.staleMsMax was 0/],
    ['a long country', { calendar: { holidays: ['USA'] } }, /calendar.holidays was USA; it must be the two letters/],
    ['nothing to carry', { missing: { rule: 'carry', barsMax: 0 } }, /missing.barsMax was 0/],
    ['a peer twice', { peers: [ETH, ETH] }, /peers was ETH\/USDT:USDT; it must be each once/],
    [
      'a timeframe of event bars',
      { eventBars: { kind: 'tick', trades: 9 }, timeframes: ['1m'] },
      /left out: bars that events close/,
    ],
  ])('%s', (_name, changes, message) => {
    expect(told(changes).join('\n')).toMatch(message)
    expect(() => featureSchema({ ...standard, ...changes })).toThrow(InputError)
  })

  test('every problem is told at once', () => {
    const changes = { volumePeriod: 0, indicators: [{ name: 'rsi' }, { name: 'x' }], timeframes: ['x'] }
    expect(told(changes)).toHaveLength(4)
    expect(() => featureSchema({ ...standard, ...changes })).toThrow(/volumePeriod was 0[\s\S]*\n.*indicators.1.name/)
  })
})
