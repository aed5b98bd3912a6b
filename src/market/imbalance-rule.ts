import type { Converter } from '../core/instrument.ts'
import type { TradeEvent } from '../core/market-event.ts'
import type { ImbalanceSpec } from './bar-spec.ts'
import type { OpenBar } from './open-bar.ts'
import { loadNumbers, loadState, type SavedNumber, savedNumbers, saveNumbers } from './saved-numbers.ts'

/** The averages look back over about so many bars. */
const SPAN_BARS = 20
/** The expected number of trades stays within this factor of the first guess, both ways. */
export const EXPECTED_TICKS_FACTOR = 5
/** No bar has more than this many times the first guess of trades. */
export const TICKS_FACTOR_MAX = 10

/**
 * Imbalance bars, López de Prado 2018, "Advances in Financial Machine Learning", ch. 2.3.2: with b the sign and w the weight of a
 * trade, a bar is complete when |θ| = |Σ b w| reaches E[T] |E[b w]|, E[T] and E[b w] being exponentially weighted averages over the
 * bars and trades before it. b is the aggressor's side as the venue states it, not the tick rule, which guesses it.
 *
 * As published the rule runs away: a balanced market makes the threshold collapse to one trade a bar, a long bar makes the next one
 * longer. Hence the bounds: E[T] stays within `expectedTicks` / 5 and × 5; |E[b w]| counts as no less than E[w] / √E[T], what a walk
 * of pure chance reaches in E[T] trades; a bar ends at the latest with its 10 × `expectedTicks`th trade. The first bar, before there
 * is any average, ends with its `expectedTicks`th trade.
 */
export class ImbalanceRule {
  readonly #guess: number
  readonly #weigh: (trade: TradeEvent) => number
  /** Of one trade in the averages over trades. */
  readonly #keep: number
  /** Σ b w of the open bar. */
  #theta = 0
  #expectedTicks: number
  /** Decayed Σ b w, Σ w and Σ 1 of all trades. */
  #signed = 0
  #weights = 0
  #count = 0
  /** Fixed while a bar is open; NaN in the first. */
  #threshold = Number.NaN

  constructor({ of, expectedTicks }: ImbalanceSpec, converter: Converter) {
    this.#guess = expectedTicks
    this.#expectedTicks = expectedTicks
    this.#keep = 1 - 2 / (SPAN_BARS * expectedTicks + 1)
    if (of === 'tick') this.#weigh = () => 1
    else if (of === 'volume') this.#weigh = ({ size }) => size
    else this.#weigh = ({ price, size }) => converter.notional(price, size)
  }

  completes({ buyCount, sellCount }: OpenBar, trade: TradeEvent): boolean {
    const weight = this.#weigh(trade)
    const signed = trade.side === 'buy' ? weight : -weight
    this.#theta += signed
    this.#signed = this.#keep * this.#signed + signed
    this.#weights = this.#keep * this.#weights + weight
    this.#count = this.#keep * this.#count + 1
    const ticks = buyCount + sellCount
    if (Number.isNaN(this.#threshold)) return ticks >= this.#guess
    return Math.abs(this.#theta) >= this.#threshold || ticks >= TICKS_FACTOR_MAX * this.#guess
  }

  closed({ buyCount, sellCount }: OpenBar, whole: boolean): void {
    this.#theta = 0
    // A bar that time has cut short says nothing about how long bars grow.
    if (whole) {
      const ticks = this.#expectedTicks + (2 / (SPAN_BARS + 1)) * (buyCount + sellCount - this.#expectedTicks)
      const [min, max] = [this.#guess / EXPECTED_TICKS_FACTOR, this.#guess * EXPECTED_TICKS_FACTOR]
      this.#expectedTicks = Math.min(Math.max(ticks, min), max)
    }
    if (this.#count === 0) return
    const chance = this.#weights / Math.sqrt(this.#expectedTicks)
    this.#threshold = (this.#expectedTicks * Math.max(Math.abs(this.#signed), chance)) / this.#count
  }

  save(): SavedNumber[] {
    return saveNumbers([this.#theta, this.#expectedTicks, this.#signed, this.#weights, this.#count, this.#threshold])
  }

  restore(saved: readonly SavedNumber[]): void {
    const schema = savedNumbers(6)
    const [theta, expectedTicks, signed, weights, count, threshold] = loadNumbers(loadState(schema, saved, 'imbalance'))
    this.#theta = theta!
    this.#expectedTicks = expectedTicks!
    this.#signed = signed!
    this.#weights = weights!
    this.#count = count!
    this.#threshold = threshold!
  }
}
