import type { Instrument } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'

/** Rates of an account that traded at least `volumeMin` in the thirty days before today. */
export interface FeeTier {
  /** Quote currency, taken for USD. */
  readonly volumeMin: number
  /** Fractions of the order value; a rebate is negative. */
  readonly makerFeeRate: number
  readonly takerFeeRate: number
}

const DAY_MS = 86_400_000
const WINDOW_DAYS = 30

/** The instrument's rates when there are no tiers. `tiers` ascending by volume. */
export function feeRate(
  tiers: readonly FeeTier[] | undefined,
  volume: number,
  instrument: Instrument,
  maker: boolean,
): number {
  const tier = tiers?.findLast(({ volumeMin }) => volume >= volumeMin) ?? instrument
  return maker ? tier.makerFeeRate : tier.takerFeeRate
}

/** Traded value by UTC day, quote currency; keeps thirty-one days. */
export class TradedVolume {
  readonly #days = new Map<number, number>()

  add(now: EpochMs, value: number): void {
    const today = Math.floor(now / DAY_MS)
    this.#days.set(today, (this.#days.get(today) ?? 0) + value)
    if (this.#days.size <= WINDOW_DAYS + 1) return
    for (const day of this.#days.keys()) if (day < today - WINDOW_DAYS) this.#days.delete(day)
  }

  /** Of the thirty whole days before today: like the venue's, a tier changes at midnight UTC. */
  before(now: EpochMs): number {
    const today = Math.floor(now / DAY_MS)
    let total = 0
    for (const [day, value] of this.#days) if (day < today && day >= today - WINDOW_DAYS) total += value
    return total
  }
}
