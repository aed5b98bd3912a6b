import { InputError, TransientError } from '../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { VenueClient } from './venue-client.ts'
import { causeOf } from './venue-refusal.ts'

type Fields = Readonly<Record<string, unknown>>

/** Fractions of the order value; Binance tells them per account only. */
export interface FeeRates {
  readonly maker: number
  readonly taker: number
}

/** Binance USD-M, regular user. */
const FEE_RATES: FeeRates = { maker: 0.0002, taker: 0.0005 }
const NEAR_MAX = 5

/** Throws `InputError` for a symbol that is not listed or does not trade, `TransientError` when the venue does not answer. */
export async function loadInstruments(
  client: VenueClient,
  symbols: readonly InstrumentSymbol[],
  fees: FeeRates = FEE_RATES,
): Promise<readonly Instrument[]> {
  try {
    await client.loadMarkets()
  } catch (thrown) {
    throw new TransientError(`the exchange does not answer: ${causeOf(thrown)}`, {}, thrown)
  }
  const markets = client.markets ?? {}
  return symbols.map((symbol) => {
    const market = markets[symbol] as Fields | undefined
    if (market?.['swap'] !== true) throw notListed(symbol, Object.keys(markets))
    const info = market['info'] as Fields
    if (info['status'] !== 'TRADING') {
      throw new InputError(`symbol ${symbol}: its status at the venue is ${String(info['status'])}; it must be TRADING`)
    }
    return instrumentOf(symbol, info, fees)
  })
}

function instrumentOf(symbol: InstrumentSymbol, info: Fields, fees: FeeRates): Instrument {
  const filters = (Array.isArray(info['filters']) ? info['filters'] : []) as readonly Fields[]
  const filter = (type: string, field: string): string => {
    const value = filters.find((candidate) => candidate['filterType'] === type)?.[field]
    if (typeof value === 'string' && Number(value) >= 0) return value
    throw new InputError(`${symbol}: the venue's ${type}.${field} was ${JSON.stringify(value)}; a decimal was expected`)
  }
  const lotSize = filter('LOT_SIZE', 'stepSize')
  const lotsOf = (type: string, field: string) => Math.round(Number(filter(type, field)) / Number(lotSize))
  return {
    symbol,
    venueSymbol: String(info['symbol']),
    base: String(info['baseAsset']),
    quote: String(info['quoteAsset']),
    settle: String(info['marginAsset']),
    tickSize: filter('PRICE_FILTER', 'tickSize'),
    lotSize,
    contractSize: '1',
    inverse: false,
    lotsMin: Math.max(1, lotsOf('LOT_SIZE', 'minQty')),
    lotsMax: lotsOf('LOT_SIZE', 'maxQty'),
    lotsMaxMarket: lotsOf('MARKET_LOT_SIZE', 'maxQty'),
    notionalMin: Number(filter('MIN_NOTIONAL', 'notional')),
    makerFeeRate: fees.maker,
    takerFeeRate: fees.taker,
  }
}

function notListed(symbol: string, listed: readonly string[]): InputError {
  const near = listed
    .map((candidate) => ({ candidate, distance: editDistance(symbol, candidate) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEAR_MAX)
    .map(({ candidate }) => candidate)
  return new InputError(`symbol ${JSON.stringify(symbol)} is not listed; near: ${near.join(', ')}`, { symbol, near })
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
