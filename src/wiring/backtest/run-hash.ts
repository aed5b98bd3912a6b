import { createHash } from 'node:crypto'
import type { Fill } from '../../core/order.ts'
import { isForecast } from '../../inference/forecast.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'

/** Hashed at once: a call costs more than its bytes. */
const TEXT_MAX = 65_536
const NUMBERS_MAX = 8_192

/**
 * SHA-256 over a whole run: every decision with what it was made from, every fill and payment. Numbers go in as their bits, apart from
 * the texts: writing them as decimals would take longer than the decision itself. A text that stays the same from one decision to the
 * next goes in once.
 */
export class RunHash {
  readonly #withFeatures: boolean
  readonly #texts = createHash('sha256')
  readonly #numbers = createHash('sha256')
  readonly #buffer = new Float64Array(NUMBERS_MAX)
  /** What was said last in each place of a decision. */
  readonly #last: (string | null)[] = []
  #text = ''
  #count = 0

  /** `withFeatures`: by the hashes in the decisions; otherwise all of them at the end, see `digest`. */
  constructor(withFeatures = true) {
    this.#withFeatures = withFeatures
  }

  addDecision(record: DecisionRecord): void {
    const { forecast, target, verdict } = record
    this.#number(record.barEndAt)
    this.#number(record.positionLots)
    this.#number(target.kind === 'target' ? target.lots : Number.NaN)
    this.#number(target.edgeBps)
    this.#number(target.costBps)
    this.#place(0, record.symbol)
    this.#place(1, this.#withFeatures ? record.featureHash : null)
    this.#place(2, target.reason)
    this.#place(3, verdict.kind === 'refused' ? verdict.code : verdict.kind)
    this.#place(4, record.clientId)
    this.#place(5, record.equity)
    this.#place(6, record.modelId)
    this.#place(7, forecast && !isForecast(forecast) ? forecast.failure : null)
    if (!forecast || !isForecast(forecast)) return
    const { quantilesBps, classes } = forecast
    this.#number(forecast.meanBps)
    this.#number(forecast.volatilityBps)
    for (let at = 0; at < quantilesBps.length; at += 1) this.#number(quantilesBps[at]!)
    for (let at = 0; at < classes.length; at += 1) this.#number(classes[at]!)
  }

  addFill({ symbol, at, side, price, lots, fee, realisedPnl }: Fill): void {
    this.#say(`${symbol} ${at} ${side} ${price} ${lots} ${fee} ${realisedPnl}\n`)
  }

  addCash(symbol: string, at: number, reason: string, amount: string): void {
    this.#say(`${symbol} ${at} ${reason} ${amount}\n`)
  }

  /** `features`: of all windows, where the decisions do not say it. Hexadecimal; nothing can be added after it. */
  digest(features = ''): string {
    this.#say(features)
    this.#flushText()
    this.#flushNumbers()
    this.#texts.update(this.#numbers.digest())
    return this.#texts.digest('hex')
  }

  /** A text and its place, or that it is the last one again. */
  #place(place: number, text: string | null): void {
    const isSame = this.#last[place] === text
    this.#number(isSame ? 0 : 1)
    if (isSame) return
    this.#last[place] = text
    this.#say(`${text}\n`)
  }

  #say(text: string): void {
    this.#text += text
    if (this.#text.length > TEXT_MAX) this.#flushText()
  }

  #number(value: number): void {
    this.#buffer[this.#count] = value
    this.#count += 1
    if (this.#count === NUMBERS_MAX) this.#flushNumbers()
  }

  #flushText(): void {
    this.#texts.update(this.#text)
    this.#text = ''
  }

  #flushNumbers(): void {
    this.#numbers.update(new Uint8Array(this.#buffer.buffer, 0, this.#count * Float64Array.BYTES_PER_ELEMENT))
    this.#count = 0
  }
}
