import type Big from 'big.js'
import { check } from '../../core/check.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { AccountSettings } from './account-settings.ts'
import { Decimal, money, ZERO } from './decimal.ts'
import { type Holding, holdingOf, type Leg, leverageAt, type Stake, stakesOf } from './holding.ts'
import type { MarginClaim } from './initial-margin.ts'
import type { MarginPool } from './margin-pool.ts'
import { trade } from './position.ts'
import { isClearlyCovered, isClearlySafe } from './quick-check.ts'

/** What a trade moved. */
interface Booked {
  readonly realised: Big
  /** Margin that came back from the isolated wallet. */
  readonly released: Big
}

/** Wallets and positions of one account, and the movements between them. */
export class AccountBook {
  readonly holdings: ReadonlyMap<InstrumentSymbol, Holding>
  readonly #all: readonly Holding[]
  /** Settle currency to what is not set apart for an isolated position. */
  readonly #cross = new Map<string, Big>()
  /** The same as floats, for quick checks. */
  readonly #crossNumber = new Map<string, number>()

  constructor(instruments: readonly Instrument[], walletOf: (currency: string) => string, settings: AccountSettings) {
    this.holdings = new Map(instruments.map((instrument) => [instrument.symbol, holdingOf(instrument, settings)]))
    this.#all = [...this.holdings.values()]
    for (const { settle } of instruments) this.#setCross(settle, new Decimal(walletOf(settle)))
  }

  holding(symbol: InstrumentSymbol): Holding {
    const holding = this.holdings.get(symbol)
    return check(holding !== undefined, `instrument ${symbol} of the account`, holding)!
  }

  currencies(): readonly string[] {
    return [...this.#cross.keys()]
  }

  *holdingsIn(currency: string): Iterable<Holding> {
    for (const holding of this.holdings.values()) if (holding.contract.instrument.settle === currency) yield holding
  }

  crossWallet = (currency: string): Big => this.#cross.get(currency) ?? ZERO

  /** Cross wallet and all isolated ones. */
  wallet(currency: string): Big {
    let total = this.crossWallet(currency)
    for (const { legs } of this.holdingsIn(currency)) for (const leg of legs) total = total.plus(leg.isolatedWallet)
    return total
  }

  pay(currency: string, change: Big): void {
    this.#setCross(currency, this.crossWallet(currency).plus(change))
  }

  #setCross(currency: string, wallet: Big): void {
    this.#cross.set(currency, wallet)
    this.#crossNumber.set(currency, wallet.toNumber())
  }

  /** Between the cross wallet and an isolated one. */
  setApart({ contract }: Holding, leg: Leg, amount: Big): void {
    leg.isolatedWallet = leg.isolatedWallet.plus(amount)
    leg.isolatedNumber = leg.isolatedWallet.toNumber()
    this.pay(contract.instrument.settle, amount.times(-1))
  }

  /** Trades, pays the profit into the cross wallet, and sets isolated margin apart or gives it back, in proportion. */
  trade(holding: Holding, leg: Leg, signedLots: number, value: Big): Booked {
    const held = Math.abs(leg.position.lots)
    const { next, realised, closed, openedValue } = trade(holding.contract, leg.position, signedLots, value)
    leg.position = next
    leg.costNumber = next.cost.toNumber()
    this.pay(holding.contract.instrument.settle, realised)
    const released = closed === held ? leg.isolatedWallet : money(leg.isolatedWallet.times(closed).div(held))
    if (closed > 0) this.setApart(holding, leg, released.times(-1))
    if (holding.marginType === 'isolated' && openedValue.gt(0)) {
      this.setApart(holding, leg, money(openedValue.div(leverageAt(holding, next.cost))))
    }
    return { realised, released: closed > 0 ? released : ZERO }
  }

  /** What answers for a position: its own margin, or the cross wallet with all that share it. */
  poolOf({ holding, leg }: Stake): MarginPool {
    if (holding.marginType === 'isolated') return { wallet: leg.isolatedWallet, stakes: [{ holding, leg }] }
    return this.crossPool(holding.contract.instrument.settle)
  }

  crossPool(currency: string): MarginPool {
    const stakes: Stake[] = []
    for (const holding of this.holdingsIn(currency)) {
      if (holding.marginType === 'cross') stakes.push(...stakesOf(holding))
    }
    return { wallet: this.crossWallet(currency), stakes }
  }

  /** Whether no position is near liquidation. */
  isClearlySafe(): boolean {
    for (const [currency, wallet] of this.#crossNumber) {
      if (!isClearlySafe(currency, wallet, this.#all)) return false
    }
    return true
  }

  /** Whether none would be, were `symbol` marked at `price`. */
  isClearlySafeAt(symbol: InstrumentSymbol, price: number): boolean {
    const holding = this.holding(symbol)
    const { markPrice } = holding
    holding.markPrice = price
    const isSafe = this.isClearlySafe()
    holding.markPrice = markPrice
    return isSafe
  }

  /** Whether the cross wallet covers, beyond doubt, what positions and `claims` claim of it. */
  isClearlyCovered(currency: string, claims: readonly MarginClaim[]): boolean {
    return isClearlyCovered(currency, this.#crossNumber.get(currency) ?? 0, this.#all, claims)
  }

  /** Every pool that holds a position. */
  pools(): readonly MarginPool[] {
    const stakes = [...this.holdings.values()].flatMap(stakesOf)
    if (stakes.length === 0) return []
    const isolated = stakes.filter(({ holding }) => holding.marginType === 'isolated').map((each) => this.poolOf(each))
    return [...this.currencies().map((currency) => this.crossPool(currency)), ...isolated]
  }
}
