/** Waiting as an input: only adapters may set timers; a replay gives the tape's time. */
export interface Scheduler {
  /** Resolves after `ms` milliseconds (≥ 0), or at once when `signal` is or becomes aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
