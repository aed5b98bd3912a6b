import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  concatenateSignatures,
  PathSignature,
  SIGNATURE_LENGTH,
  type SignatureTerms,
  scaleSignature,
  signatureIndex,
} from '../../src/market/signature.ts'

type Step = readonly [number, number, number, number]

const D = 4
const coordinate = fc.oneof(fc.constant(0), fc.double({ min: -2, max: 2, noNaN: true }))
const step: fc.Arbitrary<Step> = fc.tuple(coordinate, coordinate, coordinate, coordinate)
const path = fc.array(step, { maxLength: 12 })

function signatureOf(steps: readonly Step[]): SignatureTerms {
  const signature = new PathSignature()
  for (const each of steps) signature.extend(...each)
  return signature.terms
}

const at = (terms: SignatureTerms, ...word: number[]): number => terms[signatureIndex(word)]!

/** Relative to the size of the path: cancellation leaves rounding of that size. */
function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, steps: readonly Step[]): void {
  const length = steps.flat().reduce((sum, each) => sum + Math.abs(each), 1)
  for (let term = 0; term < expected.length; term += 1) {
    expect(Math.abs(got[term]! - expected[term]!), `term ${term}`).toBeLessThan(1e-13 * length ** 3)
  }
}

/**
 * Brute force, straight from the definition: over segments s ≤ t ≤ u the integral of a product of linear pieces is the product of the
 * increments by 1, by 1/2 (two of them the same segment) or by 1/6 (all three).
 */
function iteratedSums(steps: readonly Step[]): Float64Array {
  const terms = new Float64Array(SIGNATURE_LENGTH)
  const weight = (s: number, t: number, u: number): number => {
    if (s > t || t > u) return 0
    if (s === t && t === u) return 1 / 6
    return s === t || t === u ? 1 / 2 : 1
  }
  for (let i = 0; i < D; i += 1) {
    for (const x of steps) terms[i]! += x[i]!
    for (let j = 0; j < D; j += 1) {
      for (const [s, x] of steps.entries()) {
        for (const [t, y] of steps.entries()) {
          if (s <= t) terms[signatureIndex([i, j])]! += x[i]! * y[j]! * (s === t ? 1 / 2 : 1)
        }
      }
      for (let k = 0; k < D; k += 1) {
        for (const [s, x] of steps.entries()) {
          for (const [t, y] of steps.entries()) {
            for (const [u, z] of steps.entries()) {
              terms[signatureIndex([i, j, k])]! += weight(s, t, u) * x[i]! * y[j]! * z[k]!
            }
          }
        }
      }
    }
  }
  return terms
}

describe('PathSignature', () => {
  test('one straight segment is the exponential: x, x²/2, x³/6', () => {
    const terms = signatureOf([[2, 3, 5, 7]])
    expect([...terms.subarray(0, 4)]).toEqual([2, 3, 5, 7])
    expect([at(terms, 1, 2), at(terms, 2, 1), at(terms, 3, 3)]).toEqual([7.5, 7.5, 24.5])
    expect(at(terms, 0, 1, 2)).toBeCloseTo(5, 12)
    expect(at(terms, 3, 3, 3)).toBeCloseTo(343 / 6, 12)
  })

  test('OFI first and the price after it differs from the price first: S_12 and S_21', () => {
    const flowLeads = signatureOf([
      [0, 0, 4, 0],
      [0, 1, 0, 0],
    ])
    const priceLeads = signatureOf([
      [0, 1, 0, 0],
      [0, 0, 4, 0],
    ])
    expect([at(flowLeads, 2, 1), at(flowLeads, 1, 2)]).toEqual([4, 0])
    expect([at(priceLeads, 2, 1), at(priceLeads, 1, 2)]).toEqual([0, 4])
    expect([...flowLeads.subarray(0, 4)]).toEqual([...priceLeads.subarray(0, 4)])
  })

  test('equals brute-force iterated sums', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 7 }), (steps) => {
        expectClose(signatureOf(steps), iteratedSums(steps), steps)
      }),
      { numRuns: 40 },
    )
  })

  test("Chen's identity: cut anywhere, the parts multiply to the whole", () => {
    fc.assert(
      fc.property(path, path, (a, b) => {
        expectClose(concatenateSignatures(signatureOf(a), signatureOf(b)), signatureOf([...a, ...b]), [...a, ...b])
      }),
    )
  })

  test('the product is associative and the empty path is its one', () => {
    fc.assert(
      fc.property(path, path, path, (a, b, c) => {
        const [x, y, z] = [signatureOf(a), signatureOf(b), signatureOf(c)]
        const left = concatenateSignatures(concatenateSignatures(x, y), z)
        expectClose(left, concatenateSignatures(x, concatenateSignatures(y, z)), [...a, ...b, ...c])
        expect(concatenateSignatures(x, signatureOf([]))).toEqual(x)
        expect(concatenateSignatures(signatureOf([]), x)).toEqual(x)
      }),
    )
  })

  test('shuffle identities: S_i S_j = S_ij + S_ji; S_i S_jk = S_ijk + S_jik + S_jki', () => {
    fc.assert(
      fc.property(path, (steps) => {
        const s = signatureOf(steps)
        const [products, shuffles]: [number[], number[]] = [[], []]
        for (let i = 0; i < D; i += 1) {
          for (let j = 0; j < D; j += 1) {
            products.push(at(s, i) * at(s, j))
            shuffles.push(at(s, i, j) + at(s, j, i))
            for (let k = 0; k < D; k += 1) {
              products.push(at(s, i) * at(s, j, k))
              shuffles.push(at(s, i, j, k) + at(s, j, i, k) + at(s, j, k, i))
            }
          }
        }
        expectClose(products, shuffles, steps)
      }),
    )
  })

  test('how fast the path is walked does not matter: a segment cut in pieces, and standing still', () => {
    fc.assert(
      fc.property(path, fc.integer({ min: 2, max: 5 }), (steps, pieces) => {
        const slow = steps.flatMap((each): Step[] => {
          const piece = each.map((x) => x / pieces) as unknown as Step
          return [...Array.from({ length: pieces }, () => piece), [0, 0, 0, 0]]
        })
        expectClose(signatureOf(slow), signatureOf(steps), steps)
      }),
    )
  })

  test('walking back undoes it: the reversed path is the inverse', () => {
    fc.assert(
      fc.property(path, (steps) => {
        const back = steps.map((each) => each.map((x) => -x) as unknown as Step).reverse()
        const there = signatureOf(steps)
        const nothing = new Float64Array(SIGNATURE_LENGTH)
        expectClose(concatenateSignatures(there, signatureOf(back)), nothing, [...steps, ...back])
      }),
    )
  })

  test('scaling commutes with walking', () => {
    fc.assert(
      fc.property(path, fc.tuple(coordinate, coordinate, coordinate, coordinate), (steps, factors) => {
        const scaledPath = steps.map((each) => each.map((x, at) => x * factors[at]!) as unknown as Step)
        expectClose(scaleSignature(signatureOf(steps), factors), signatureOf(scaledPath), [...steps, ...scaledPath])
      }),
    )
  })

  test('saved as JSON and restored in the middle goes on with the same bits', () => {
    fc.assert(
      fc.property(path, path, (a, b) => {
        const before = new PathSignature()
        for (const each of a) before.extend(...each)
        const after = new PathSignature()
        after.extend(9, 9, 9, 9)
        after.restore(JSON.parse(JSON.stringify(before.save())) as number[])
        for (const each of b) after.extend(...each)
        expect(after.terms).toEqual(signatureOf([...a, ...b]))
      }),
    )
  })

  test('reset forgets the path', () => {
    const signature = new PathSignature()
    signature.extend(1, 2, 3, 4)
    signature.reset()
    expect([...signature.terms].every((term) => term === 0)).toBe(true)
  })

  test.each([[[]], [[4]], [[-1]], [[0.5]], [[0, 0, 0, 0]]])('%j is no word', (word) => {
    expect(() => signatureIndex(word)).toThrow('word of one to three coordinates')
  })

  test('every word has a place of its own', () => {
    const all = [0, 1, 2, 3]
    const words = [
      ...all.map((i) => [i]),
      ...all.flatMap((i) => all.map((j) => [i, j])),
      ...all.flatMap((i) => all.flatMap((j) => all.map((k) => [i, j, k]))),
    ]
    expect(words.map(signatureIndex)).toEqual(Array.from({ length: SIGNATURE_LENGTH }, (_, index) => index))
  })

  test('a state of another length is refused', () => {
    expect(() => new PathSignature().restore([1, 2, 3])).toThrow('84 terms')
  })
})
