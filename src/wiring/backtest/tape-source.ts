import { onnxRuntime } from '../../adapters/onnx/onnx-runtime.ts'
import type { Clock } from '../../core/clock.port.ts'
import { releaseAll } from '../../core/each-or-none.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import type { ServedModel } from '../models/served-model.ts'
import { instrumentsOn } from '../replay/tape-instruments.ts'
import { type TapeSessions, tapeSessions } from '../replay/tape-sessions.ts'
import type { FamilyModels } from './backtest.ts'
import type { BacktestSource, RunWatch, SourceCheck, SourcedRun } from './backtest-source.ts'
import { type CheckOptions, comparePrefixes, type OnDecision } from './compare-prefixes.ts'
import { learntFrom } from './learnt-from.ts'
import { loadModels, type TrainedModel } from './load-models.ts'
import { tapeData } from './tape-data.ts'
import { type ReadingOptions, TapeReading } from './tape-reading.ts'
import { runTapes, type TapeOutcome } from './tape-run.ts'

/** Opens tapes for backtests with the champions of the configuration. Throws `InputError`. */
export async function openTapes(
  files: readonly string[],
  config: BacktestConfig,
  clock: Pick<Clock, 'monotonicMs'>,
  io: Io,
): Promise<BacktestSource> {
  refuseCandles(config)
  const tapes = await tapeSessions(files)
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const told = { ...config, section: 'backtest', described: config.backtest.instruments } as const
  const instruments = await instrumentsOn(files, tapes, told, io)
  // In this thread: each bar waits for its forecast, and a message there and back takes longer than a small model.
  const runtime = onnxRuntime({ intraOpThreads: config.model.threads })
  const symbols = instruments.map(({ symbol }) => symbol)
  const { families, dated } = await loadModels(config, schema, clock, io, { runtime, symbols })
  const serve = async ({ models, ...family }: FamilyModels) => ({
    ...family,
    forecaster: await models.next(epochMs(0)),
  })
  const served = await Promise.all(families.map(serve))
  return new Tapes({ files, config, tapes, schema, instruments, served, models: dated(), clock })
}

/** What a configuration may ask of candles alone. */
function refuseCandles({ features, backtest }: BacktestConfig): void {
  if (features.barsFrom !== undefined) {
    throw new InputError(
      `features.barsFrom was ${features.barsFrom}; with --tape the bars come from trades and the book: leave it out`,
      { key: 'features.barsFrom' },
    )
  }
  if (backtest.retrain === undefined) return
  throw new InputError(
    'backtest.retrain was given; with --tape the models that are there decide all bars: leave it out',
    {
      key: 'backtest.retrain',
    },
  )
}

interface TapesParts {
  readonly files: readonly string[]
  readonly config: BacktestConfig
  readonly tapes: TapeSessions
  readonly schema: FeatureSchema
  readonly instruments: readonly Instrument[]
  readonly served: readonly ServedModel[]
  readonly models: readonly TrainedModel[]
  readonly clock: Pick<Clock, 'monotonicMs'>
}

class Tapes implements BacktestSource {
  readonly #parts: TapesParts

  constructor(parts: TapesParts) {
    this.#parts = parts
  }

  async run(watch: RunWatch): Promise<SourcedRun> {
    const { instruments, models } = this.#parts
    const { outcome, reading } = await this.#over(watch)
    const { realTimeFactor, tapeSeconds, frames, malformedFrames, gaps } = outcome
    return {
      ...{ source: 'tape', outcome, models },
      data: await tapeData(
        reading.tallies,
        instruments.map(({ symbol }) => symbol),
      ),
      takerFeeRate: instruments[0]!.takerFeeRate,
      also: { ...{ frames, malformedFrames, gaps, tapeSeconds }, realTimeFactor: Math.round(realTimeFactor) },
    }
  }

  /** The shorter runs stop reading at a random moment. */
  async checkLookahead(options: CheckOptions): Promise<SourceCheck> {
    let span = { from: 0, to: 0 }
    const report = await comparePrefixes(
      {
        whole: async (onDecision) => {
          span = (await this.#over({}, onDecision)).reading.span
        },
        upTo: async (share, onDecision) => {
          const untilAt = span.from + share * (span.to - span.from)
          await this.#over({ untilAt }, onDecision)
          return untilAt
        },
      },
      options,
    )
    return { ...report, modelsThatSawTheFuture: learntFrom(this.#parts.models, span.from) }
  }

  async close(): Promise<void> {
    await releaseAll(this.#parts.served.map(({ forecaster }) => forecaster))
  }

  async #over(
    options: ReadingOptions,
    onDecision?: OnDecision,
  ): Promise<{ readonly outcome: TapeOutcome; readonly reading: TapeReading }> {
    const { files, clock, ...parts } = this.#parts
    const reading = new TapeReading(files, options)
    const outcome = await runTapes({ ...parts, reading, monotonicMs: () => clock.monotonicMs(), onDecision })
    return { outcome, reading }
  }
}
