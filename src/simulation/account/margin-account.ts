import type Big from 'big.js'
import { check } from '../../core/check.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import { type EpochMs, epochMs, type Lots, lots, type Side, signOf } from '../../core/units.ts'
import { AccountBook } from './account-book.ts'
import { type AccountSettings, accountSettings, type MarginType, type PositionSide } from './account-settings.ts'
import { adlScore } from './adl.ts'
import { valueAt } from './contract.ts'
import { Decimal, decimal, larger, money, smaller, ZERO } from './decimal.ts'
import { feeRate, TradedVolume } from './fee-tiers.ts'
import { type Holding, legOf, markValue, type Stake, stakesOf, unrealisedOf } from './holding.ts'
import type { MarginClaim } from './initial-margin.ts'
import { type Liquidation, leftAt, nextLiquidation } from './liquidation.ts'
import { liquidationPrice } from './liquidation-price.ts'
import {
  changeLeverage,
  changeMarginType,
  freeMargin,
  initialMargin,
  type MarginRefusal,
  moveMargin,
} from './margin-changes.ts'
import { isDue, poolBalance, poolMaintenance } from './margin-pool.ts'
import { gainOf } from './position.ts'

const PRICE_DECIMALS = 8

/** What a fill did, decimal strings in the settle currency. `fee` negative: a rebate, or what the insurance fund paid in. */
export interface Settlement {
  readonly fee: string
  readonly realisedPnl: string
}

/**
 * Money of one account, exact: wallet = deposit + Σ realised − Σ fees − Σ liquidation fees + Σ funding + Σ transfers to the last
 * digit, and a round trip realises precisely the difference of what it sold and bought for. Linear and inverse contracts; net
 * positions, or long and short apart (`positionSide` is then needed); cross and isolated margin; maintenance tiers.
 *
 * A venue tells it of fills, marks and funding. After a mark (or funding, or a withdrawal) it asks for `liquidations`: it cancels the
 * orders of what is named, tries each closing order on its book, tells of every piece with `liquidate`, takes over what is left at the
 * bankruptcy price, and asks again until none is named.
 */
export class MarginAccount {
  readonly #settings: AccountSettings
  readonly #book: AccountBook
  readonly #volume = new TradedVolume()
  #now = epochMs(0)

  constructor(
    instruments: readonly Instrument[],
    walletOf: (currency: string) => string,
    settings: Partial<AccountSettings> = {},
  ) {
    this.#settings = accountSettings(settings)
    this.#book = new AccountBook(instruments, walletOf, this.#settings)
  }

  /** Time of what follows: fee tiers change at midnight UTC. */
  advance(now: EpochMs): void {
    this.#now = now
  }

  /** A position carried over from an earlier run; isolated, its initial margin is set apart. */
  open(symbol: InstrumentSymbol, size: number, entryPrice: string, positionSide?: PositionSide): void {
    if (size === 0) return
    const { holding, leg } = this.#stake(symbol, positionSide)
    this.#book.trade(holding, leg, size, valueAt(holding.contract, new Decimal(entryPrice), size))
  }

  /** Signed. */
  lots(symbol: InstrumentSymbol, positionSide?: PositionSide): Lots {
    return lots(this.#stake(symbol, positionSide).leg.position.lots)
  }

  /** Decimal string, `0` when flat. */
  entryPrice(symbol: InstrumentSymbol, positionSide?: PositionSide): string {
    const { holding, leg } = this.#stake(symbol, positionSide)
    const { lots: held, cost } = leg.position
    if (held === 0) return '0'
    const { lotValue, instrument } = holding.contract
    const size = lotValue.times(Math.abs(held))
    return (instrument.inverse ? size.div(cost) : cost.div(size)).round(PRICE_DECIMALS).toFixed()
  }

  currencies(): readonly string[] {
    return this.#book.currencies()
  }

  /** Decimal string, without unrealised profit; isolated margin included. */
  wallet(currency: string): string {
    return this.#book.wallet(currency).toFixed()
  }

  /** Of the wallet, what is not set apart for isolated positions. */
  crossWallet(currency: string): string {
    return this.#book.crossWallet(currency).toFixed()
  }

  fill(
    symbol: InstrumentSymbol,
    side: Side,
    priceTicks: number,
    size: number,
    maker: boolean,
    positionSide?: PositionSide,
  ): Settlement {
    const { holding, leg } = this.#stake(symbol, positionSide)
    const { instrument, tickSize } = holding.contract
    const value = valueAt(holding.contract, tickSize.times(priceTicks), size)
    const { feeTiers } = this.#settings
    const rate = feeRate(feeTiers, feeTiers ? this.#volume.before(this.#now) : 0, instrument, maker)
    const fee = money(value.times(String(rate)))
    const after = leg.position.lots + signOf(side) * size
    // A venue cuts an order to what it may close: in hedge mode no leg turns to the other side.
    check(!leg.side || (leg.side === 'long' ? after >= 0 : after <= 0), `lots of the ${leg.side} leg`, after)
    const { realised } = this.#book.trade(holding, leg, signOf(side) * size, value)
    this.#book.pay(instrument.settle, fee.times(-1))
    if (feeTiers)
      this.#volume.add(this.#now, instrument.inverse ? holding.contract.lotValueNumber * size : value.toNumber())
    return { fee: fee.toFixed(), realisedPnl: realised.toFixed() }
  }

  /**
   * Funding at its time: longs pay shorts at a positive rate, on the value at mark. An isolated position pays from its own margin.
   * Returns the change of the wallet, or nothing when flat.
   */
  fund(symbol: InstrumentSymbol, markPrice: number, rate: number): string | undefined {
    const holding = this.#book.holding(symbol)
    let total: Big | undefined
    for (const { leg } of stakesOf(holding)) {
      const { lots: held } = leg.position
      const value = valueAt(holding.contract, decimal(markPrice), held)
      const change = money(value.times(String(rate)).times(-Math.sign(held)))
      this.#book.pay(holding.contract.instrument.settle, change)
      if (holding.marginType === 'isolated') this.#book.setApart(holding, leg, change)
      total = (total ?? ZERO).plus(change)
    }
    return total?.toFixed()
  }

  /** Value in the settle currency of so many lots at a price, a float. */
  value(symbol: InstrumentSymbol, price: number, size: number): number {
    return valueAt(this.#book.holding(symbol).contract, decimal(price), size).toNumber()
  }

  /** The same at a price in ticks, exact: for a `MarginClaim`. */
  worth(symbol: InstrumentSymbol, priceTicks: number, size: number): Big {
    const { contract } = this.#book.holding(symbol)
    return valueAt(contract, contract.tickSize.times(priceTicks), size)
  }

  /** Unrealised profit at `markPrice`, settle currency, a float. */
  unrealised(symbol: InstrumentSymbol, markPrice: number, positionSide?: PositionSide): number {
    const { holding, leg } = this.#stake(symbol, positionSide)
    const { lots: held, cost } = leg.position
    if (held === 0) return 0
    return gainOf(holding.contract, held, valueAt(holding.contract, decimal(markPrice), held), cost).toNumber()
  }

  /** Tells of the mark price, quote currency, > 0: what margin, liquidation and value rest on. */
  mark(symbol: InstrumentSymbol, markPrice: number): void {
    check(markPrice > 0 && Number.isFinite(markPrice), `mark price of ${symbol}`, markPrice)
    this.#book.holding(symbol).markPrice = markPrice
  }

  /** Wallet plus unrealised profit at mark, isolated positions included. */
  marginBalance(currency: string): Big {
    let total = this.#book.wallet(currency)
    for (const holding of this.#book.holdingsIn(currency)) {
      for (const stake of stakesOf(holding)) total = total.plus(unrealisedOf(stake))
    }
    return money(total)
  }

  /** Margin that cross positions and all open orders claim from the cross wallet; per instrument the worse side counts. */
  initialMargin(currency: string, claims: readonly MarginClaim[] = []): Big {
    return initialMargin(this.#book, currency, claims)
  }

  /** Cross wallet and unrealised profit of cross positions less the initial margin; below 0 when more is claimed than there is. */
  freeMargin(currency: string, claims: readonly MarginClaim[] = []): Big {
    return freeMargin(this.#book, currency, claims)
  }

  /** Whether `freeMargin` is above 0 beyond doubt; false: it may be all the same. */
  isClearlyCovered(currency: string, claims: readonly MarginClaim[]): boolean {
    return this.#book.isClearlyCovered(currency, claims)
  }

  /** What new orders and withdrawals may claim, never below 0. */
  available(currency: string, claims: readonly MarginClaim[] = []): Big {
    return larger(ZERO, this.freeMargin(currency, claims))
  }

  /** Of all positions, cross and isolated. */
  maintenanceMargin(currency: string): Big {
    const stakes = [...this.#book.holdingsIn(currency)].flatMap(stakesOf)
    return money(poolMaintenance({ wallet: ZERO, stakes }))
  }

  /** Margin set apart for an isolated position; decimal string, `0` in cross mode. */
  isolatedWallet(symbol: InstrumentSymbol, positionSide?: PositionSide): string {
    return this.#stake(symbol, positionSide).leg.isolatedWallet.toFixed()
  }

  leverage(symbol: InstrumentSymbol): number {
    return this.#book.holding(symbol).leverage
  }

  marginType(symbol: InstrumentSymbol): MarginType {
    return this.#book.holding(symbol).marginType
  }

  /** Like Binance: no more than the position's tier allows, no less while an isolated position is open or margin would be missing. */
  setLeverage(
    symbol: InstrumentSymbol,
    leverage: number,
    claims: readonly MarginClaim[] = [],
  ): MarginRefusal | undefined {
    return changeLeverage(this.#book, this.#book.holding(symbol), leverage, claims)
  }

  /** Only while flat and without open orders, which the caller knows of. */
  setMarginType(symbol: InstrumentSymbol, marginType: MarginType): MarginRefusal | undefined {
    return changeMarginType(this.#book.holding(symbol), marginType)
  }

  /**
   * Adds margin to an isolated position (`amount` > 0, decimal string), or takes some back: never so much that less than its initial
   * margin, or more than its unrealised loss allows, is left.
   */
  moveMargin(
    symbol: InstrumentSymbol,
    amount: string,
    positionSide?: PositionSide,
    claims: readonly MarginClaim[] = [],
  ): MarginRefusal | undefined {
    const stake = this.#stake(symbol, positionSide)
    const { marginType } = stake.holding
    check(marginType === 'isolated' && stake.leg.position.lots !== 0, `isolated position of ${symbol}`, marginType)
    return moveMargin(this.#book, stake, amount, claims)
  }

  /** Deposit (> 0) or withdrawal of what is available; decimal string. */
  transfer(currency: string, amount: string, claims: readonly MarginClaim[] = []): MarginRefusal | undefined {
    const change = new Decimal(amount)
    if (change.lt(0) && this.available(currency, claims).lt(change.abs())) return 'insufficient-margin'
    this.#book.pay(currency, change)
    return undefined
  }

  /** Mark price at which the position is liquidated while all else stands still; decimal string, absent when there is none. */
  liquidationPrice(symbol: InstrumentSymbol, positionSide?: PositionSide): string | undefined {
    const stake = this.#stake(symbol, positionSide)
    if (stake.leg.position.lots === 0) return undefined
    return liquidationPrice(this.#book.poolOf(stake), stake.holding)?.round(PRICE_DECIMALS).toFixed()
  }

  /** What must be closed now, at most one position of each margin pool: settle it and ask again. */
  liquidations(): readonly Liquidation[] {
    return this.#book.isClearlySafe() ? [] : this.#book.pools().filter(isDue).map(nextLiquidation)
  }

  /** Whether nothing would be liquidated beyond doubt, were `symbol` marked at `price`; false: perhaps nothing would all the same. */
  isClearlySafeAt(symbol: InstrumentSymbol, price: number): boolean {
    return this.#book.isClearlySafeAt(symbol, price)
  }

  /**
   * Books a piece of a liquidation, at a price no worse than the bankruptcy price. The fee goes to the insurance fund: no more than is
   * left, and negative where the fund must pay in. A bankrupt account thus ends at 0, an isolated position takes no more than its margin.
   */
  liquidate(liquidation: Liquidation, priceTicks: number, size: number): Settlement {
    const { symbol, positionSide, side, bankruptcyTicks } = liquidation
    const stake = this.#stake(symbol, positionSide)
    const { holding, leg } = stake
    const value = this.worth(symbol, priceTicks, size)
    const { realised, released } = this.#book.trade(holding, leg, signOf(side) * size, value)
    const left =
      holding.marginType === 'isolated'
        ? released.plus(realised)
        : leftAt(this.#book.poolOf(stake), stake, bankruptcyTicks)
    const cap = left.round(PRICE_DECIMALS, left.gt(0) ? Decimal.roundDown : Decimal.roundUp)
    const fee = smaller(money(value.times(String(this.#settings.liquidationFeeRate))), cap)
    this.#book.pay(holding.contract.instrument.settle, fee.times(-1))
    return { fee: fee.toFixed(), realisedPnl: realised.toFixed() }
  }

  /** Closes a part of a position at the bankruptcy price of another account: no fee is paid for it. */
  deleverage(
    symbol: InstrumentSymbol,
    side: Side,
    priceTicks: number,
    size: number,
    positionSide?: PositionSide,
  ): Settlement {
    const { holding, leg } = this.#stake(symbol, positionSide)
    const held = -signOf(side) * leg.position.lots
    check(held >= size, `lots of ${symbol} to deleverage`, held)
    const { realised } = this.#book.trade(holding, leg, signOf(side) * size, this.worth(symbol, priceTicks, size))
    return { fee: '0', realisedPnl: realised.toFixed() }
  }

  /** Rank for auto-deleveraging, to be compared with that of others on the same side (`adlQuantiles`); 0 when flat. */
  adlScore(symbol: InstrumentSymbol, positionSide?: PositionSide): number {
    const stake = this.#stake(symbol, positionSide)
    if (stake.leg.position.lots === 0) return 0
    const balance = poolBalance(this.#book.poolOf(stake)).toNumber()
    return adlScore(stake.leg.costNumber, unrealisedOf(stake).toNumber(), markValue(stake).toNumber(), balance)
  }

  #stake(symbol: InstrumentSymbol, positionSide: PositionSide | undefined): Stake {
    const holding: Holding = this.#book.holding(symbol)
    return { holding, leg: legOf(holding, positionSide) }
  }
}
