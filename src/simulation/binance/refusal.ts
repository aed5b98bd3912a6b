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

/** Binance's code and words; where its words hold figures, `detail` stands for them. */
export function refusalOf(reason: RefusalReason, detail: string): BinanceRefusal {
  switch (reason) {
    case 'unknown-symbol':
      return new BinanceRefusal(-1121, 'Invalid symbol.')
    case 'price-not-a-tick':
      return new BinanceRefusal(-4014, 'Price not increased by tick size.')
    case 'size-not-a-lot':
      return new BinanceRefusal(-4023, 'Qty not increased by step size.')
    case 'size-too-small':
      return new BinanceRefusal(-4003, 'Quantity less than or equal to zero.')
    case 'size-too-large':
      return new BinanceRefusal(-4005, 'Quantity greater than max quantity.')
    case 'price-out-of-band':
      return new BinanceRefusal(-4016, `Limit price is outside of the price band: ${detail}.`)
    case 'min-notional':
      return new BinanceRefusal(-4164, `Order's notional is too small (unless you choose reduce only): ${detail}.`)
    case 'insufficient-margin':
      return new BinanceRefusal(-2019, 'Margin is insufficient.')
    case 'reduce-only-rejected':
      return new BinanceRefusal(-2022, 'ReduceOnly Order is rejected.')
    case 'duplicate-client-id':
      return new BinanceRefusal(-4116, 'ClientOrderId is duplicated.')
    case 'post-only-would-cross':
      return new BinanceRefusal(
        -5022,
        'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
      )
    case 'would-trigger-immediately':
      return new BinanceRefusal(-2021, 'Order would immediately trigger.')
    case 'no-liquidity':
      return new BinanceRefusal(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit.")
    case 'unknown-order':
      return new BinanceRefusal(-2011, 'Unknown order sent.')
    case 'leverage-too-high':
      return new BinanceRefusal(-4028, `Leverage is not valid: ${detail}.`)
    case 'no-need-to-change':
      return new BinanceRefusal(-4046, 'No need to change margin type.')
    case 'position-open':
      return new BinanceRefusal(-4048, 'Margin type cannot be changed if there exists position.')
    case 'too-many-orders':
      return new BinanceRefusal(-2025, 'Reach max open order limit.')
    case 'too-many-algo-orders':
      return new BinanceRefusal(-4045, 'Reach max stop order limit.')
  }
}
