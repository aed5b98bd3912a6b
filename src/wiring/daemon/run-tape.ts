import type { FeedRecorder } from '../../adapters/ccxt/market-feed.ts'
import { TAPE_FORMAT } from '../../adapters/tape/tape-control.ts'
import { createTapeWriter, type TapeWriter } from '../../adapters/tape/tape-writer.ts'
import type { Clock } from '../../core/clock.port.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { ExternalEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import type { WallConfig } from '../config/schema.ts'
import type { DecisionInputs } from '../session/decision-inputs.ts'
import { programName } from '../tape/program-name.ts'
import { tapeRecorder } from '../tape/tape-recorder.ts'

/** Records a run: all that was heard and all that its decisions were made from, in one order. Nothing is written before `begin`. */
export interface RunTape {
  /** For the feed. */
  readonly heard: FeedRecorder
  /** Opens the first file. `models`: decide first. Throws `InputError` when it cannot. */
  begin(instruments: readonly Instrument[], restored: unknown, models: readonly FirstModel[]): Promise<void>
  /** Decides from here on, for all instruments or those of a group. */
  model(modelId: string, group?: string): void
  external(event: ExternalEvent): void
  inputs(symbol: InstrumentSymbol, inputs: DecisionInputs, at: EpochMs): void
  /** What a replay must come to. */
  end(decisions: number, decisionHash: string): void
  close(): Promise<void>
}

/** `group`: undefined for the one of all instruments. */
export interface FirstModel {
  readonly modelId: string
  readonly group?: string | undefined
}

type Settings = NonNullable<WallConfig['tape']>

export function runTape(
  config: WallConfig & { readonly tape: Settings },
  clock: Clock,
  onError: (error: Error) => void,
): RunTape {
  const { tape, venue, mode } = config
  let writer: TapeWriter | undefined
  let recorder: FeedRecorder | undefined
  return {
    heard: {
      frame: (text, receivedAt, socketUrl) => recorder?.frame(text, receivedAt, socketUrl),
      event: (event) => recorder?.event(event),
    },
    async begin(instruments, restored, models) {
      const startedAt = clock.now()
      writer = await createTapeWriter({
        dir: tape.dir,
        prefix: `${mode}-${venue.id}`,
        rotateMs: tape.rotateMs,
        rotateBytes: tape.rotateBytesMax,
        queueBytesMax: tape.queueBytesMax,
        clock,
        session: {
          format: TAPE_FORMAT,
          program: programName(),
          venueId: venue.id,
          mode,
          instruments,
          streams: [],
          startedAt,
        },
        onError,
      })
      if (restored !== undefined) writer.control({ kind: 'feature-state', payload: restored }, clock.now())
      for (const { modelId, group } of models) writer.control({ kind: 'model', modelId, group }, clock.now())
      recorder = tapeRecorder(writer, venue.id)
    },
    model: (modelId, group) => void writer?.control({ kind: 'model', modelId, group }, clock.now()),
    external: (event) => void writer?.control({ kind: 'event', event }, event.receivedAt),
    inputs: (symbol, payload, at) => void writer?.control({ kind: 'decision-inputs', symbol, payload }, at),
    end: (decisions, decisionHash) => void writer?.control({ kind: 'run-end', decisions, decisionHash }, clock.now()),
    close: async () => writer?.close(),
  }
}
