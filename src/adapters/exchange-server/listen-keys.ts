import { randomBytes } from 'node:crypto'
import type { EpochMs } from '../../core/units.ts'

interface ListenKey {
  readonly key: string
  expiresAt: number
}

/** At most one live key for each account, as on Binance. */
export interface ListenKeys {
  /** The live key, with a new life; a fresh one when there is none. */
  start(account: string, now: EpochMs): string
  /** False: there is no live key. */
  keepAlive(account: string, now: EpochMs): boolean
  /** The key that was live. */
  stop(account: string): string | undefined
  accountOf(key: string): string | undefined
  /** The live key. */
  keyOf(account: string): string | undefined
  /** Forgets the keys that are past their time and names them. */
  expire(now: EpochMs): readonly string[]
}

export function listenKeys(lifeMs: number): ListenKeys {
  const byAccount = new Map<string, ListenKey>()
  return {
    start: (account, now) => {
      const live = byAccount.get(account) ?? { key: randomBytes(32).toString('hex'), expiresAt: 0 }
      live.expiresAt = now + lifeMs
      byAccount.set(account, live)
      return live.key
    },
    keepAlive: (account, now) => {
      const live = byAccount.get(account)
      if (live !== undefined) live.expiresAt = now + lifeMs
      return live !== undefined
    },
    stop: (account) => {
      const live = byAccount.get(account)
      byAccount.delete(account)
      return live?.key
    },
    keyOf: (account) => byAccount.get(account)?.key,
    accountOf: (key) => [...byAccount].find(([, live]) => live.key === key)?.[0],
    expire: (now) => {
      const gone = [...byAccount].filter(([, live]) => live.expiresAt <= now)
      for (const [account] of gone) byAccount.delete(account)
      return gone.map(([, { key }]) => key)
    },
  }
}
