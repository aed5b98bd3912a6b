/** Waits and limits of the trader. Milliseconds and counts. */
export interface TraderSettings {
  /**
   * How long "no such order" is not believed. At least the venue's receive window (a request still on its way is refused after it)
   * and longer than its order lookup lags behind its matching engine.
   */
  readonly absentGuardMs: number
  /** First wait between two lookups of an unknown order; doubles up to `probeDelayMsMax`. */
  readonly probeDelayMs: number
  readonly probeDelayMsMax: number
  /** Lookups in a row, more while the guard lasts; after them the order stays unknown until the next reconciliation. */
  readonly probesMax: number
  /** How long a fill, or a position that explains it, may lag behind its order before the venue is asked. */
  readonly settleMs: number
  /** Pause between two routine reconciliations; 0: none. */
  readonly reconcileMs: number
  /** Times that the venue is asked for everything before a reconciliation gives up, by silence or by difference. */
  readonly roundsMax: number
  /** How far fills are fetched again behind the newest one known. */
  readonly fillOverlapMs: number
  /** Absolute, in the currency itself: venues round fees. */
  readonly balanceTolerance: number
}

export const TRADER_DEFAULTS: TraderSettings = {
  absentGuardMs: 5_000,
  probeDelayMs: 250,
  probeDelayMsMax: 2_000,
  probesMax: 12,
  settleMs: 1_000,
  reconcileMs: 60_000,
  roundsMax: 5,
  fillOverlapMs: 60_000,
  balanceTolerance: 1e-8,
}
