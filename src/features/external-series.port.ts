import type { EpochMs } from '../core/units.ts'

/** One value of a series from outside the exchange, as its source states it. */
export interface ExternalReading {
  readonly series: string
  readonly value: number
  /** The source's own time stamp. */
  readonly observedAt: EpochMs
}

/** Where such values come from. */
export interface ExternalSource {
  /**
   * Hands on every reading in the order in which it came; `onProblem` hears of what was refused and why. Throws `InputError` when the
   * source cannot be opened at all; later troubles are problems, never exceptions.
   */
  start(onReading: (reading: ExternalReading) => void, onProblem: (problem: string) => void): Promise<void>
  close(): Promise<void>
}
