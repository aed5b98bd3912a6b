import { check } from '../core/check.ts'
import type { Converter, InstrumentSymbol } from '../core/instrument.ts'
import type { Bar } from '../market/bar.ts'
import { EngineLane } from './engine-lane.ts'
import { EngineRows } from './engine-rows.ts'
import { type EngineState, loadEngineState, saveEngineState } from './engine-state.ts'
import type { FeatureWindow } from './feature-row.ts'
import type { FeatureSchema } from './feature-schema.ts'
import { RESET } from './feature-settings.ts'
import { checkPeers } from './peers.ts'
import { columnGroups, trackDefinitions } from './row-plan.ts'

export interface FeatureEngineSettings {
  readonly schema: FeatureSchema
  /** Every instrument whose bars come, peers included. */
  readonly converters: readonly Converter[]
  /** Rows of a window. */
  readonly steps: number
}

/** From closed bars to the windows that a model sees: the same code live, in replay and in training. */
export interface FeatureEngine {
  /**
   * Bars that closed together, at most one of each instrument, in the order of time from call to call. One window for each, in their
   * order. Bars that close one by one see the newest closed bar of their peers.
   */
  step(bars: readonly Bar[]): readonly FeatureWindow[]
  /** Everything that a later row depends on, for JSON; between two steps. */
  save(): EngineState
  /** Goes on from `save`, bit for bit. Throws `InputError` for a state of another schema, code, window or instruments, or a damaged one. */
  restore(state: unknown): void
}

/** Throws `InputError` when a peer of the schema is no instrument here. */
export function featureEngine(settings: FeatureEngineSettings): FeatureEngine {
  const { schema, converters, steps } = settings
  checkPeers(
    schema.peers,
    converters.map(({ instrument }) => instrument.symbol),
  )
  const lanes = makeLanes(settings)
  const rows = makeRows(settings, lanes)
  const lane = (symbol: InstrumentSymbol): EngineLane => {
    const found = lanes.get(symbol)
    check(found !== undefined, 'instrument of a bar', symbol)
    return found!
  }
  return {
    step(bars) {
      for (const bar of bars) {
        const into = lane(bar.symbol)
        for (const admitted of into.admit(bar)) {
          into.step(admitted)
          if (admitted.kind === 'bar' && admitted.isHole) rows.get(bar.symbol)!.pushHole()
        }
      }
      return bars.map((bar) => rows.get(bar.symbol)!.close(bar))
    },
    save: () => saveEngineState({ schema, steps, converters }, lanes, rows),
    restore: (state) => loadEngineState({ schema, steps, converters }, state, lanes, rows),
  }
}

function makeLanes({ schema, converters }: FeatureEngineSettings): ReadonlyMap<InstrumentSymbol, EngineLane> {
  const { barMs, missing = RESET } = schema.settings
  const groups = columnGroups(schema.features)
  const isOfCandles = schema.settings.barsFrom === 'candles'
  return new Map(
    converters.map((converter) => {
      const { symbol } = converter.instrument
      const definitions = trackDefinitions(groups, symbol, barMs)
      return [symbol, new EngineLane({ converter, isTimed: isTimed(schema), isOfCandles, missing, definitions })]
    }),
  )
}

function makeRows(
  { schema, converters, steps }: FeatureEngineSettings,
  lanes: ReadonlyMap<InstrumentSymbol, EngineLane>,
): ReadonlyMap<InstrumentSymbol, EngineRows> {
  const { barMs, missing = RESET } = schema.settings
  const groups = columnGroups(schema.features)
  return new Map(
    converters.map((converter) => [
      converter.instrument.symbol,
      new EngineRows({
        ...{ converter, groups, steps, barMs },
        features: schema.features.length,
        schemaHash: schema.hash,
        isTimed: isTimed(schema),
        lagBarsMax: missing.rule === 'carry' ? missing.barsMax : 0,
        lane: (symbol) => lanes.get(symbol)!,
      }),
    ]),
  )
}

const isTimed = ({ settings }: FeatureSchema): boolean => settings.eventBars === undefined
