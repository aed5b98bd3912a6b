import { check } from '../core/check.ts'

/** Coordinates of the path, in this order. */
export const SIGNATURE_COORDINATES = ['time', 'logMid', 'ofi', 'volume'] as const

const D = SIGNATURE_COORDINATES.length
const LEVEL_2 = D
const LEVEL_3 = D + D * D
/** Terms of levels 1, 2 and 3: 4 + 16 + 64. Level 0 is always 1 and not kept. */
export const SIGNATURE_LENGTH = LEVEL_3 + D * D * D

/**
 * Terms S_i at `i`, S_ij at `4 + 4 i + j`, S_ijk at `20 + 16 i + 4 j + k`; the word `ijk` means ∫∫∫ dX_i(s) dX_j(t) dX_k(u) over
 * s < t < u. Length `SIGNATURE_LENGTH`.
 */
export type SignatureTerms = Float64Array

/** Place of a word of one to three coordinates (0 time, 1 log mid, 2 OFI, 3 signed volume) among the terms. */
export function signatureIndex(word: readonly number[]): number {
  const isWord =
    word.length >= 1 && word.length <= 3 && word.every((each) => Number.isInteger(each) && each >= 0 && each < D)
  check(isWord, 'word of one to three coordinates 0 to 3', word.join(' '))
  const [i = 0, j = 0, k = 0] = word
  if (word.length === 1) return i
  return word.length === 2 ? LEVEL_2 + D * i + j : LEVEL_3 + D * D * i + D * j + k
}

/**
 * Signature of a piecewise linear path in (time, log mid, cumulative OFI, cumulative signed volume), cut after level 3 and grown one
 * segment at a time by Chen's identity (Chen, "Integration of paths", Annals of Mathematics 65, 1957; Lyons, Caruana, Lévy,
 * "Differential Equations Driven by Rough Paths", 2007, ch. 2). Units are those of the increments. Allocates nothing after it is made.
 */
export class PathSignature {
  readonly terms: SignatureTerms = new Float64Array(SIGNATURE_LENGTH)
  readonly #step = new Float64Array(D)

  /** Back to the path that has not moved: all terms 0. */
  reset(): void {
    this.terms.fill(0)
  }

  /**
   * S ← S ⊗ exp(x), x the next straight segment; finite. S_ijk + (S_ij + (S_i / 2 + x_i / 6) x_j) x_k, likewise below: a term whose
   * last coordinate stands still does not change, and most events move one or two coordinates.
   */
  extend(time: number, logMid: number, ofi: number, volume: number): void {
    const { terms } = this
    const step = this.#step
    step[0] = time
    step[1] = logMid
    step[2] = ofi
    step[3] = volume
    // Level 3 reads what stood before on levels 1 and 2: from the top down.
    for (let k = 0; k < D; k += 1) {
      const xk = step[k]!
      if (xk === 0) continue
      for (let i = 0; i < D; i += 1) {
        const head = terms[i]! / 2 + step[i]! / 6
        for (let j = 0; j < D; j += 1) {
          const pair = D * i + j
          terms[LEVEL_3 + D * pair + k]! += (terms[LEVEL_2 + pair]! + head * step[j]!) * xk
        }
      }
    }
    for (let j = 0; j < D; j += 1) {
      const xj = step[j]!
      if (xj === 0) continue
      for (let i = 0; i < D; i += 1) terms[LEVEL_2 + D * i + j]! += (terms[i]! + step[i]! / 2) * xj
    }
    for (let i = 0; i < D; i += 1) terms[i]! += step[i]!
  }

  /** S ← S ⊗ b: the path goes on with one whose signature is `b`. */
  append(b: SignatureTerms): void {
    const { terms } = this
    for (let i = 0; i < D; i += 1) {
      for (let j = 0; j < D; j += 1) {
        const pair = D * i + j
        for (let k = 0; k < D; k += 1) {
          const tail = terms[LEVEL_2 + pair]! * b[k]! + terms[i]! * b[LEVEL_2 + D * j + k]!
          terms[LEVEL_3 + D * pair + k]! += tail + b[LEVEL_3 + D * pair + k]!
        }
      }
      for (let j = 0; j < D; j += 1) terms[LEVEL_2 + D * i + j]! += terms[i]! * b[j]! + b[LEVEL_2 + D * i + j]!
    }
    for (let i = 0; i < D; i += 1) terms[i]! += b[i]!
  }

  /** The state as plain numbers; `restore` of them goes on with the same bits. */
  save(): number[] {
    return [...this.terms]
  }

  restore(terms: ArrayLike<number>): void {
    check(terms.length === SIGNATURE_LENGTH, `signature of ${SIGNATURE_LENGTH} terms`, terms.length)
    this.terms.set(terms)
  }
}

/** Chen's identity: the signature of path `a` followed by path `b`, `a ⊗ b`. */
export function concatenateSignatures(a: SignatureTerms, b: SignatureTerms): SignatureTerms {
  const whole = new PathSignature()
  whole.restore(a)
  whole.append(b)
  return whole.terms
}

/** Signature of the path whose coordinate `i` is multiplied by `factors[i]`: the word `ijk` by f_i f_j f_k. */
export function scaleSignature(
  terms: SignatureTerms,
  factors: readonly [number, number, number, number],
): SignatureTerms {
  const scaled = new Float64Array(SIGNATURE_LENGTH)
  for (let i = 0; i < D; i += 1) {
    scaled[i] = terms[i]! * factors[i]!
    for (let j = 0; j < D; j += 1) {
      const pair = LEVEL_2 + D * i + j
      const both = factors[i]! * factors[j]!
      scaled[pair] = terms[pair]! * both
      for (let k = 0; k < D; k += 1) {
        const triple = LEVEL_3 + D * D * i + D * j + k
        scaled[triple] = terms[triple]! * both * factors[k]!
      }
    }
  }
  return scaled
}
