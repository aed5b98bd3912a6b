import { SIGNATURE_COORDINATES, type SignatureTerms, signatureIndex } from '../../market/signature.ts'

/** One to three coordinates, 0 to 3, see `SIGNATURE_COORDINATES`. */
export type Word = readonly number[]

const LETTERS = SIGNATURE_COORDINATES.map((_, index) => index)

/** All words of one to `level` (at most 3) coordinates, shorter ones first, then in the order of the coordinates. */
export function words(level: number): readonly Word[] {
  let longest: readonly Word[] = [[]]
  const all: Word[] = []
  for (let length = 1; length <= level; length += 1) {
    longest = longest.flatMap((word) => LETTERS.map((letter) => [...word, letter]))
    all.push(...longest)
  }
  return all
}

/** Smaller than every rotation of itself: one word for each basis element of the free Lie algebra. 4, 6 and 20 of length 1, 2 and 3. */
export const isLyndon = (word: Word): boolean =>
  word.every((_, cut) => cut === 0 || isSmaller(word, [...word.slice(cut), ...word.slice(0, cut)]))

function isSmaller(a: Word, b: Word): boolean {
  const at = a.findIndex((letter, index) => letter !== b[index])
  return at >= 0 && a[at]! < b[at]!
}

/**
 * Coefficient of `word` in log S = (S − 1) − (S − 1)² / 2 + (S − 1)³ / 3, cut after level 3. Those of the Lyndon words determine all others:
 * as much as the signature tells in 30 numbers instead of 84 (Reutenauer, "Free Lie Algebras", 1993; Gyurkó et al. 2013, §2).
 */
export function logSignatureTerm(terms: SignatureTerms, word: Word): number {
  const of = (...letters: number[]): number => terms[signatureIndex(letters)]!
  const [i = 0, j = 0, k = 0] = word
  switch (word.length) {
    case 1:
      return of(i)
    case 2:
      return of(i, j) - (of(i) * of(j)) / 2
    default:
      return of(i, j, k) - (of(i) * of(j, k) + of(i, j) * of(k)) / 2 + (of(i) * of(j) * of(k)) / 3
  }
}
