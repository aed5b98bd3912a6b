/** Why entries are frozen; exits and cancels still pass. */
export type FreezeReason =
  /** The ledger has not met the venue yet. */
  | 'starting'
  /** The market data are too old. */
  | 'stale'
  /** No valid book. */
  | 'unsynced'
  | 'reconciling'
  /** The venue did not answer, or its position differs from ours. */
  | 'unreconciled'
  | 'stream-down'
  | 'unknown-order'
  /** An order is filled further than the fills we have. */
  | 'fills-missing'
  | 'overfill'
  | 'model-expired'
  | 'halted'
  | 'stopping'
