/** When to train, see `retrainDue`. */
export interface ScheduleSettings {
  /** Bars of each instrument before the first training. */
  readonly barsMin: number
  readonly everyBars: number
  /** Undefined: by bars alone. */
  readonly everyMs?: number | undefined
  readonly onDrift: boolean
  /** Rest after a training; doubled with each failure in a row. */
  readonly pauseMs: number
}

export interface ScheduleState {
  /** Bars known of the instrument that has fewest. */
  readonly bars: number
  /** Of these, closed since the last training began; all of them before the first. */
  readonly barsSince: number
  /** Milliseconds since the epoch, as all times here. */
  readonly now: number
  /** When the last training ended, whatever it came to; undefined: there was none. */
  readonly trainedAt?: number | undefined
  /** In a row. */
  readonly failures: number
  /** Since the last training began: why the daemon wants another model. */
  readonly request?: string | undefined
}

/** The rest is at most so much longer than `pauseMs`. */
const BACKOFF_MAX = 64

/** Why a training is due now, in words; undefined: it is not. */
export function retrainDue(state: ScheduleState, settings: ScheduleSettings): string | undefined {
  const { bars, barsSince, now, trainedAt, failures, request } = state
  if (bars < settings.barsMin) return undefined
  if (trainedAt === undefined) return `the first ${bars} bars are there`
  if (now - trainedAt < settings.pauseMs * Math.min(BACKOFF_MAX, 2 ** failures)) return undefined
  if (failures > 0) return `the last training failed, as ${failures} in a row did`
  if (settings.onDrift && request !== undefined) return request
  if (barsSince >= settings.everyBars) return `${barsSince} bars have closed since the last training`
  const { everyMs } = settings
  return everyMs !== undefined && now - trainedAt >= everyMs && barsSince > 0
    ? `${Math.round((now - trainedAt) / 1_000)} s have passed since the last training`
    : undefined
}
