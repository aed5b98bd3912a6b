import { BarGate, type BarGateState } from '../../adapters/bars/bar-gate.ts'
import { type BarLogPart, barLogParts } from '../../adapters/bars/bar-log-parts.ts'
import type { BarLogPlace } from '../../adapters/bars/bar-log-place.ts'
import { fileBars } from '../../adapters/bars/read-bars.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Bar } from '../../market/bar.ts'
import { type BarSource, identityOf } from './bar-source.ts'

/** A bar log as it stood when it was opened: what a daemon adds afterwards is not in it. */
export interface BarLogSource extends BarSource {
  readonly parts: readonly BarLogPart[]
  /** What all parts are read by: kind of bars and instruments. */
  readonly reading: string
  /** Reads part after part, beginning after `state`. */
  reader(state?: BarGateState): BarLogReader
}

export interface BarLogReader {
  /** The bars of a part that the parts before it did not give. */
  bars(part: BarLogPart): AsyncIterable<readonly Bar[]>
  /** Between two parts, for JSON. */
  save(): BarGateState
}

/** Throws `InputError` for a log that cannot be read. */
export async function barLogSource(place: BarLogPlace, symbols: readonly InstrumentSymbol[]): Promise<BarLogSource> {
  const parts = await barLogParts(place)
  const reading = identityOf('bar log', place.bar, symbols)
  const reader = (state: BarGateState = {}): BarLogReader => {
    const gate = new BarGate({})
    gate.restore(state)
    return {
      bars: ({ path, bytes }) => fileBars(path, place, symbols, gate, bytes),
      save: () => gate.save(),
    }
  }
  return {
    identity: identityOf(
      reading,
      parts.map(({ sha256 }) => sha256),
    ),
    parts,
    reading,
    reader,
    async *groups() {
      const { bars } = reader()
      for (const part of parts) yield* bars(part)
    },
  }
}
