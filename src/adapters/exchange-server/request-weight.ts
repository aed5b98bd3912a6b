import type { EpochMs } from '../../core/units.ts'

const MINUTE_MS = 60_000
/** Addresses remembered; when full, the minute's counts start anew. */
const ADDRESSES_MAX = 10_000

export interface RequestWeight {
  /** Weight used in this minute, this request included; only requests within the limit count. */
  add(address: string, weight: number, now: EpochMs): { readonly used: number; readonly isOver: boolean }
}

export function requestWeight(limit: number): RequestWeight {
  let minute = 0
  const used = new Map<string, number>()
  return {
    add: (address, weight, now) => {
      const current = Math.floor(now / MINUTE_MS)
      if (current !== minute || used.size >= ADDRESSES_MAX) used.clear()
      minute = current
      const sum = (used.get(address) ?? 0) + weight
      if (sum > limit) return { used: sum, isOver: true }
      used.set(address, sum)
      return { used: sum, isOver: false }
    },
  }
}
