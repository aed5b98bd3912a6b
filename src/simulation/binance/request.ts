import type { EpochMs, Side } from '../../core/units.ts'
import type { AccountId } from '../exchange/exchange.ts'
import { BinanceRefusal, illegal, mandatory } from './refusal.ts'

/** `none`: open to all; `key`: API key header only; `signed`: key, timestamp and signature. */
export type Security = 'none' | 'key' | 'signed'
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface BinanceRequest {
  readonly method: HttpMethod
  /** E.g. `/fapi/v1/order`. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  /** Whose key it came with; present unless the endpoint's security is `none`. */
  readonly account?: AccountId
  readonly now: EpochMs
}

export interface BinanceResponse {
  /** HTTP status. */
  readonly status: number
  readonly body: unknown
}

const DECIMAL = /^[0-9]{1,20}(\.[0-9]{1,20})?$/
const INTEGER = /^[0-9]{1,20}$/

/** Typed access to the request's parameters; each method throws the code that Binance gives. */
export interface Params {
  text(name: string): string | undefined
  need(name: string): string
  integer(name: string): number | undefined
  decimal(name: string): string | undefined
  flag(name: string): boolean
  side(): Side
  /** Within 1 … `most`. Throws −1130. */
  limit(usual: number, most: number): number
}

export function paramsOf(values: Readonly<Record<string, string>>): Params {
  const text = (name: string) => (values[name] === '' ? undefined : values[name])
  const need = (name: string) => {
    const value = text(name)
    if (value === undefined) throw mandatory(name)
    return value
  }
  const matching = (name: string, pattern: RegExp) => {
    const value = text(name)
    if (value !== undefined && !pattern.test(value)) throw illegal(name, pattern.source)
    return value
  }
  const integer = (name: string) => {
    const value = matching(name, INTEGER)
    return value === undefined ? undefined : Number(value)
  }
  return {
    text,
    need,
    integer,
    decimal: (name) => matching(name, DECIMAL),
    flag: (name) => {
      const value = text(name)?.toLowerCase()
      if (value !== undefined && value !== 'true' && value !== 'false') throw illegal(name, 'true|false')
      return value === 'true'
    },
    side: () => {
      const value = need('side').toUpperCase()
      if (value !== 'BUY' && value !== 'SELL') throw new BinanceRefusal(-1117, 'Invalid side.')
      return value === 'BUY' ? 'buy' : 'sell'
    },
    limit: (usual, most) => {
      const value = integer('limit') ?? usual
      if (value < 1 || value > most) {
        throw new BinanceRefusal(-1130, "Data sent for parameter 'limit' is not valid.")
      }
      return value
    },
  }
}
