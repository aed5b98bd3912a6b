import ccxt, { type Exchange } from 'ccxt'
import type { Converter, Instrument } from '../../../src/core/instrument.ts'
import type { TradeEvent } from '../../../src/core/market-event.ts'
import type { Book } from '../../../src/market/book.ts'
import { stepRatio } from '../../../src/market/decimal.ts'

interface CcxtBook {
  readonly bids: readonly (readonly [number, number])[]
  readonly asks: readonly (readonly [number, number])[]
}

interface CcxtTrade {
  readonly id: string
  readonly side: string
  readonly price: number
  readonly amount: number
  readonly timestamp: number
}

/** The part of a ccxt.pro venue that works without a network. */
export interface CcxtVenue {
  handleMessage(client: unknown, frame: unknown): void
  orderBook(): CcxtBook
  fetchOrderBookSnapshot(client: unknown, message: unknown, subscription: unknown): Promise<void>
  fetchRestOrderBookSafe: () => Promise<unknown>
  parseOrderBook(reply: unknown, symbol: string, timestamp?: number): { nonce?: number }
  readonly orderbooks: Record<string, CcxtBook>
  readonly trades: Record<string, readonly CcxtTrade[]>
  readonly tickers: Record<string, { readonly info: Record<string, string> }>
}

export function ccxtVenue(
  id: 'bybit' | 'okx' | 'binanceusdm' | 'binancecoinm' | 'bitget' | 'bingx' | 'hyperliquid',
  instruments: readonly Instrument[],
  kindOf: (instrument: Instrument) => 'swap' | 'future' | 'spot' = () => 'swap',
): CcxtVenue {
  const venue = new (ccxt.pro[id] as unknown as new (config: object) => Exchange)({ options: { tradesLimit: 100_000 } })
  venue.setMarkets(
    instruments.map((instrument) => {
      const type = kindOf(instrument)
      const { symbol, base, quote, settle, inverse } = instrument
      const contract = type !== 'spot'
      return {
        ...{
          id: instrument.venueSymbol,
          lowercaseId: instrument.venueSymbol.toLowerCase(),
          symbol,
          base,
          quote,
          settle,
          type,
        },
        ...{ spot: !contract, swap: type === 'swap', future: type === 'future', option: false, contract },
        ...{
          linear: contract && !inverse,
          inverse: contract && inverse,
          contractSize: Number(instrument.contractSize),
        },
        ...{ active: true, limits: {}, info: {} },
        precision: { price: Number(instrument.tickSize), amount: Number(instrument.lotSize) },
      }
    }),
  )
  return venue as unknown as CcxtVenue
}

/** Stands for ccxt's socket; what ccxt refuses fails the test. */
export const ccxtClient = (url: string): object => ({
  url,
  subscriptions: new Proxy({}, { has: () => true, get: () => ({}), deleteProperty: () => true }),
  lastPong: 0,
  resolve: () => undefined,
  reject: (error: unknown) => {
    throw error
  },
})

/** First difference between our book and ccxt's, in words; `undefined` when they are equal level by level. */
export function bookDifference(book: Book, theirs: CcxtBook, convert: Converter): string | undefined {
  for (const side of ['bids', 'asks'] as const) {
    const flat = book.levels(side)
    if (flat.length !== theirs[side].length * 2)
      return `${side}: ${flat.length / 2} levels, ccxt ${theirs[side].length}`
    for (const [at, [price, amount]] of theirs[side].entries()) {
      const ours = [flat[2 * at]!, flat[2 * at + 1]!] as const
      if (
        stepRatio(convert.instrument.tickSize)(String(price)) !== ours[0] ||
        convert.lots(String(amount)) !== ours[1]
      ) {
        return `${side}[${at}]: ${convert.price(ours[0])} × ${convert.quantity(ours[1])}, ccxt ${price} × ${amount}`
      }
    }
  }
  return undefined
}

export const ccxtTrades = (venue: CcxtVenue, symbol: string): object[] =>
  (venue.trades[symbol] ?? []).map(({ id, side, price, amount, timestamp }) => ({ id, side, price, amount, timestamp }))

/** Our trade as ccxt writes one. */
export const asCcxtTrade = (trade: TradeEvent, convert: Converter): object => ({
  id: String(trade.tradeId),
  side: trade.side,
  price: Number(convert.priceText(trade.price)),
  amount: Number(convert.quantityText(trade.size)),
  timestamp: trade.exchangeTime,
})
