import type { AccountBook } from './account-book.ts'
import type { MarginType } from './account-settings.ts'
import { Decimal, money, smaller, ZERO } from './decimal.ts'
import { type Holding, markValue, type Stake, stakesOf, unrealisedOf } from './holding.ts'
import { holdingMargin, type MarginClaim } from './initial-margin.ts'
import { poolBalance } from './margin-pool.ts'
import { tierIndex } from './margin-tiers.ts'

/** Why a change of leverage, margin or margin type was refused. */
export type MarginRefusal =
  | 'no-need-to-change'
  | 'position-open'
  | 'leverage-too-high'
  /** Less leverage while an isolated position is open. */
  | 'leverage-too-low'
  | 'insufficient-margin'

/** Margin that cross positions and all open orders of a currency claim. */
export function initialMargin(book: AccountBook, currency: string, claims: readonly MarginClaim[]) {
  let total = ZERO
  for (const holding of book.holdingsIn(currency)) {
    const { symbol } = holding.contract.instrument
    const own = claims.length === 0 ? claims : claims.filter((claim) => claim.symbol === symbol)
    total = total.plus(holdingMargin(holding, own))
  }
  return money(total)
}

/** Cross wallet and unrealised profit of cross positions less the initial margin. */
export const freeMargin = (book: AccountBook, currency: string, claims: readonly MarginClaim[]) =>
  money(poolBalance(book.crossPool(currency))).minus(initialMargin(book, currency, claims))

const leverageMax = ({ tiers }: Holding, value: number): number => tiers[tierIndex(tiers, value)]!.leverageMax

export function changeLeverage(
  book: AccountBook,
  holding: Holding,
  leverage: number,
  claims: readonly MarginClaim[],
): MarginRefusal | undefined {
  const stakes = stakesOf(holding)
  const values = [0, ...stakes.map((stake) => markValue(stake).toNumber())]
  if (!(leverage >= 1 && values.every((value) => leverage <= leverageMax(holding, value)))) return 'leverage-too-high'
  const before = holding.leverage
  if (leverage < before && holding.marginType === 'isolated' && stakes.length > 0) return 'leverage-too-low'
  holding.leverage = leverage
  if (leverage >= before || freeMargin(book, holding.contract.instrument.settle, claims).gte(0)) return undefined
  holding.leverage = before
  return 'insufficient-margin'
}

export function changeMarginType(holding: Holding, marginType: MarginType): MarginRefusal | undefined {
  if (holding.marginType === marginType) return 'no-need-to-change'
  if (stakesOf(holding).length > 0) return 'position-open'
  holding.marginType = marginType
  return undefined
}

/** Into (`amount` > 0) or out of an isolated wallet; what stays covers the initial margin and an unrealised loss. */
export function moveMargin(
  book: AccountBook,
  stake: Stake,
  amount: string,
  claims: readonly MarginClaim[],
): MarginRefusal | undefined {
  const { holding, leg } = stake
  const change = new Decimal(amount)
  const least = markValue(stake)
    .div(holding.leverage)
    .minus(smaller(ZERO, unrealisedOf(stake)))
  const enough = change.gt(0)
    ? freeMargin(book, holding.contract.instrument.settle, claims).gte(change)
    : leg.isolatedWallet.plus(change).gte(least)
  if (!enough) return 'insufficient-margin'
  book.setApart(holding, leg, change)
  return undefined
}
