import type { z } from 'zod'
import type { MarkState } from './bar.ts'
import { loadNumbers, type SavedNumber, savedNumbers, saveNumbers } from './saved-numbers.ts'

export type MutableMark = { -readonly [Key in keyof MarkState]: MarkState[Key] }

export const markState = (): MutableMark => ({
  markPrice: Number.NaN,
  indexPrice: Number.NaN,
  fundingRate: Number.NaN,
  nextFundingAt: Number.NaN,
  openInterest: Number.NaN,
})

/** Takes over what `from` knows: venues that send changes only leave the rest `NaN` or out. */
export function takeMark(
  into: MutableMark,
  from: Omit<MarkState, 'openInterest'> & { readonly openInterest?: number },
): void {
  const { markPrice, indexPrice, fundingRate, nextFundingAt, openInterest = Number.NaN } = from
  if (!Number.isNaN(markPrice)) into.markPrice = markPrice
  if (!Number.isNaN(indexPrice)) into.indexPrice = indexPrice
  if (!Number.isNaN(fundingRate)) into.fundingRate = fundingRate
  if (!Number.isNaN(nextFundingAt)) into.nextFundingAt = nextFundingAt
  if (!Number.isNaN(openInterest)) into.openInterest = openInterest
}

export const savedMark = savedNumbers(5)

export const saveMark = (mark: MarkState): SavedNumber[] =>
  saveNumbers([mark.markPrice, mark.indexPrice, mark.fundingRate, mark.nextFundingAt, mark.openInterest])

export function loadMark(mark: MutableMark, saved: z.infer<typeof savedMark>): void {
  const [markPrice, indexPrice, fundingRate, nextFundingAt, openInterest] = loadNumbers(saved)
  Object.assign(mark, { markPrice, indexPrice, fundingRate, nextFundingAt, openInterest })
}
