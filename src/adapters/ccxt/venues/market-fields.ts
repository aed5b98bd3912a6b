import { InputError } from '../../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../../core/instrument.ts'
import type { Fields } from '../json-fields.ts'

const DECIMAL = /^\d{1,20}(\.\d{1,20})?$/
/** Where a venue states no limit. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER

export const objectOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

/** Texts and numbers as text; anything else is none: what a frame carries may have a `toString` of its own. */
export const plainText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

/** A decimal in a market's own description, text or number, as text; throws `InputError` naming symbol and field. */
export function decimalText(symbol: InstrumentSymbol, fields: Fields, field: string): string {
  const value = fields[field]
  const text = typeof value === 'number' ? plain(value) : value
  if (typeof text === 'string' && DECIMAL.test(text)) return text
  throw new InputError(`${symbol}: the venue's ${field} was ${JSON.stringify(value)}; a decimal was expected`)
}

/** Without an exponent. */
const plain = (value: number): string =>
  /e/.test(String(value)) ? value.toFixed(20).replace(/\.?0+$/, '') : String(value)

/** `1` → `0.1`, `0` → `1`. */
export const stepOfDecimals = (count: number): string => (count <= 0 ? '1' : `0.${'0'.repeat(count - 1)}1`)

/** Whole steps of `lotSize` in a size; none stated (absent, empty or 0): no limit. */
export function lotsIn(symbol: InstrumentSymbol, fields: Fields, field: string, lotSize: string): number | undefined {
  if (fields[field] === undefined || fields[field] === '') return undefined
  const count = Math.round(Number(decimalText(symbol, fields, field)) / Number(lotSize))
  return count > 0 ? count : undefined
}

/** Throws `InputError` unless the venue says that it trades. */
export function mustTrade(symbol: InstrumentSymbol, status: unknown, expected: string): void {
  if (status === expected) return
  throw new InputError(`symbol ${symbol}: its status at the venue is ${String(status)}; it must be ${expected}`)
}

type Given = Pick<Instrument, 'tickSize' | 'lotSize'> & {
  readonly [Key in 'venueSymbol' | 'contractSize']?: string
} & { readonly [Key in 'lotsMin' | 'lotsMax' | 'lotsMaxMarket' | 'notionalMin']?: number | undefined }

/** Names, kind and fees are ccxt's; steps and limits the venue's own texts. */
export function instrumentOf(symbol: InstrumentSymbol, market: Fields, given: Given): Instrument {
  const lotsMax = given.lotsMax ?? NO_LIMIT
  return {
    symbol,
    venueSymbol: given.venueSymbol ?? String(market['id']),
    base: String(market['base']),
    quote: String(market['quote']),
    settle: String(market['settle']),
    tickSize: given.tickSize,
    lotSize: given.lotSize,
    contractSize: given.contractSize ?? '1',
    inverse: market['inverse'] === true,
    lotsMin: Math.max(1, given.lotsMin ?? 1),
    lotsMax,
    lotsMaxMarket: given.lotsMaxMarket ?? lotsMax,
    notionalMin: given.notionalMin ?? 0,
    makerFeeRate: Number(market['maker']),
    takerFeeRate: Number(market['taker']),
  }
}

/** Contracts that pay in their base currency, where we cannot count them; throws `InputError`. */
export function linearOnly(symbol: InstrumentSymbol, market: Fields, venue: string): void {
  if (market['linear'] === true) return
  throw new InputError(`symbol ${symbol}: inverse contracts of ${venue} are not supported; those of linear kind are`)
}
