import Big from 'big.js'
import { check } from '../../core/check.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import { type Lots, lots, type Side, signOf } from '../../core/units.ts'

/** Decimal places of a realised profit on a partial close and of an entry price; the rest stays in the open cost. */
const MONEY_DECIMALS = 8
const DIVISION_DECIMALS = 24

/** A private constructor of `Big`, so that its precision is nobody else's. */
const Decimal = Big()
Decimal.DP = DIVISION_DECIMALS

interface Holding {
  readonly instrument: Instrument
  /** Size of one lot: base (linear) or quote (inverse). */
  readonly lotValue: Big
  readonly tickSize: Big
  lots: number
  /** Value at entry of what is held, settle currency (linear: quote; inverse: base), ≥ 0. */
  cost: Big
}

/** What a fill did, decimal strings in the settle currency. */
export interface Settlement {
  readonly fee: string
  readonly realisedPnl: string
}

/**
 * Wallets and positions, one-way mode, exact: wallet = deposit + Σ realised − Σ fees + Σ funding to the last digit, and a round trip
 * realises precisely the difference of what it sold and bought for.
 */
export class MarginAccount {
  readonly #wallets = new Map<string, Big>()
  readonly #holdings = new Map<InstrumentSymbol, Holding>()

  constructor(instruments: readonly Instrument[], walletOf: (currency: string) => string) {
    for (const instrument of instruments) {
      this.#holdings.set(instrument.symbol, {
        instrument,
        lotValue: new Decimal(instrument.lotSize).times(instrument.contractSize),
        tickSize: new Decimal(instrument.tickSize),
        lots: 0,
        cost: new Decimal(0),
      })
      this.#wallets.set(instrument.settle, new Decimal(walletOf(instrument.settle)))
    }
  }

  /** A position carried over from an earlier run. */
  open(symbol: InstrumentSymbol, size: number, entryPrice: string): void {
    const holding = this.#holding(symbol)
    holding.lots = size
    holding.cost = size === 0 ? new Decimal(0) : valueAt(holding, new Decimal(entryPrice), size)
  }

  lots(symbol: InstrumentSymbol): Lots {
    return lots(this.#holding(symbol).lots)
  }

  /** Decimal string, `0` when flat. */
  entryPrice(symbol: InstrumentSymbol): string {
    const { lots: held, lotValue, cost, instrument } = this.#holding(symbol)
    if (held === 0) return '0'
    const size = lotValue.times(Math.abs(held))
    return (instrument.inverse ? size.div(cost) : cost.div(size)).round(MONEY_DECIMALS).toFixed()
  }

  currencies(): readonly string[] {
    return [...this.#wallets.keys()]
  }

  wallet(currency: string): string {
    return (this.#wallets.get(currency) ?? new Decimal(0)).toFixed()
  }

  fill(symbol: InstrumentSymbol, side: Side, priceTicks: number, size: number, maker: boolean): Settlement {
    const holding = this.#holding(symbol)
    const { instrument } = holding
    const price = holding.tickSize.times(priceTicks)
    const fee = valueAt(holding, price, size).times(String(maker ? instrument.makerFeeRate : instrument.takerFeeRate))
    const signed = signOf(side) * size
    const closing = Math.sign(signed) === -Math.sign(holding.lots) ? Math.min(size, Math.abs(holding.lots)) : 0
    const realised = closing > 0 ? close(holding, price, closing) : new Decimal(0)
    holding.lots += signOf(side) * closing
    const opening = size - closing
    if (opening > 0) {
      holding.cost = holding.cost.plus(valueAt(holding, price, opening))
      holding.lots += signOf(side) * opening
    }
    this.#pay(instrument.settle, realised.minus(fee))
    return { fee: fee.toFixed(), realisedPnl: realised.toFixed() }
  }

  /** Longs pay shorts at a positive rate. Returns the change of the wallet, or nothing when flat. */
  fund(symbol: InstrumentSymbol, markPrice: number, rate: number): string | undefined {
    const holding = this.#holding(symbol)
    if (holding.lots === 0) return undefined
    const value = valueAt(holding, new Decimal(String(markPrice)), holding.lots)
    const change = value.times(String(rate)).times(-Math.sign(holding.lots)).round(MONEY_DECIMALS)
    this.#pay(holding.instrument.settle, change)
    return change.toFixed()
  }

  /** Value in the settle currency of so many lots at a price, a float: for margin only. */
  value(symbol: InstrumentSymbol, price: number, size: number): number {
    return valueAt(this.#holding(symbol), new Decimal(String(price)), size).toNumber()
  }

  /** Unrealised profit at `markPrice`, settle currency, a float: for margin only. */
  unrealised(symbol: InstrumentSymbol, markPrice: number): number {
    const holding = this.#holding(symbol)
    if (holding.lots === 0) return 0
    const now = valueAt(holding, new Decimal(String(markPrice)), holding.lots)
    return gainOf(holding, now, holding.cost).toNumber()
  }

  #holding(symbol: InstrumentSymbol): Holding {
    const holding = this.#holdings.get(symbol)
    return check(holding !== undefined, `instrument ${symbol} of the simulated venue`, holding)!
  }

  #pay(currency: string, change: Big): void {
    this.#wallets.set(currency, this.#wallets.get(currency)!.plus(change))
  }
}

/** Settle currency: lots × lot value × price (linear) or ÷ price (inverse). */
function valueAt({ instrument, lotValue }: Holding, price: Big, size: number): Big {
  const units = lotValue.times(Math.abs(size))
  return instrument.inverse ? units.div(price) : units.times(price)
}

/** A long linear position gains what its value gains; an inverse one loses it, being short of the settle currency. */
const gainOf = ({ instrument, lots: held }: Holding, now: Big, cost: Big): Big =>
  held > 0 === instrument.inverse ? cost.minus(now) : now.minus(cost)

/** Closes `size` of the position: exact when all of it, otherwise rounded, the remainder staying in the cost of the rest. */
function close(holding: Holding, price: Big, size: number): Big {
  const proceeds = valueAt(holding, price, size)
  if (size === Math.abs(holding.lots)) {
    const gain = gainOf(holding, proceeds, holding.cost)
    holding.cost = new Decimal(0)
    return gain
  }
  const share = holding.cost.times(size).div(Math.abs(holding.lots))
  const gain = gainOf(holding, proceeds, share).round(MONEY_DECIMALS)
  const exactShare = holding.lots > 0 === holding.instrument.inverse ? proceeds.plus(gain) : proceeds.minus(gain)
  holding.cost = holding.cost.minus(exactShare)
  return gain
}
