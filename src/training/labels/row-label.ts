/** What came after a row. */
export interface RowLabel {
  /** Basis points. */
  readonly targetBps: number
  /** Σ of the squared log-returns of the mid over the bars up to `end`, square basis points. */
  readonly varianceBps2: number
  /** Row of the table at whose close all of this was known. */
  readonly end: number
}

/** The label of a row of a table; undefined where what came after it is not known. */
export type LabelOf = (row: number) => RowLabel | undefined
