import { InputError } from '../../core/errors.ts'
import type { Converter } from '../../core/instrument.ts'
import type { EngineState } from '../../features/engine-state.ts'
import { type FeatureEngine, featureEngine } from '../../features/feature-engine.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { Bar } from '../../market/bar.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import { RowBuilder } from './row-builder.ts'

export interface RowSettings {
  readonly schema: FeatureSchema
  /** Every instrument whose bars come. */
  readonly converters: readonly Converter[]
  /** Of one instrument. */
  readonly rowsMax: number
}

/** Rows are the same however long the windows are that the engine cuts from them. */
const STEPS = 1

/** From bars to rows through the live feature engine. */
export class RowAssembly {
  readonly #settings: RowSettings
  readonly #engine: FeatureEngine
  #builders: ReadonlyMap<string, RowBuilder>

  /** Throws `InputError` when `state` does not fit. */
  constructor(settings: RowSettings, state?: unknown) {
    const { schema, converters } = settings
    this.#settings = settings
    this.#engine = featureEngine({ schema, converters, steps: STEPS })
    if (state !== undefined) this.#engine.restore(state)
    this.#builders = rowBuilders(settings)
  }

  /** Throws `InputError` for a bar of another instrument, and past `rowsMax`. */
  step(bars: readonly Bar[]): void {
    for (const { symbol } of bars) {
      if (!this.#builders.has(symbol))
        throw new InputError(`a bar of ${symbol} came; it is none of the instruments`, { symbol })
    }
    for (const { row } of this.#engine.step(bars)) this.#builders.get(row.bar.symbol)!.push(row)
  }

  /** The rows since the last call, one table for each instrument; the features go on. */
  take(): readonly RowTable[] {
    const tables = [...this.#builders.values()].map((builder) => builder.table())
    this.#builders = rowBuilders(this.#settings)
    return tables
  }

  save(): EngineState {
    return this.#engine.save()
  }
}

/** One for each instrument, in their order. */
export const rowBuilders = ({ schema, converters, rowsMax }: RowSettings): ReadonlyMap<string, RowBuilder> =>
  new Map(converters.map(({ instrument: { symbol } }) => [symbol, new RowBuilder(symbol, schema, rowsMax)]))
