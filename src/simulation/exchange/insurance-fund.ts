import Big from 'big.js'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { ExchangeOutput, PassedOn } from './exchange-output.ts'

/**
 * Lives on liquidation fees and bears what positions lose that are taken over at the bankruptcy price. It holds cash alone. Where it
 * cannot bear a loss others are deleveraged (Binance, "Insurance Fund" and "Auto-Deleveraging").
 */
export class InsuranceFund {
  #balance: Big
  readonly #emit: (output: ExchangeOutput) => void

  /** `balance`: decimal string, settle currency, ≥ 0. */
  constructor(balance: string, emit: (output: ExchangeOutput) => void) {
    this.#balance = new Big(balance)
    this.#emit = emit
  }

  /** Decimal string. */
  get balance(): string {
    return this.#balance.toFixed()
  }

  /** How many of `lots` it can take over at a gain of `gainPerLot` (below 0: a loss) each. */
  bearable(lots: number, gainPerLot: Big): number {
    if (gainPerLot.gte(0)) return lots
    if (this.#balance.lte(0)) return 0
    return Math.min(lots, this.#balance.div(gainPerLot.abs()).round(0, Big.roundDown).toNumber())
  }

  /** A fee paid in, or with `passed` what came of a takeover. */
  book(change: Big, symbol: InstrumentSymbol, at: EpochMs, passed?: PassedOn): void {
    if (change.eq(0) && !passed) return
    this.#balance = this.#balance.plus(change)
    const amounts = { balance: this.balance, change: change.toFixed() }
    this.#emit({ kind: 'insurance', symbol, at, ...amounts, ...(passed && { passed }) })
  }
}
