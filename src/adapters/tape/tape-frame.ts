import type { EpochMs } from '../../core/units.ts'
import type { TapeControl } from './tape-control.ts'

/** One line of a tape. */
export interface TapeFrame {
  /** Local clock of the recorder. */
  readonly receivedAt: EpochMs
  /** Parsed JSON as the venue sent it. */
  readonly frame: unknown
  /** From 1. */
  readonly line: number
  /** Set when no venue sent this line, but the recorder wrote it. */
  readonly control?: TapeControl
}
