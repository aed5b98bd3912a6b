import { hash } from 'node:crypto'
import { check } from '../core/check.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** 5 bits each: 120 bits of the hash, so that two decisions of one account never share an id. */
const DIGITS = 24

/**
 * The client order id of a decision: `tw-<ledger>-<24 base-32 digits of SHA-256>`, a pure function of both, so that a crash cannot make
 * a second id for the same decision. `ledger` (2–6 of a–z, 0–9) names the state file: two ledgers on one account never collide.
 * At most 34 characters of `[a-z0-9-]`; Binance allows `^[\.A-Z\:/a-z0-9_-]{1,36}$` (USD-M, New Order), OKX 32 alphanumerics.
 */
export function clientOrderId(ledger: string, decisionId: string): string {
  check(/^[a-z0-9]{2,6}$/.test(ledger), 'ledger tag', ledger)
  const bytes = Buffer.from(hash('sha256', JSON.stringify([ledger, decisionId]), 'hex'), 'hex')
  let digits = ''
  for (let digit = 0; digit < DIGITS; digit++) {
    const bit = digit * 5
    const pair = (bytes[bit >> 3]! << 8) | (bytes[(bit >> 3) + 1] ?? 0)
    digits += ALPHABET[(pair >> (11 - (bit & 7))) & 31]
  }
  return `tw-${ledger}-${digits}`
}
