import { check } from '../../core/check.ts'
import type { Journal } from '../journal.port.ts'
import type { CashRecord } from '../journal-records.ts'
import { lastKeys } from './last-keys.ts'

/** Cash bookings, the last `max` of them. */
export function cashMemory(max: number): { readonly add: Journal['addCash'] } {
  const known = new Map<string, CashRecord>()
  const last = lastKeys(max)
  let forgottenUntil = Number.NEGATIVE_INFINITY
  return {
    add(cash) {
      const key = JSON.stringify([cash.currency, cash.amount, cash.reason, cash.at])
      if (known.has(key)) return false
      check(cash.at > forgottenUntil, `cash younger than what is forgotten, the last ${max} being kept`, cash.at)
      known.set(key, cash)
      const oldest = last.push(key)
      if (oldest === undefined) return true
      forgottenUntil = Math.max(forgottenUntil, known.get(oldest)?.at ?? 0)
      known.delete(oldest)
      return true
    },
  }
}
