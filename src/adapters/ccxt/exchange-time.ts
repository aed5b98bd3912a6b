import type { Exchange } from 'ccxt'
import type { Clock } from '../../core/clock.port.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'

/** The exchange's clock as seen from here. */
interface ExchangeTime {
  /** Exchange clock − local clock, milliseconds; 0 before the first estimate. */
  offsetMs(): number
  /** Runs on the monotonic clock between estimates: a step of the local clock moves no bar. */
  now(): EpochMs
  /** No estimate yet, or the local clocks have parted since: a step, or the machine slept. */
  isDoubtful(): boolean
  /** Asks anew. Keeps the old estimate when the venue does not answer; false then. Never throws. */
  refresh(): Promise<boolean>
}

const SAMPLES = 3
/** Wall and monotonic clock may part by so much between two estimates (NTP slews less), milliseconds. */
const PARTED_MS_MAX = 250
/** How often a doubtful estimate is looked for, milliseconds. */
const LOOK_MS = 1_000

/** The part of ccxt's client that is used. */
type TimeSource = Pick<Exchange, 'fetchTime' | 'options'>

/** Median over a few round trips of `server time − middle of the round trip`; ccxt's signatures follow it. */
export function createExchangeTime(client: TimeSource, clock: Clock): ExchangeTime {
  const wallAhead = () => clock.now() - clock.monotonicMs()
  /** Exchange clock − monotonic clock, and local wall clock − monotonic clock then. */
  let estimate: { readonly ahead: number; readonly wallAhead: number } | undefined
  let underway: Promise<boolean> | undefined

  async function sample(): Promise<number | undefined> {
    try {
      const sentAt = clock.monotonicMs()
      const serverTime = Number((await client.fetchTime()) ?? Number.NaN)
      return Number.isFinite(serverTime) ? serverTime - (sentAt + clock.monotonicMs()) / 2 : undefined
    } catch {
      return undefined
    }
  }
  async function measure(): Promise<boolean> {
    const samples: number[] = []
    for (let count = 0; count < SAMPLES; count += 1) {
      const ahead = await sample()
      if (ahead === undefined) break
      samples.push(ahead)
    }
    if (samples.length === 0) return false
    estimate = { ahead: samples.sort((a, b) => a - b)[samples.length >> 1]!, wallAhead: wallAhead() }
    // ccxt signs by the local wall clock.
    client.options['timeDifference'] = Math.round(estimate.wallAhead - estimate.ahead)
    return true
  }
  const now = () => epochMs(estimate === undefined ? clock.now() : clock.monotonicMs() + estimate.ahead)
  return {
    offsetMs: () => (estimate === undefined ? 0 : estimate.ahead - wallAhead()),
    now,
    isDoubtful: () => estimate === undefined || Math.abs(wallAhead() - estimate.wallAhead) > PARTED_MS_MAX,
    refresh: () => {
      underway ??= measure().finally(() => {
        underway = undefined
      })
      return underway
    },
  }
}

/** Refreshes every `everyMs`, and soon after the estimate became doubtful, until aborted. */
export async function keepTime(
  time: ExchangeTime,
  scheduler: Scheduler,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let sinceMs = 0; ; ) {
    const waitMs = Math.min(LOOK_MS, everyMs)
    await scheduler.sleep(waitMs, signal)
    if (signal.aborted) return
    sinceMs += waitMs
    if (sinceMs < everyMs && !time.isDoubtful()) continue
    await time.refresh()
    sinceMs = 0
  }
}
