import type { EpochMs } from '../../core/units.ts'

/** "Order Rate Limits" of Binance USD-M, counted against each account in windows of whole intervals. */
const WINDOWS = [
  { name: '10s', ms: 10_000, max: 300, text: '300 orders per TEN_SECONDS' },
  { name: '1m', ms: 60_000, max: 1_200, text: '1200 orders per MINUTE' },
] as const

export interface OrderCount {
  /** `x-mbx-order-count-*`. */
  readonly headers: Readonly<Record<string, string>>
  /** The limit that is broken, in Binance's words; a request beyond it does not count. */
  readonly broken?: string
}

export interface OrderCounts {
  /** Counts a request that places or changes an order; undefined for any other. */
  add(account: string, method: string, path: string, now: EpochMs): OrderCount | undefined
}

const counts = (method: string, path: string): boolean =>
  (method === 'POST' || method === 'PUT') && (path === '/fapi/v1/order' || path === '/fapi/v1/algoOrder')

/** Remembers one window of each length per account of the server. */
export function orderCounts(): OrderCounts {
  const used = new Map<string, { index: number; count: number }>()
  return {
    add: (account, method, path, now) => {
      if (!counts(method, path)) return undefined
      const windows = WINDOWS.map(({ name, ms, max, text }) => {
        const key = `${account} ${name}`
        const index = Math.floor(now / ms)
        const before = used.get(key)
        return { key, index, name, max, text, count: (before?.index === index ? before.count : 0) + 1 }
      })
      const broken = windows.find(({ count, max }) => count > max)?.text
      for (const { key, index, count } of windows) if (broken === undefined) used.set(key, { index, count })
      const headers = Object.fromEntries(windows.map(({ name, count }) => [`x-mbx-order-count-${name}`, String(count)]))
      return { headers, ...(broken === undefined ? {} : { broken }) }
    },
  }
}
