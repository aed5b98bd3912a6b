import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { BOOK_LEVELS } from '../../../src/market/bar.ts'
import { analyzeFlow, type FlowFit, type FlowFitName } from '../../../src/report/ofi/analyze-flow.ts'
import type { FlowBin } from '../../../src/report/ofi/flow-bins.ts'
import { regress } from '../../market/regress.ts'

const LOT = 0.5
const unitOf = (lots: number): number => lots * LOT

/** Moves are `rule` of the bin's flow, its trades and noise. */
function binsOf(
  count: number,
  rule: (flow: number, signed: number, noise: number, before: number) => number,
): FlowBin[] {
  const draw = seededRandom(7)
  const uniform = (): number => draw() - 0.5
  let before = 0
  return Array.from({ length: count }, (_, index) => {
    const flowLots = Math.round(100 * uniform())
    const signedLots = Math.round(40 * uniform())
    const bin: FlowBin = {
      startAt: index * 1_000,
      flowLots,
      moveTicks: rule(flowLots, signedLots, uniform(), before),
      midTicks: 1_000,
      signedLots,
      tradedLots: Math.abs(signedLots),
      broken: false,
      levels: {
        flowLots: Array.from({ length: BOOK_LEVELS }, () => flowLots + Math.round(20 * uniform())),
        bidLots: Array.from({ length: BOOK_LEVELS }, () => 10 + uniform()),
        askLots: Array.from({ length: BOOK_LEVELS }, () => 10 + uniform()),
      },
    }
    before = flowLots
    return bin
  })
}

const fitOf = (fits: readonly FlowFit[], name: FlowFitName): FlowFit => fits.find((fit) => fit.name === name)!

describe('analyzeFlow', () => {
  const bins = binsOf(400, (flow, signed, noise) => 0.1 * flow + 0.2 * signed + 5 * noise)
  const { regression, tradeRegression, fits, sumOfi, weights } = analyzeFlow(bins, unitOf)
  const moves = bins.map(({ moveTicks }) => moveTicks)
  const ofi = bins.map(({ flowLots }) => unitOf(flowLots))

  test('same-bar and next-bar figures equal textbook sums', () => {
    const brute = regress(ofi, moves)
    const ahead = regress(ofi.slice(0, -1), moves.slice(1))
    expect(regression!.slopes[0]).toBeCloseTo(brute.beta, 10)
    expect(regression!.rSquared).toBeCloseTo(brute.r2, 10)
    expect(fitOf(fits, 'ofi')).toMatchObject({ n: 400, nextBarN: 399, nextBarChanceRSquared: 1 / 398 })
    expect(fitOf(fits, 'ofi').rSquared).toBe(regression!.rSquared)
    expect(fitOf(fits, 'ofi').nextBarRSquared).toBeCloseTo(ahead.r2, 10)
    expect(sumOfi).toBeCloseTo(
      ofi.reduce((sum, each) => sum + each, 0),
      9,
    )
  })

  test("Kyle's lambda is the slope on signed volume", () => {
    const signed = bins.map(({ signedLots }) => unitOf(signedLots))
    expect(tradeRegression!.slopes[0]).toBeCloseTo(regress(signed, moves).beta, 10)
  })

  test('out of sample: fitted on the first half, judged on the second', () => {
    const early = regress(ofi.slice(0, 200), moves.slice(0, 200))
    const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length
    const [x, y] = [mean(ofi.slice(0, 200)), mean(moves.slice(0, 200))]
    let [errors, total] = [0, 0]
    for (let at = 200; at < 400; at += 1) {
      errors += (moves[at]! - y - early.beta * (ofi[at]! - x)) ** 2
      total += (moves[at]! - y) ** 2
    }
    expect(fitOf(fits, 'ofi').outOfSampleRSquared).toBeCloseTo(1 - errors / total, 10)
  })

  test('the ranking of what explains more is right; nothing foretells the next bar', () => {
    const both = fitOf(fits, 'both')
    expect(both.rSquared!).toBeGreaterThan(fitOf(fits, 'ofi').rSquared!)
    expect(both.outOfSampleRSquared!).toBeGreaterThan(0.6)
    for (const { nextBarOutOfSampleRSquared } of fits) expect(nextBarOutOfSampleRSquared!).toBeLessThan(0.03)
    expect(weights!.explained).toBeGreaterThan(0.8)
    expect(fitOf(fits, 'integrated').rSquared!).toBeGreaterThan(0.3)
  })

  test('where flow leads, the next-bar figure shows it, in and out of sample', () => {
    const led = analyzeFlow(
      binsOf(400, (_flow, _signed, noise, before) => 0.1 * before + noise),
      unitOf,
    )
    const { rSquared, nextBarRSquared, nextBarOutOfSampleRSquared } = fitOf(led.fits, 'ofi')
    expect(rSquared!).toBeLessThan(0.05)
    expect(nextBarRSquared!).toBeGreaterThan(0.95)
    expect(nextBarOutOfSampleRSquared!).toBeGreaterThan(0.95)
  })

  test('the integrated OFI of the out-of-sample figures knows nothing of the second half', () => {
    const second = (nth: number): number => Math.round(30 * Math.sin(nth))
    // The best level moves in the first half, the second one in the second.
    const shifted = bins.map((bin, nth) => {
      const flow = Array.from({ length: BOOK_LEVELS }, (_, level) => (level === (nth < 200 ? 0 : 1) ? second(nth) : 0))
      return { ...bin, moveTicks: second(nth), levels: { ...bin.levels!, flowLots: flow } }
    })
    const { rSquared, outOfSampleRSquared } = fitOf(analyzeFlow(shifted, unitOf).fits, 'integrated')
    expect(rSquared!).toBeGreaterThan(0.4)
    expect(outOfSampleRSquared!).toBeCloseTo(0, 2)
  })

  test('broken bars are left out, and no pair reaches over them', () => {
    const cut = bins.map((bin, index) => (index === 10 ? { ...bin, broken: true, moveTicks: 1e9 } : bin))
    const analysis = analyzeFlow(cut, unitOf)
    expect(analysis).toMatchObject({ bars: 400, brokenBars: 1 })
    expect(fitOf(analysis.fits, 'ofi')).toMatchObject({ n: 399, nextBarN: 397 })
  })

  test('without a book the rows that need its levels are empty, with two bars all of them', () => {
    const bare = bins.map(({ levels: _, ...bin }) => bin)
    const analysis = analyzeFlow(bare, unitOf)
    expect(analysis.weights).toBeUndefined()
    expect(fitOf(analysis.fits, 'multiLevel')).toEqual({
      name: 'multiLevel',
      n: 0,
      nextBarN: 0,
      nextBarChanceRSquared: null,
      rSquared: null,
      outOfSampleRSquared: null,
      nextBarRSquared: null,
      nextBarOutOfSampleRSquared: null,
    })
    expect(fitOf(analysis.fits, 'both').rSquared).not.toBeNull()
    expect(analyzeFlow(bins.slice(0, 2), unitOf).fits.every(({ rSquared }) => rSquared === null)).toBe(true)
  })
})
