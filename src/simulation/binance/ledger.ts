import type { AccountId, PositionSide } from '../exchange/exchange.ts'
import { entryPriceText } from './account-figures.ts'
import { algoRow, fillRow, orderRow } from './order-json.ts'
import type { Venue } from './routes.ts'

/** Ground truth of one account for tests: everything that the exchange itself holds, in Binance's texts. */
export interface Ledger {
  readonly account: AccountId
  readonly currency: string
  /** Decimal strings. */
  readonly wallet: string
  readonly marginBalance: string
  readonly available: string
  readonly orders: readonly ReturnType<typeof orderRow>[]
  readonly algoOrders: readonly ReturnType<typeof algoRow>[]
  readonly fills: readonly ReturnType<typeof fillRow>[]
  readonly positions: readonly {
    readonly symbol: string
    readonly positionSide: PositionSide
    readonly positionAmt: string
    readonly entryPrice: string
  }[]
}

export function ledgerOf({ exchange, listings }: Venue, account: AccountId): Ledger {
  const { currency, wallet, marginBalance, available, positions } = exchange.account(account)
  return {
    account,
    currency,
    wallet,
    marginBalance,
    available,
    orders: exchange.orders(account).map((order) => orderRow(listings.of(order.symbol), order)),
    algoOrders: exchange.algoOrders(account).map((algo) => algoRow(listings.of(algo.symbol), algo, undefined)),
    fills: exchange.fills(account).map((fill) => fillRow(listings.of(fill.symbol), fill)),
    positions: positions.map((position) => ({
      symbol: listings.of(position.symbol).name,
      positionSide: position.positionSide,
      positionAmt: listings.of(position.symbol).quantityText(position.lots),
      entryPrice: entryPriceText(position.entryPrice),
    })),
  }
}
