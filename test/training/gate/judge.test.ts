import { describe, expect, test } from 'vitest'
import type { Candidate } from '../../../src/training/gate/contender.ts'
import { gateSettingsSchema } from '../../../src/training/gate/gate-settings.ts'
import { judge } from '../../../src/training/gate/judge.ts'
import { sampleContenders } from './sample-contenders.ts'

const settings = gateSettingsSchema.parse({ resamples: 500 })
const strong = sampleContenders({ seed: 1, bars: 1_000, crpsEdge: 0.5, pnlEdge: 0.5 })
const judged = (changes: Partial<Candidate> = {}, given = settings) =>
  judge({ ...strong.candidate, ...changes }, strong.champion, [strong.ridge], given)
const outcomes = (verdict: ReturnType<typeof judge>) =>
  Object.fromEntries(verdict.checks.map(({ name, outcome }) => [name, outcome]))

test('a candidate that is better at everything passes, each check by name', () => {
  const verdict = judged()
  expect(verdict.outcome).toBe('pass')
  expect(Object.keys(outcomes(verdict))).toEqual([
    'bars',
    'trades',
    'crps.old',
    'crps.ridge',
    'pnl.old',
    'pnl.nothing',
    'deflatedSharpe',
    'coverage',
    'classes',
  ])
  expect(verdict.summary).toBe('new passes all 9 checks.')
  expect(judged()).toEqual(verdict)
})

test('sentences give the numbers', () => {
  const said = Object.fromEntries(judged().checks.map(({ name, sentence }) => [name, sentence]))
  expect(said['bars']).toBe('1,000 bars; a verdict needs at least 1,000 bars.')
  expect(said['crps.ridge']).toMatch(
    /^CRPS 9\.\d\d bps, \d\.\d % lower than 10\.\d\d bps of ridge: by luck alone with probability 0\.0000; at most 0\.0500 is allowed\.$/,
  )
  expect(said['pnl.nothing']).toMatch(
    /^It earned \+0\.\d{4} a bar more than doing nothing after costs \(standard error 0\.\d{4}\): above 0 in a share of 1\.0000 of resamples; at least 0\.9500 is needed\.$/,
  )
  expect(said['coverage']).toBe(
    'A share of 0.470 of outcomes lay below quantile 0.5, the one furthest off: 0.030 away; at most 0.050 is allowed.',
  )
})

describe('one thing wrong is enough', () => {
  const worse = sampleContenders({ seed: 2, bars: 1_000 }).candidate
  const coverageOf = (coverage: number) => [{ level: 0.5, coverage }]
  test.each([
    { name: 'losses as of the others', changes: { crpsBps: worse.crpsBps }, fails: ['crps.old', 'crps.ridge'] },
    {
      name: 'profits of nothing',
      changes: { pnl: worse.pnl },
      fails: ['pnl.old', 'pnl.nothing', 'deflatedSharpe'],
    },
    { name: 'a million trials', changes: { trials: { count: 1e6, sharpeVariance: 0.01 } }, fails: ['deflatedSharpe'] },
    { name: 'coverage at the limit', changes: { coverage: coverageOf(0.75) }, fails: [], limit: 0.25 },
    {
      name: 'coverage past the limit, above',
      changes: { coverage: coverageOf(0.7501) },
      fails: ['coverage'],
      limit: 0.25,
    },
    {
      name: 'coverage past the limit, below',
      changes: { coverage: coverageOf(0.2499) },
      fails: ['coverage'],
      limit: 0.25,
    },
    { name: 'classes at the limit', changes: { classError: 0.05 }, fails: [] },
    { name: 'classes past the limit', changes: { classError: 0.0501 }, fails: ['classes'] },
  ])('$name: $fails', ({ changes, fails, limit = 0.05 }) => {
    const verdict = judged(changes, { ...settings, coverageErrorMax: limit })
    const failed = verdict.checks.filter(({ outcome }) => outcome === 'fail')
    expect(failed.map(({ name }) => name)).toEqual(fails)
    expect(verdict.outcome).toBe(fails.length > 0 ? 'fail' : 'pass')
    if (failed[0]) expect(verdict.summary).toContain(failed[0].sentence)
  })

  test('the same forecasts and the same profits as the champion are no reason to change', () => {
    const { champion, ridge } = strong
    const same: Candidate = { ...strong.candidate, crpsBps: champion.crpsBps, pnl: champion.pnl }
    expect(outcomes(judge(same, champion, [ridge], settings))).toMatchObject({ 'crps.old': 'fail', 'pnl.old': 'fail' })
  })

  test('a baseline that trades must be beaten at that too', () => {
    const trading = { ...strong.champion, name: 'ridge', pnl: strong.candidate.pnl }
    expect(outcomes(judge(strong.candidate, undefined, [trading], settings))).toMatchObject({
      'crps.ridge': 'pass',
      'pnl.ridge': 'fail',
      'pnl.nothing': 'pass',
    })
  })
})

test('without a champion baselines and doing nothing are left to beat', () => {
  const verdict = judge(strong.candidate, undefined, [strong.ridge], settings)
  expect(verdict.outcome).toBe('pass')
  expect(verdict.checks.map(({ name }) => name)).not.toContain('pnl.old')
})

describe('not enough data is never a pass', () => {
  test('one bar short: nothing is tested', () => {
    const verdict = judged({}, { ...settings, barsMin: 1_001 })
    expect(verdict.outcome).toBe('not enough data')
    expect(outcomes(verdict)).toEqual({ bars: 'not enough data', trades: 'pass' })
    expect(verdict.summary).toBe('No verdict on new yet. 1,000 bars; a verdict needs at least 1,001 bars.')
  })

  test.each([
    { trades: 29, outcome: 'not enough data' },
    { trades: 30, outcome: 'pass' },
  ])('$trades trades: $outcome', ({ trades, outcome }) => {
    expect(judged({ trades }).outcome).toBe(outcome)
  })

  test('bars are moments: two instruments do not double them', () => {
    const pair = sampleContenders({ seed: 1, bars: 500, crpsEdge: 0.5, pnlEdge: 0.5, instruments: 2 })
    const of = (barsMin: number) => judge(pair.candidate, pair.champion, [pair.ridge], { ...settings, barsMin }).outcome
    expect(of(500)).toBe('pass')
    expect(of(501)).toBe('not enough data')
  })

  test('too few bars with a profit or loss', () => {
    const idle = strong.candidate.pnl.map((value, i) => (i < 29 ? Math.abs(value) : 0))
    const verdict = judged({ pnl: idle })
    expect(verdict.outcome).toBe('not enough data')
    expect(verdict.summary).toContain('29 returns other than 0; at least 30')
  })

  test('no rows at all', () => {
    const none = new Float64Array()
    const empty = { crpsBps: none, endAt: none, pnl: none, pnlAt: none }
    expect(judge({ ...strong.candidate, ...empty, trades: 0 }, undefined, [], settings).outcome).toBe('not enough data')
  })
})

describe('more looks are stricter', () => {
  test('chances of error are divided', () => {
    const thresholds = judged({}, { ...settings, looksMax: 5 }).checks.map(({ name, threshold }) => [name, threshold])
    expect(Object.fromEntries(thresholds)).toMatchObject({
      'crps.ridge': expect.closeTo(0.01, 12) as number,
      'pnl.nothing': expect.closeTo(0.99, 12) as number,
      deflatedSharpe: expect.closeTo(0.99, 12) as number,
      coverage: 0.05,
    })
  })
})

describe('what cannot be compared is refused, not judged', () => {
  const { candidate, champion, ridge } = strong
  const cut = (values: Float64Array) => values.slice(1)
  test.each([
    { name: 'other rows', changes: { endAt: candidate.endAt.map((at) => at + 1) }, message: 'endAt of old differs' },
    { name: 'fewer rows', changes: { endAt: cut(candidate.endAt) }, message: 'has 1000 values; 999 are needed' },
    { name: 'other moments', changes: { pnlAt: cut(candidate.pnlAt) }, message: 'pnl of new has 1000 values; 999' },
    {
      name: 'no number',
      changes: { crpsBps: candidate.crpsBps.with(7, Number.NaN) },
      message: 'crpsBps[7] of new was NaN',
    },
    { name: 'infinite profit', changes: { pnl: candidate.pnl.with(3, 1 / 0) }, message: 'pnl[3] of new was Infinity' },
    { name: 'no levels', changes: { coverage: [] }, message: 'coverage and classError of new must be shares' },
    { name: 'no calibration', changes: { classError: Number.NaN }, message: 'must be shares, 0 to 1' },
  ])('$name', ({ changes, message }) => {
    expect(() => judge({ ...candidate, ...changes }, champion, [ridge], settings)).toThrow(message)
  })

  test('of a champion and of a baseline too', () => {
    const broken = { ...ridge, crpsBps: ridge.crpsBps.with(0, Number.NaN) }
    expect(() => judge(candidate, champion, [broken], settings)).toThrow('crpsBps[0] of ridge was NaN')
    const shifted = { ...champion, pnlAt: champion.pnlAt.map((at) => at + 1) }
    expect(() => judge(candidate, shifted, [ridge], settings)).toThrow('pnlAt of old differs from that of new')
  })
})
