import type { Bar } from '../market/bar.ts'

/** What a unit sees when a bar of its timeframe closes. */
export interface FeatureInput {
  /** Free of taints: it is clean, or made up by the rule for missing data. */
  readonly bar: Bar
  /** Mid at the close, quote currency. */
  readonly mid: number
  /** The bar was tainted or missing: it repeats the last price, without flow. */
  readonly imputed: boolean
  /** The newest bar of the other instrument; for cross features only. */
  readonly peer?: FeatureInput
}

/** Fixed for the life of a unit. */
export interface FeatureContext {
  /** Quote currency. */
  readonly tickSize: number
  /** Length of a bar of the unit's timeframe, milliseconds; `NaN` for bars that do not close by time. */
  readonly barMs: number
}

/** One column of one instrument and timeframe under way. It sees each bar of an unbroken run once. */
export interface FeatureUnit {
  /** Value at this close. Non-finite: not known, the row is not ready. */
  step(input: FeatureInput): number
  /** The run ended. `mid`: from which the next return may start; `NaN`: none. */
  reset(mid: number): void
  /** Everything that a later value depends on; always the same length. */
  save(): readonly number[]
  /** Goes on as the unit that `save` was called on, bit for bit. */
  restore(state: readonly number[]): void
}

export type FeatureUnitName = 'bps' | 'ratio' | 'points' | 'minutes' | 'days' | 'flag' | 'percent' | 'as given'

export type FeatureParams = Readonly<Record<string, number | string | readonly number[]>>

/** A feature with its parameters. Name, unit, formula and parameters are hashed: `formula` must change when the code's meaning does. */
export interface FeatureDefinition {
  readonly name: string
  readonly unit: FeatureUnitName
  readonly formula: string
  /** Paper, page or convention that it follows. */
  readonly source: string
  readonly params: FeatureParams
  /** Clean bars needed, the newest included; a return over n bars needs the mid before them too, which is not counted. */
  readonly lookBack: number
  /** Also looks at another instrument: it stands in the schema once for each peer. */
  readonly isCross?: true
  /** Reads the signature of the bar's path, which bars carry on demand only. */
  readonly needsSignature?: true
  create(context: FeatureContext): FeatureUnit
}
