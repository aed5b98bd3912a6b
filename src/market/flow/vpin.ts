import { check } from '../../core/check.ts'

export interface VpinSettings {
  /** V, size of one bucket, units of size; > 0. */
  readonly bucketVolume: number
  /** n, buckets that the mean is over; Easley, López de Prado and O'Hara take 50. */
  readonly buckets: number
}

/**
 * Volume-synchronised probability of informed trading: Σ over the last n buckets of |buy − sell| ÷ (n V), 0 to 1 (Easley, López de Prado,
 * O'Hara, "Flow toxicity and liquidity in a high-frequency world", Review of Financial Studies 25(5), 2012, §1). The venue names the
 * aggressor, so nothing is classified in bulk. A trade that overfills a bucket goes on in the next.
 */
export class Vpin {
  readonly #settings: VpinSettings
  /** |buy − sell| of full buckets, a ring [buckets]. */
  readonly #imbalances: Float64Array
  #next = 0
  #full = 0
  #buy = 0
  #sell = 0

  constructor(settings: VpinSettings) {
    const { bucketVolume, buckets } = settings
    check(Number.isFinite(bucketVolume) && bucketVolume > 0, 'bucketVolume', bucketVolume)
    check(Number.isSafeInteger(buckets) && buckets >= 1, 'buckets', buckets)
    this.#settings = settings
    this.#imbalances = new Float64Array(buckets)
  }

  /** `NaN` until n buckets are full; the one under way is not counted. */
  get value(): number {
    const { bucketVolume, buckets } = this.#settings
    if (this.#full < buckets) return Number.NaN
    let sum = 0
    for (let nth = 0; nth < buckets; nth += 1) sum += this.#imbalances[(this.#next + nth) % buckets]!
    return sum / (buckets * bucketVolume)
  }

  /** One trade, or a bar's bought and sold volume, taken as mixed evenly. Finite, ≥ 0. */
  add(bought: number, sold: number): void {
    const { bucketVolume, buckets } = this.#settings
    const total = bought + sold
    if (total <= 0) return
    const share = bought / total
    // Of more buckets than n + 1 at once only the last n count, and all are alike.
    const spare = Math.floor(Math.max(0, total - (buckets + 1) * bucketVolume) / bucketVolume)
    let left = total - spare * bucketVolume
    for (let room = bucketVolume - this.#buy - this.#sell; left >= room; room = bucketVolume) {
      this.#close(Math.abs(this.#buy + room * share - (this.#sell + room * (1 - share))))
      left -= room
    }
    if (left > 0) {
      this.#buy += left * share
      this.#sell += left * (1 - share)
    }
  }

  /** Length `4 + buckets`. */
  save(): number[] {
    return [this.#next, this.#full, this.#buy, this.#sell, ...this.#imbalances]
  }

  restore(state: readonly number[]): void {
    const length = 4 + this.#settings.buckets
    check(state.length === length, `state of ${length} numbers`, state.length)
    const [next, full, buy, sell, ...imbalances] = state
    this.#next = next!
    this.#full = full!
    this.#buy = buy!
    this.#sell = sell!
    this.#imbalances.set(imbalances)
  }

  #close(imbalance: number): void {
    const { buckets } = this.#settings
    this.#imbalances[this.#next] = imbalance
    this.#next = (this.#next + 1) % buckets
    this.#full = Math.min(this.#full + 1, buckets)
    this.#buy = 0
    this.#sell = 0
  }
}
