import type { Converter } from '../../core/instrument.ts'
import type { ApprovedOrder, OrderReport, OrderType, TriggerBy } from '../../core/order.ts'
import type { Lots } from '../../core/units.ts'
import { type Fields, flagIn, idIn, limitTicksIn, lotsIn, sideIn, textIn, timeIn } from './json-fields.ts'

type Params = Readonly<Record<string, string>>

const ALGO_TYPES = {
  'stop-market': 'STOP_MARKET',
  'stop-limit': 'STOP',
  'take-profit-market': 'TAKE_PROFIT_MARKET',
  'take-profit-limit': 'TAKE_PROFIT',
  'trailing-stop': 'TRAILING_STOP_MARKET',
} as const satisfies Record<Exclude<OrderType, 'limit' | 'market'>, string>

const WORKING_TYPES = { last: 'CONTRACT_PRICE', mark: 'MARK_PRICE' } as const satisfies Record<TriggerBy, string>

/** Goes to the algo service, which has endpoints and ids of its own. */
export const isConditional = ({ type }: ApprovedOrder): boolean => type in ALGO_TYPES

/** What this venue cannot do; undefined: it can. Two more orders beside the entry would not be placed as one with it. */
export const unsupported = ({ protection }: ApprovedOrder): string | undefined =>
  protection === undefined ? undefined : 'the venue attaches no stop loss or take profit to an order'

function common(order: ApprovedOrder, convert: Converter): Params {
  const { side, positionSide, reduceOnly, lots, expiresAt, timeInForce } = order
  return {
    symbol: convert.instrument.venueSymbol,
    side: side === 'buy' ? 'BUY' : 'SELL',
    quantity: convert.quantityText(lots),
    ...(positionSide ? { positionSide: positionSide === 'long' ? 'LONG' : 'SHORT' } : {}),
    // In hedge mode the sides say what closes, and the venue refuses the flag.
    ...(reduceOnly && !positionSide ? { reduceOnly: 'true' } : {}),
    ...(timeInForce === 'GTD' && expiresAt !== undefined ? { goodTillDate: String(Math.floor(expiresAt)) } : {}),
  }
}

const limited = ({ price, timeInForce }: ApprovedOrder, convert: Converter): Params => ({
  price: convert.priceText(price),
  timeInForce,
})

/** Parameters of `POST /fapi/v1/order`: these and no others, since ccxt lets anything through. */
export const orderParams = (order: ApprovedOrder, convert: Converter): Params => ({
  ...common(order, convert),
  type: order.type === 'market' ? 'MARKET' : 'LIMIT',
  newClientOrderId: order.clientId,
  newOrderRespType: 'ACK',
  ...(order.type === 'limit' ? limited(order, convert) : {}),
})

/**
 * Parameters of `POST /fapi/v1/algoOrder`. The activation price is `activatePrice` here: under `activationPrice`, as ccxt sends it,
 * the venue ignores it and trails at once (binance-connector-java issue 206, JKorf/Binance.Net issue 1561).
 */
export function algoParams(order: ApprovedOrder, convert: Converter): Params {
  const { type, trigger, trailing } = order
  const by = (trailing ?? trigger)?.by ?? 'last'
  return {
    ...common(order, convert),
    algoType: 'CONDITIONAL',
    type: ALGO_TYPES[type as keyof typeof ALGO_TYPES],
    clientAlgoId: order.clientId,
    workingType: WORKING_TYPES[by],
    ...(trigger ? { triggerPrice: convert.priceText(trigger.ticks) } : {}),
    ...(trailing ? { callbackRate: String(trailing.callbackBps / 100) } : {}),
    ...(trailing?.activationTicks === undefined ? {} : { activatePrice: convert.priceText(trailing.activationTicks) }),
    ...(type === 'stop-limit' || type === 'take-profit-limit' ? limited(order, convert) : {}),
  }
}

const ALGO_STATES: Readonly<Record<string, OrderReport['state']>> = {
  NEW: 'open',
  TRIGGERING: 'open',
  CANCELED: 'cancelled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
}

/** Names of the same things in answers of REST and in frames. */
const KEYS = {
  rest: {
    ...{ clientId: 'clientAlgoId', id: 'algoId', state: 'algoStatus', side: 'side', quantity: 'quantity' },
    ...{ price: 'price', reduceOnly: 'reduceOnly', at: 'updateTime' },
  },
  frame: { clientId: 'caid', id: 'aid', state: 'X', side: 'S', quantity: 'q', price: 'p', reduceOnly: 'R', at: 'T' },
} as const

/** A conditional order that made no order in the book; nothing once it did: that order then tells the rest, under the same client id. */
export function algoReport(row: Fields, of: keyof typeof KEYS, convert: Converter): OrderReport | undefined {
  const keys = KEYS[of]
  const state = ALGO_STATES[textIn(row, keys.state)]
  if (state === undefined) return undefined
  return {
    symbol: convert.instrument.symbol,
    clientId: textIn(row, keys.clientId),
    venueId: idIn(row, keys.id),
    state,
    side: sideIn(row, keys.side),
    lots: lotsIn(row, keys.quantity, convert),
    filledLots: 0 as Lots,
    priceTicks: limitTicksIn(row, keys.price, convert),
    reduceOnly: flagIn(row, keys.reduceOnly),
    updatedAt: timeIn(row, keys.at),
  }
}
