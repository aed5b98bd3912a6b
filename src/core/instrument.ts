import { InputError } from './errors.ts'
import type { Lots, Side, Ticks } from './units.ts'

/** The ccxt symbol, e.g. `BTC/USDT:USDT`. Names the instrument everywhere. */
export type InstrumentSymbol = string

/** One perpetual future, as its venue describes it. Decimals are strings, exactly as the venue sent them. */
export interface Instrument {
  readonly symbol: InstrumentSymbol
  /** The venue's own name, e.g. `BTCUSDT`. */
  readonly venueSymbol: string
  readonly base: string
  readonly quote: string
  /** Currency of margin and profit. */
  readonly settle: string
  /** Smallest price step, quote per base, e.g. `0.10`. */
  readonly tickSize: string
  /** Smallest size step, in the venue's unit of size: base or contracts, e.g. `0.001`. */
  readonly lotSize: string
  /** Base (linear) or quote (inverse) in one unit of size. `1` for linear contracts on Binance USD-M, `0.01` for BTC on OKX. */
  readonly contractSize: string
  readonly inverse: boolean
  readonly lotsMin: number
  readonly lotsMax: number
  /** Limit for market orders, often lower than `lotsMax`. */
  readonly lotsMaxMarket: number
  /** Least order value, quote currency. */
  readonly notionalMin: number
  /** Fractions of the order value, e.g. 0.0005. A rebate is negative. */
  readonly makerFeeRate: number
  readonly takerFeeRate: number
}

const RELATIVE_SLACK = 1e-9

function steps(text: string, step: number): number {
  const ratio = Number(text) / step
  const whole = Math.round(ratio)
  return Math.abs(ratio - whole) <= RELATIVE_SLACK * Math.max(1, Math.abs(ratio)) && Number.isSafeInteger(whole)
    ? whole
    : Number.NaN
}

/** Decimal places of a step written as `0.001` or `1`. */
const decimalsOf = (step: string): number => step.replace(/0+$/, '').split('.')[1]?.length ?? 0

/** Converts between the venue's decimal strings and integers. Built once per instrument: the feed calls it per level. */
export interface Converter {
  readonly instrument: Instrument
  readonly tickSize: number
  readonly lotSize: number
  /** `NaN` when `text` is no positive multiple of the tick size: the caller reports the frame. */
  ticks(text: string): number
  /** `NaN` when `text` is no multiple of the lot size ≥ 0. */
  lots(text: string): number
  price(ticks: number): number
  /** Base (linear) or contracts (inverse). */
  quantity(lots: number): number
  priceText(ticks: Ticks): string
  /** In the venue's unit of size, for orders. */
  quantityText(lots: Lots): string
  /** Value in quote currency (linear) of `lots` at `ticks`. */
  notional(ticks: number, lots: number): number
}

export function converter(instrument: Instrument): Converter {
  const tickSize = positive(instrument, 'tickSize')
  const lotSize = positive(instrument, 'lotSize')
  const contractSize = positive(instrument, 'contractSize')
  const priceDecimals = decimalsOf(instrument.tickSize)
  const lotDecimals = decimalsOf(instrument.lotSize)
  const lotQuantity = instrument.inverse ? lotSize : lotSize * contractSize
  return {
    instrument,
    tickSize,
    lotSize,
    ticks: (text) => {
      const count = steps(text, tickSize)
      return count > 0 ? count : Number.NaN
    },
    lots: (text) => {
      const count = steps(text, lotSize)
      return count >= 0 ? count : Number.NaN
    },
    price: (count) => count * tickSize,
    quantity: (count) => count * lotQuantity,
    priceText: (count) => (count * tickSize).toFixed(priceDecimals),
    quantityText: (count) => (count * lotSize).toFixed(lotDecimals),
    notional: instrument.inverse
      ? (_price, count) => Math.abs(count) * lotSize * contractSize
      : (price, count) => price * tickSize * Math.abs(count) * lotSize * contractSize,
  }
}

function positive(instrument: Instrument, key: 'tickSize' | 'lotSize' | 'contractSize'): number {
  const value = Number(instrument[key])
  if (Number.isFinite(value) && value > 0) return value
  throw new InputError(
    `${instrument.symbol}: ${key} was ${JSON.stringify(instrument[key])}; it must be a decimal > 0`,
    { symbol: instrument.symbol },
  )
}

/** Rounds a price in ticks so that the order is never worse than `price`: a buy down, a sell up. */
export const roundTicks = (price: number, side: Side): number => (side === 'buy' ? Math.floor(price) : Math.ceil(price))
