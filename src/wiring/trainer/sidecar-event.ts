import type { FitProgress } from '../fit/fit-progress.ts'

/** What the trainer tells: people read `text`, programs the rest. */
export interface SidecarEvent extends FitProgress {
  readonly kind:
    | 'started'
    | 'training'
    | 'progress'
    | 'trained'
    | 'failed'
    | 'challenge'
    | 'refuse'
    | 'promote'
    | 'shadow'
    /** Something is in the way; the trainer goes on. */
    | 'problem'
  /** Whose models; absent: those of all instruments. */
  readonly group?: string
  readonly version?: string
  readonly numbers?: Readonly<Record<string, number | null>>
}
