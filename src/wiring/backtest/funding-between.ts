import { type EpochMs, epochMs } from '../../core/units.ts'
import type { FundingPayment } from '../../market/candles/candle.ts'

const SECOND_MS = 1_000

/** Payments in `(after, until]`, by the whole seconds that they are due at. `funding`: in the order of time. */
export function fundingBetween(
  funding: readonly FundingPayment[],
  after: number,
  until: number,
): readonly FundingPayment[] {
  const due: FundingPayment[] = []
  for (let next = firstAfter(funding, after); next < funding.length; next += 1) {
    const payment = funding[next]!
    const at = dueAt(payment)
    if (at > until) break
    due.push({ ...payment, at })
  }
  return due
}

/** Venues state payments some milliseconds after they are due: who traded at the open in between was not meant. */
const dueAt = ({ at }: FundingPayment): EpochMs => epochMs(at - (at % SECOND_MS))

/** Index of the first payment after `at`. */
function firstAfter(funding: readonly FundingPayment[], at: number): number {
  let low = 0
  let high = funding.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (dueAt(funding[middle]!) <= at) low = middle + 1
    else high = middle
  }
  return low
}
