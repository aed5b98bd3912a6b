import type { RefusalReason } from '../exchange/exchange.ts'

/** Body and HTTP status of an error, as on Binance USD-M ("Error Code" and "General Info" pages of its documentation). */
export interface BinanceError {
  readonly status: number
  readonly code: number
  readonly msg: string
}

/** Thrown by request handlers, caught once in `createBinanceProtocol`: an HTTP handler has no caller that could use a value. */
export class BinanceRefusal extends Error {
  readonly error: BinanceError

  constructor(code: number, msg: string, status = 400) {
    super(msg)
    this.name = new.target.name
    this.error = { status, code, msg }
  }
}

export const mandatory = (name: string): BinanceRefusal =>
  new BinanceRefusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)

export const illegal = (name: string, legal: string): BinanceRefusal =>
  new BinanceRefusal(-1100, `Illegal characters found in parameter '${name}'; legal range is '${legal}'.`)

type Words = string | ((detail: string) => string)

/** Binance's codes and words; where its words hold figures, `detail` stands for them. */
const REFUSALS: Readonly<Record<RefusalReason, readonly [code: number, words: Words]>> = {
  'unknown-symbol': [-1121, 'Invalid symbol.'],
  'price-not-a-tick': [-4014, 'Price not increased by tick size.'],
  'size-not-a-lot': [-4023, 'Qty not increased by step size.'],
  'size-too-small': [-4003, 'Quantity less than or equal to zero.'],
  'size-too-large': [-4005, 'Quantity greater than max quantity.'],
  'price-out-of-band': [-4016, (detail) => `Limit price is outside of the price band: ${detail}.`],
  'min-notional': [-4164, (detail) => `Order's notional is too small (unless you choose reduce only): ${detail}.`],
  'insufficient-margin': [-2019, 'Margin is insufficient.'],
  'reduce-only-rejected': [-2022, 'ReduceOnly Order is rejected.'],
  'duplicate-client-id': [-4116, 'ClientOrderId is duplicated.'],
  'post-only-would-cross': [
    -5022,
    'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
  ],
  'would-trigger-immediately': [-2021, 'Order would immediately trigger.'],
  'no-liquidity': [-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit."],
  'unknown-order': [-2011, 'Unknown order sent.'],
  'leverage-too-high': [-4028, (detail) => `Leverage is not valid: ${detail}.`],
  'leverage-too-low': [-4161, 'Leverage reduction is not supported in Isolated Margin Mode with open positions.'],
  'no-need-to-change': [-4046, 'No need to change margin type.'],
  'position-open': [-4048, 'Margin type cannot be changed if there exists position.'],
  'too-many-orders': [-2025, 'Reach max open order limit.'],
  'too-many-algo-orders': [-4045, 'Reach max stop order limit.'],
  'position-side-mismatch': [-4061, "Order's position side does not match user's setting."],
  'no-need-to-change-mode': [-4059, 'No need to change position side.'],
  'mode-with-orders': [-4067, 'Position side cannot be changed if there exists open orders.'],
  'mode-with-position': [-4068, 'Position side cannot be changed if there exists position.'],
  'not-isolated': [-4049, 'Add margin only support for isolated position.'],
  'no-position': [-4054, 'Cannot add position margin: position is 0.'],
  'cross-balance-insufficient': [-4050, 'Cross balance insufficient.'],
  'isolated-balance-insufficient': [-4051, 'Isolated balance insufficient.'],
  'bad-good-till-date': [
    -5040,
    'The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000',
  ],
  'bad-callback-rate': [-2007, 'Invalid callBack rate.'],
  'wrong-side': [-1117, 'Invalid side.'],
  'same-order': [-5027, 'No need to modify the order.'],
}

export function refusalOf(reason: RefusalReason, detail: string): BinanceRefusal {
  const [code, words] = REFUSALS[reason]
  return new BinanceRefusal(code, typeof words === 'string' ? words : words(detail))
}
