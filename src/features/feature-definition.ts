import type { Bar } from '../market/bar.ts'

/** What a feature may look at: the newest bars of an unbroken run, and the logarithms of their closing mids. */
export interface FeatureInputs {
  readonly bar: Bar
  readonly tickSize: number
  /** Mid at the close of the newest bar, quote currency. */
  readonly mid: number
  /** The last `bars` clean bars, newest included; only asked for within the look-back of the schema. */
  recent(bars: number): readonly Bar[]
  /** Log-return of the mid over the last `bars` bars, ended `ago` bars ago, basis points. */
  returnBps(bars: number, ago?: number): number
}

/** One column. Everything but `of` is hashed, so `formula` must change when `of` does. */
export interface FeatureDefinition {
  readonly name: string
  readonly unit: 'bps' | 'ratio'
  readonly formula: string
  readonly params: Readonly<Record<string, number>>
  /** Clean bars needed, the newest included; a return over n bars needs the mid before them too, which is not counted. */
  readonly lookBack: number
  /** Non-finite: the row is not ready. */
  of(inputs: FeatureInputs): number
}
