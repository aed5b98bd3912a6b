import { TransientError } from '../../core/errors.ts'

const TEXT_MAX = 300

/** The venue answered with an error. `code` is Binance's (negative), absent when the body carried none. */
export class VenueRefusal extends TransientError {
  /** HTTP status. */
  readonly status: number
  readonly code: number | undefined
  /** The venue's own words. */
  readonly text: string
  /** How long to send nothing, milliseconds; 0 unless the venue asked for silence. */
  readonly retryAfterMs: number

  constructor(status: number, code: number | undefined, text: string, retryAfterMs = 0) {
    super(`HTTP ${status}${code === undefined ? '' : `, code ${code}`}: ${text.slice(0, TEXT_MAX)}`, { status, code })
    this.status = status
    this.code = code
    this.text = text.slice(0, TEXT_MAX)
    this.retryAfterMs = retryAfterMs
  }
}

/** Words of anything thrown on the way to the venue, without the signed query that ccxt puts into its messages. */
export const causeOf = (thrown: unknown): string => {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return text.replaceAll(/\?\S*/g, '').slice(0, TEXT_MAX)
}

/** 429 (too many requests) and 418 (banned for ignoring 429): provably not executed. */
export const isRateLimit = (thrown: unknown): boolean =>
  thrown instanceof VenueRefusal && (thrown.status === 429 || thrown.status === 418 || thrown.code === -1003)

/**
 * Outside of the receive window: judged before anything is executed, so provably not accepted. −1021 by the gateway, −5028 by the
 * matching engine.
 */
export const isClockRefusal = (thrown: unknown): boolean =>
  thrown instanceof VenueRefusal && (thrown.code === -1021 || thrown.code === -5028)

/** −1000, −1001, −1006, −1007: execution status unknown. −4116: the id is taken, perhaps by this very order. */
const UNDECIDED: ReadonlySet<number> = new Set([-1000, -1001, -1006, -1007, -4116])
/** "Request throttled by system-level protection": documented as a definite failure although its status is 503. */
const OVERLOADED = -1008

/**
 * True when the venue says that it certainly did not take the order. By numeric code: ccxt's classes depend on the URL asked. Error
 * codes: https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code
 */
export function isDefinite(thrown: unknown): thrown is VenueRefusal {
  if (!(thrown instanceof VenueRefusal)) return false
  if (isRateLimit(thrown)) return true
  const { status, code } = thrown
  if (code === undefined || code >= 0) return false
  if (code === OVERLOADED) return true
  return status < 500 && !UNDECIDED.has(code)
}
