import type { EpochMs } from '../../core/units.ts'
import { ORDERS_MAX, PRICE_BAND } from '../exchange/admission.ts'
import { ALGO_ORDERS_MAX } from '../exchange/algo-rules.ts'
import { TRIGGER_PROTECT } from '../exchange/waiting-algo.ts'
import type { Listing } from './listing.ts'

/** Binance's date for "never". */
const NEVER = 4_133_404_800_000
/** Orders per account: Binance's `ORDERS` limits. */
export const ORDER_LIMITS = [
  { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
  { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1_200 },
] as const
/** Prices beyond this many ticks are not taken: price × size stays a safe integer. */
export const PRICE_TICKS_MAX = 1_000_000_000

export const exchangeInfo = (listings: readonly Listing[], requestWeightMax: number, now: EpochMs) => ({
  timezone: 'UTC',
  serverTime: Math.floor(now),
  futuresType: 'U_MARGINED',
  rateLimits: [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: requestWeightMax },
    ...ORDER_LIMITS,
  ],
  exchangeFilters: [],
  assets: [...new Set(listings.map(({ instrument }) => instrument.settle))].map((asset) => ({
    asset,
    marginAvailable: true,
    autoAssetExchange: '-10000',
  })),
  symbols: listings.map(symbolInfo),
})

const band = {
  multiplierUp: (1 + PRICE_BAND).toFixed(4),
  multiplierDown: (1 - PRICE_BAND).toFixed(4),
  multiplierDecimal: '4',
}

function symbolInfo(listing: Listing) {
  const { instrument, priceText, quantityText } = listing
  const lot = { minQty: quantityText(instrument.lotsMin), stepSize: instrument.lotSize }
  return {
    symbol: listing.name,
    pair: listing.name,
    contractType: 'PERPETUAL',
    deliveryDate: NEVER,
    onboardDate: 1_569_398_400_000,
    status: 'TRADING',
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: instrument.base,
    quoteAsset: instrument.quote,
    marginAsset: instrument.settle,
    pricePrecision: listing.priceDecimals,
    quantityPrecision: listing.lotDecimals,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    settlePlan: 0,
    triggerProtect: TRIGGER_PROTECT.toFixed(4),
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    maxMoveOrderLimit: 10_000,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: priceText(1),
        maxPrice: priceText(PRICE_TICKS_MAX),
        tickSize: instrument.tickSize,
      },
      { filterType: 'LOT_SIZE', ...lot, maxQty: quantityText(instrument.lotsMax) },
      { filterType: 'MARKET_LOT_SIZE', ...lot, maxQty: quantityText(instrument.lotsMaxMarket) },
      { filterType: 'MAX_NUM_ORDERS', limit: ORDERS_MAX },
      { filterType: 'MAX_NUM_ALGO_ORDERS', limit: ALGO_ORDERS_MAX },
      { filterType: 'MIN_NOTIONAL', notional: String(instrument.notionalMin) },
      { filterType: 'PERCENT_PRICE', ...band },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
  }
}
