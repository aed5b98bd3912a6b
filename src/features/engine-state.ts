import { z } from 'zod'
import { InputError, messageOf } from '../core/errors.ts'
import type { Converter, InstrumentSymbol } from '../core/instrument.ts'
import { loadNumbers, loadState, savedNumber, saveNumbers } from '../market/saved-numbers.ts'
import { type EngineLane, savedLane } from './engine-lane.ts'
import type { EngineRows } from './engine-rows.ts'
import { CODE_VERSION, type FeatureSchema } from './feature-schema.ts'

const STATE_VERSION = 1

const engineState = z.strictObject({
  version: z.number(),
  codeVersion: z.number(),
  schemaHash: z.string(),
  steps: z.number(),
  instruments: z.record(z.string(), z.strictObject({ lane: savedLane, rows: z.array(z.array(savedNumber)) })),
})

/** What `save` of the engine gives: JSON that keeps every bit. */
export type EngineState = z.infer<typeof engineState>

interface Identity {
  readonly schema: FeatureSchema
  readonly steps: number
  readonly converters: readonly Converter[]
}

type Lanes = ReadonlyMap<InstrumentSymbol, EngineLane>
type Rows = ReadonlyMap<InstrumentSymbol, EngineRows>

export const saveEngineState = ({ schema, steps }: Identity, lanes: Lanes, rows: Rows): EngineState => ({
  version: STATE_VERSION,
  codeVersion: CODE_VERSION,
  schemaHash: schema.hash,
  steps,
  instruments: Object.fromEntries(
    [...lanes].map(([symbol, lane]) => [
      symbol,
      { lane: lane.save(), rows: rows.get(symbol)!.save().map(saveNumbers) },
    ]),
  ),
})

/** Throws `InputError` that names what does not fit; the engine is then not to be used. */
export function loadEngineState(identity: Identity, saved: unknown, lanes: Lanes, rows: Rows): void {
  const state = loadState(engineState, saved, 'features')
  refuseOthers(identity, state)
  for (const [symbol, { lane, rows: own }] of Object.entries(state.instruments)) {
    try {
      lanes.get(symbol)!.restore(lane)
      rows.get(symbol)!.restore(own.map(loadNumbers))
    } catch (error) {
      throw new InputError(`the saved features of ${symbol} are damaged: ${messageOf(error)}`, { symbol }, error)
    }
  }
}

function refuseOthers({ schema, steps, converters }: Identity, state: EngineState): void {
  const expected = {
    version: STATE_VERSION,
    codeVersion: CODE_VERSION,
    schemaHash: schema.hash,
    steps,
    instruments: converters
      .map(({ instrument }) => instrument.symbol)
      .toSorted()
      .join(', '),
  }
  const found = { ...state, instruments: Object.keys(state.instruments).toSorted().join(', ') }
  for (const [key, value] of Object.entries(expected)) {
    const was = found[key as keyof typeof found]
    if (was !== value) refuse(key, was, value)
  }
  for (const { instrument } of converters) {
    const { tickSize, lotSize } = state.instruments[instrument.symbol]!.lane
    if (tickSize !== instrument.tickSize) refuse(`tickSize of ${instrument.symbol}`, tickSize, instrument.tickSize)
    if (lotSize !== instrument.lotSize) refuse(`lotSize of ${instrument.symbol}`, lotSize, instrument.lotSize)
  }
}

function refuse(key: string, was: number | string, value: number | string): never {
  throw new InputError(`the saved features cannot be restored: ${key} was ${was}; it must be ${value}`, { key, was })
}
