import type { EpochMs } from '../../core/units.ts'

/** The venue restates the mark once a second. */
export const MARK_INTERVAL_MS = 1000
/** Smoothing of mark and index over seconds of mid price: one wild trade liquidates nobody, and the latent fair price never shows. */
const MARK_MEMORY_MS = 1000
const INDEX_MEMORY_MS = 3000
/** Binance: interest 0.01 % per interval, clamp ±0.05 % around the premium; the cap of most contracts is ±0.75 %. */
const INTEREST = 0.0001
const PREMIUM_CLAMP = 0.0005
const FUNDING_MAX = 0.0075

interface MarkState {
  readonly markPrice: number
  readonly indexPrice: number
  readonly fundingRate: number
  readonly nextFundingAt: EpochMs
}

export interface MarkPrice {
  readonly state: MarkState
  /** `mid`: quote currency, NaN while a side of the book is empty. */
  update(mid: number, now: EpochMs): void
}

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value))

/** Time at or after which funding is next exchanged: whole multiples of the interval since the epoch. */
export const nextFunding = (now: number, intervalMs: number): EpochMs =>
  ((Math.floor(now / intervalMs) + 1) * intervalMs) as EpochMs

/** Mark, index and funding rate out of the mid price. Prices carry `decimals` decimals. */
export function markPrice(startPrice: number, startAt: EpochMs, intervalMs: number, decimals: number): MarkPrice {
  const rounded = (value: number): number => Number(value.toFixed(decimals))
  let mark = startPrice
  let index = startPrice
  let premium = 0
  let state: MarkState = {
    markPrice: rounded(mark),
    indexPrice: rounded(index),
    fundingRate: INTEREST,
    nextFundingAt: nextFunding(startAt, intervalMs),
  }
  return {
    get state() {
      return state
    },
    update(mid, now) {
      if (Number.isFinite(mid)) {
        mark += (1 - Math.exp(-MARK_INTERVAL_MS / MARK_MEMORY_MS)) * (mid - mark)
        index += (1 - Math.exp(-MARK_INTERVAL_MS / INDEX_MEMORY_MS)) * (mid - index)
        premium += Math.min(1, (3 * MARK_INTERVAL_MS) / intervalMs) * ((mark - index) / index - premium)
      }
      state = {
        markPrice: rounded(mark),
        indexPrice: rounded(index),
        fundingRate: Number(clamp(premium + clamp(INTEREST - premium, PREMIUM_CLAMP), FUNDING_MAX).toFixed(8)),
        nextFundingAt: nextFunding(now, intervalMs),
      }
    },
  }
}
