import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import type { FeatureContext, FeatureDefinition, FeatureInput } from '../../../src/features/feature-definition.ts'
import { isLyndon, logSignatureTerm, words } from '../../../src/features/signature/log-signature.ts'
import { logSignature, pathSignature } from '../../../src/features/signature/signature-features.ts'
import type { Bar } from '../../../src/market/bar.ts'
import { concatenateSignatures, PathSignature, scaleSignature, signatureIndex } from '../../../src/market/signature.ts'

const draw = seededRandom(11)
const context = (): FeatureContext => ({ tickSize: 0.1, barMs: 1_000 })

/** A bar whose path has `steps` random segments; only what the features read. */
function barOf(steps = 5): Bar {
  const path = new PathSignature()
  let [bought, sold] = [0, 0]
  for (let nth = 0; nth < steps; nth += 1) {
    const volume = nth % 2 === 0 ? 0 : draw() - 0.4
    path.extend(0.2, nth % 2 === 0 ? (draw() - 0.5) / 100 : 0, nth % 2 === 0 ? 4 * (draw() - 0.5) : 0, volume)
    if (volume > 0) bought += volume
    else sold -= volume
  }
  return {
    signature: path.terms,
    bidDepthMean: 2 + draw(),
    askDepthMean: 1 + draw(),
    buyVolume: bought,
    sellVolume: sold,
  } as Bar
}

const inputOf = (bar: Bar): FeatureInput => ({ bar, mid: 100, imputed: false })

function valuesOf(definitions: readonly FeatureDefinition[], bars: readonly Bar[]): number[] {
  const shared = context()
  const units = definitions.map((each) => each.create(shared))
  return bars.map((bar) => units.map((unit) => unit.step(inputOf(bar)))).at(-1)!
}

/** The same from the definition: one product of all paths, scaled. */
function bruteForce(bars: readonly Bar[]): Float64Array {
  const whole = bars.map(({ signature }) => signature!).reduce(concatenateSignatures)
  const squares = bars.reduce((sum, { signature }) => sum + signature![1]! ** 2, 0)
  const depth =
    bars.reduce((sum, { bidDepthMean, askDepthMean }) => sum + (bidDepthMean + askDepthMean) / 2, 0) / bars.length
  const volume = bars.reduce((sum, { buyVolume, sellVolume }) => sum + buyVolume + sellVolume, 0)
  return scaleSignature(whole, [1 / whole[0]!, 1 / Math.sqrt(squares), 1 / depth, 1 / volume])
}

describe('path signature features', () => {
  test('names, counts and parameters by level; words of time alone are left out', () => {
    expect([1, 2, 3].map((level) => pathSignature(8, level).length)).toEqual([3, 4 + 16 - 2, 84 - 3])
    expect([1, 2, 3].map((level) => logSignature(8, level).length)).toEqual([3, 9, 29])
    expect(pathSignature(8, 1).map(({ name }) => name)).toEqual(['sig_p_8', 'sig_f_8', 'sig_v_8'])
    expect(logSignature(8, 2).map(({ name }) => name)).toEqual(
      ['p', 'f', 'v', 'tp', 'tf', 'tv', 'pf', 'pv', 'fv'].map((word) => `logsig_${word}_8`),
    )
    const all = [...pathSignature(8, 3), ...logSignature(8, 3)]
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
    expect(
      all.every(({ lookBack, needsSignature, params }) => lookBack === 8 && needsSignature && params['bars'] === 8),
    ).toBe(true)
  })

  test.each([0, 4, 1.5])('level %s is a bug', (level) => {
    expect(() => pathSignature(8, level)).toThrow('level of a signature')
    expect(() => logSignature(8, level)).toThrow('level of a signature')
  })

  test('equal the scaled product of the last bars’ paths; what came before does not matter', () => {
    const bars = Array.from({ length: 9 }, () => barOf())
    const expected = bruteForce(bars.slice(-4))
    const definitions = pathSignature(4, 3)
    const values = valuesOf(definitions, bars)
    const letters = ['t', 'p', 'f', 'v']
    for (const [column, { params }] of definitions.entries()) {
      const word = String(params['word'])
        .split('')
        .map((letter) => letters.indexOf(letter))
      expect(values[column]).toBeCloseTo(expected[signatureIndex(word)]!, 9)
    }
    expect(valuesOf(definitions, bars.slice(-4))).toEqual(values)
  })

  test('level 1 is the return in units of its volatility, OFI over depth, and the trade imbalance', () => {
    const bars = [barOf(), barOf()]
    const [p, f, v] = valuesOf(pathSignature(2, 1), bars) as [number, number, number]
    const [r1, r2] = bars.map(({ signature }) => signature![1]!) as [number, number]
    expect(p).toBeCloseTo((r1 + r2) / Math.hypot(r1, r2), 12)
    const depths = bars.map(({ bidDepthMean, askDepthMean }) => (bidDepthMean + askDepthMean) / 2) as [number, number]
    expect(f).toBeCloseTo((bars[0]!.signature![2]! + bars[1]!.signature![2]!) / ((depths[0] + depths[1]) / 2), 12)
    const [bought, sold] = [bars[0]!.buyVolume + bars[1]!.buyVolume, bars[0]!.sellVolume + bars[1]!.sellVolume]
    expect(v).toBeCloseTo((bought - sold) / (bought + sold), 12)
  })

  test('not ready until the window is full, and after a reset again', () => {
    const [unit] = pathSignature(3, 1).map((each) => each.create(context()))
    const step = (): number => unit!.step(inputOf(barOf()))
    expect([step(), step(), Number.isFinite(step())]).toEqual([Number.NaN, Number.NaN, true])
    unit!.reset(100)
    expect([step(), step(), Number.isFinite(step())]).toEqual([Number.NaN, Number.NaN, true])
  })

  test('a window without a move or a trade has zeros there; without depth it is not known', () => {
    const still = new PathSignature()
    still.extend(1, 0, 2, 0)
    const bar = { signature: still.terms, bidDepthMean: 1, askDepthMean: 1, buyVolume: 0, sellVolume: 0 } as Bar
    expect(valuesOf(pathSignature(1, 1), [bar])).toEqual([0, 2, 0])
    expect(valuesOf(pathSignature(1, 1), [{ ...bar, bidDepthMean: 0, askDepthMean: 0 }])[1]).toBeNaN()
  })

  test('a bar without its signature is a bug', () => {
    const { signature: _, ...bare } = barOf()
    expect(() => valuesOf(pathSignature(1, 1), [bare as Bar])).toThrow('a bar without its signature')
  })

  test.each([1, 4, 6])('restarted after bar %i: the same bits', (cut) => {
    const bars = Array.from({ length: 9 }, () => barOf())
    const definitions = [...pathSignature(4, 3), ...logSignature(4, 2)]
    const [before, after] = [context(), context()]
    const units = definitions.map((each) => each.create(before))
    for (const bar of bars.slice(0, cut)) for (const unit of units) unit.step(inputOf(bar))
    const fresh = definitions.map((each) => each.create(after))
    const saved = units.map((unit) => JSON.parse(JSON.stringify(unit.save())) as number[])
    for (const [at, unit] of fresh.entries()) unit.restore(saved[at]!)
    const rest = bars.slice(cut).map((bar) => fresh.map((unit) => unit.step(inputOf(bar))))
    expect(rest).toEqual(bars.slice(cut).map((_, nth) => valuesOf(definitions, bars.slice(0, cut + nth + 1))))
  })

  test('two instruments never share a window, even with one context between them', () => {
    const definitions = pathSignature(1, 1)
    const shared = context()
    const [first, second] = [
      definitions.map((each) => each.create(shared)),
      definitions.map((each) => each.create(shared)),
    ]
    const [a, b] = [barOf(), barOf()]
    const values = [first, second].map((units, at) => units.map((unit) => unit.step(inputOf(at === 0 ? a : b))))
    expect(values).toEqual([valuesOf(definitions, [a]), valuesOf(definitions, [b])])
    expect(first.map((unit) => unit.save().length > 0)).toEqual([true, false, false])
    expect(second.map((unit) => unit.save().length > 0)).toEqual([true, false, false])
  })

  test('a state of another window is refused', () => {
    const [unit] = pathSignature(2, 1).map((each) => each.create(context()))
    const [other] = pathSignature(3, 1).map((each) => each.create(context()))
    expect(() => unit!.restore(other!.save())).toThrow('state of 173 numbers')
  })
})

describe('log-signature', () => {
  const step = fc.tuple(...([0, 1, 2, 3] as const).map(() => fc.double({ min: -2, max: 2, noNaN: true })))
  const path = fc.array(step, { minLength: 1, maxLength: 8 })
  const signatureOf = (steps: readonly (readonly number[])[]): Float64Array => {
    const signature = new PathSignature()
    for (const [t, p, f, v] of steps) signature.extend(t!, p!, f!, v!)
    return signature.terms
  }

  test('there are 4, 6 and 20 Lyndon words of length 1, 2 and 3', () => {
    const lengths = words(3)
      .filter(isLyndon)
      .map((word) => word.length)
    expect([1, 2, 3].map((length) => lengths.filter((each) => each === length).length)).toEqual([4, 6, 20])
  })

  test('a straight line has nothing above level 1', () => {
    const line = signatureOf([[1, -2, 0.5, 3]])
    for (const word of words(3)) {
      const expected = word.length === 1 ? line[word[0]!]! : 0
      expect(logSignatureTerm(line, word)).toBeCloseTo(expected, 12)
    }
  })

  test('level 2 is the Lévy area', () => {
    fc.assert(
      fc.property(path, (steps) => {
        const s = signatureOf(steps)
        const area = (s[signatureIndex([1, 2])]! - s[signatureIndex([2, 1])]!) / 2
        expect(Math.abs(logSignatureTerm(s, [1, 2]) - area)).toBeLessThan(1e-10)
      }),
    )
  })

  test('it is a Lie element: every shuffle of its terms vanishes', () => {
    fc.assert(
      fc.property(path, (steps) => {
        const s = signatureOf(steps)
        const log = (...word: number[]): number => logSignatureTerm(s, word)
        for (const [i, j, k] of words(3).filter((word) => word.length === 3) as [number, number, number][]) {
          expect(Math.abs(log(i, j) + log(j, i))).toBeLessThan(1e-9)
          expect(Math.abs(log(i, j, k) + log(j, i, k) + log(j, k, i))).toBeLessThan(1e-9)
        }
      }),
      { numRuns: 40 },
    )
  })
})
