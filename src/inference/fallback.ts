/** A provider failed, or all of them did. Told once for each time that another one takes over. */
export interface Fallback {
  readonly modelId: string
  /** Where it happened: while the model was loaded and proved, or in a run that was to answer. */
  readonly during: 'load' | 'run'
  readonly provider: string
  readonly cause: string
  /** Answers in its place; undefined: nobody does, and the bars have no forecast until it works again. */
  readonly next: string | undefined
}

/** Provider that always works, and that golden vectors are made on. */
export const LAST_PROVIDER = 'cpu'
