import { createHash } from 'node:crypto'
import type { Fill } from '../../core/order.ts'
import { isForecast } from '../../inference/forecast.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'

/** Hashed at once: a call costs more than its bytes. */
const TEXT_MAX = 65_536
const NUMBERS_MAX = 8_192

/**
 * SHA-256 over a whole run: every decision with what it was made from, every fill and payment. Numbers go in as their bits, apart from
 * the texts: writing them as decimals would take longer than the decision itself.
 */
export class RunHash {
  readonly #texts = createHash('sha256')
  readonly #numbers = createHash('sha256')
  readonly #buffer = new Float64Array(NUMBERS_MAX)
  #text = ''
  #count = 0

  addDecision({
    decisionId,
    featureHash,
    forecast,
    target,
    verdict,
    clientId,
    positionLots,
    equity,
  }: DecisionRecord): void {
    const refusal = verdict.kind === 'refused' ? verdict.code : verdict.kind
    this.#say(`${decisionId} ${featureHash} ${target.reason} ${refusal} ${clientId} ${equity}\n`)
    this.#number(target.kind === 'target' ? target.lots : Number.NaN)
    this.#number(target.edgeBps)
    this.#number(target.costBps)
    this.#number(positionLots)
    if (!forecast) return
    this.#say(forecast.modelId)
    if (!isForecast(forecast)) {
      this.#say(forecast.failure)
      return
    }
    this.#number(forecast.meanBps)
    this.#number(forecast.volatilityBps)
    for (const value of forecast.quantilesBps) this.#number(value)
    for (const value of forecast.classes) this.#number(value)
  }

  addFill({ symbol, at, side, price, lots, fee, realisedPnl }: Fill): void {
    this.#say(`${symbol} ${at} ${side} ${price} ${lots} ${fee} ${realisedPnl}\n`)
  }

  addCash(symbol: string, at: number, reason: string, amount: string): void {
    this.#say(`${symbol} ${at} ${reason} ${amount}\n`)
  }

  /** Hexadecimal; nothing can be added after it. */
  digest(): string {
    this.#flushText()
    this.#flushNumbers()
    this.#texts.update(this.#numbers.digest())
    return this.#texts.digest('hex')
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
