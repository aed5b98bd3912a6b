import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 8_000

/** Waits until `probe` gives something; fails with `what` otherwise. */
export async function until<T>(what: string, probe: () => T | undefined | false): Promise<T> {
  const endsAt = performance.now() + PATIENCE_MS
  for (;;) {
    const value = probe()
    if (value !== undefined && value !== false) return value
    if (performance.now() > endsAt) throw new Error(`not seen in ${PATIENCE_MS} ms: ${what}`)
    await sleep(5)
  }
}
