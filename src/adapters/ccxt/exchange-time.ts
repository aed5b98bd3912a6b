import type { Clock } from '../../core/clock.port.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { VenueClient } from './venue-client.ts'

/** The exchange's clock as seen from here. */
interface ExchangeTime {
  /** Exchange clock − local clock, milliseconds; 0 before the first estimate. */
  offsetMs(): number
  now(): EpochMs
  /** Asks anew. Keeps the old estimate when the venue does not answer; false then. Never throws. */
  refresh(): Promise<boolean>
}

const SAMPLES = 3

/** Median over a few round trips of `server time − middle of the round trip`; ccxt's signatures follow it. */
export function createExchangeTime(client: VenueClient, clock: Clock): ExchangeTime {
  let offsetMs = 0
  let underway: Promise<boolean> | undefined

  async function sample(): Promise<number | undefined> {
    try {
      const sentAt = clock.now()
      const reply = await client.fapiPublicGetTime()
      const serverTime = Number(reply['serverTime'])
      return Number.isFinite(serverTime) ? serverTime - (sentAt + clock.now()) / 2 : undefined
    } catch {
      return undefined
    }
  }
  async function measure(): Promise<boolean> {
    const samples: number[] = []
    for (let count = 0; count < SAMPLES; count += 1) {
      const offset = await sample()
      if (offset === undefined) break
      samples.push(offset)
    }
    if (samples.length === 0) return false
    offsetMs = samples.sort((a, b) => a - b)[samples.length >> 1]!
    client.options['timeDifference'] = -Math.round(offsetMs)
    return true
  }
  return {
    offsetMs: () => offsetMs,
    now: () => epochMs(clock.now() + offsetMs),
    refresh: () => {
      underway ??= measure().finally(() => {
        underway = undefined
      })
      return underway
    },
  }
}

/** Refreshes every `everyMs` until aborted. */
export async function keepTime(
  time: ExchangeTime,
  scheduler: Scheduler,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await scheduler.sleep(everyMs, signal)
    if (signal.aborted) return
    await time.refresh()
  }
}
