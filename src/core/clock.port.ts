import type { EpochMs } from './units.ts'

/** Time as an input: only adapters and wiring may ask for it. */
export interface Clock {
  /** Wall time with sub-millisecond fraction. */
  now(): EpochMs
  /** Monotonic, milliseconds with fraction; only differences mean anything. */
  monotonicMs(): number
}
