import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { workerRuntime } from '../../src/adapters/onnx/worker-runtime.ts'
import { openState } from '../../src/adapters/sqlite/open-state.ts'
import { loadForecaster } from '../../src/inference/forecaster.ts'
import { freshForecaster } from '../../src/model/fresh-forecaster.ts'
import { loadConfig } from '../../src/wiring/config/load-config.ts'
import type { LoadedModel } from '../../src/wiring/daemon/load-model.ts'
import { loadFeatureSchema } from '../../src/wiring/features/load-feature-schema.ts'
import { quantile } from '../../src/wiring/session/quantiles.ts'
import type { BenchOptions } from './bench-options.ts'
import { type BarTiming, decisionRig } from './decision-rig.ts'
import { caseBundle } from './infer/case-bundle.ts'

const CONFIG = 'config/demo.yaml'
const STEPS = 64
const FSYNCS = 200
/** What a small transaction appends to SQLite's log. */
const FSYNC_BYTES = 8_192

interface Figures {
  readonly instruments: number
  readonly bars: number
  readonly orders: number
  /** From the first event of the moment that closes the bars to the hand-over of each order to the gateway. */
  readonly closeToSendMsP50: number
  readonly closeToSendMsP99: number
  readonly closeToSendMsMax: number
  /** One run for all instruments. */
  readonly inferenceMsP50: number
  readonly inferenceMsP99: number
  /** Decisions and intents of one moment, durable. */
  readonly commitMsP50: number
  readonly commitMsP99: number
  /** After the last order was sent: answers and fills of all of them booked, durable. */
  readonly bookedMsP50: number
}

export interface DecisionBench {
  readonly name: 'decision'
  readonly single: Figures
  readonly batch: Figures
  readonly budgets: {
    readonly closeToSendMsP99Max: 10
    readonly inferenceMsP50Max: 0.5
    readonly batchCloseToSendMsMax: 50
  }
  /** A plain write and fsync on the same disk in the same run: what no commit can be faster than. */
  readonly fsyncMsP50: number
  readonly fsyncMsP99: number
  readonly model: string
  readonly provider: string
  /** The model's run is timed as it is; then its mean is replaced, so that every bar trades. */
  readonly meanBpsReplacedBy: '+50, -50 in turn'
}

export interface DecisionBenchOptions extends BenchOptions {
  readonly singleBars?: number
  readonly batchBars?: number
  readonly batchInstruments?: number
}

/** Bar close → decision → intent durable → order handed over: session, trader, SQLite file and ONNX model are the real ones. */
export async function run(options: DecisionBenchOptions = {}): Promise<DecisionBench> {
  const { singleBars = 600, batchBars = 150, batchInstruments = 100, progress } = options
  const model = await lstmModel()
  const folder = mkdtempSync(path.join(tmpdir(), 'tickwright-bench-'))
  const measure = async (name: string, instruments: number, bars: number): Promise<Figures> => {
    progress?.(`${instruments} instrument(s), ${bars} bars`)
    const state = openState(path.join(folder, `${name}.sqlite`), { mode: 'paper', venue: 'bench' })
    try {
      const rig = await decisionRig(instruments, model, state.journal)
      return figures(instruments, await rig.bars(bars))
    } finally {
      state.close()
    }
  }
  try {
    const single = await measure('single', 1, singleBars)
    const syncs = fsyncsMs(path.join(folder, 'plain'), FSYNCS)
    const batch = await measure('batch', batchInstruments, batchBars)
    return {
      name: 'decision',
      single,
      batch,
      budgets: { closeToSendMsP99Max: 10, inferenceMsP50Max: 0.5, batchCloseToSendMsMax: 50 },
      fsyncMsP50: rounded(syncs, 0.5),
      fsyncMsP99: rounded(syncs, 0.99),
      model: model.forecaster.modelId,
      provider: model.forecaster.provider,
      meanBpsReplacedBy: '+50, -50 in turn',
    }
  } finally {
    await model.forecaster.release()
    rmSync(folder, { recursive: true })
  }
}

/** The model that the budget names: LSTM, 64 steps × the demo's features, 64 hidden units; untrained, which costs the same. */
export async function lstmModel(): Promise<LoadedModel> {
  const config = loadConfig(CONFIG)
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const features = schema.names.length
  const graph = freshForecaster('lstm', STEPS, features)
  const bundle = await caseBundle({ name: 'lstm 64x64', graph, steps: STEPS, features }, schema)
  const forecaster = await loadForecaster(bundle, workerRuntime(), 'cpu', systemClock())
  return { schema, forecaster, expiresAt: undefined }
}

function figures(instruments: number, bars: readonly BarTiming[]): Figures {
  const closeToSend = bars.flatMap(({ closeToSendMs }) => closeToSendMs)
  const inference = bars.map(({ inferenceMs }) => inferenceMs)
  const commit = bars.map(({ commitMs }) => commitMs)
  return {
    instruments,
    bars: bars.length,
    orders: closeToSend.length,
    closeToSendMsP50: rounded(closeToSend, 0.5),
    closeToSendMsP99: rounded(closeToSend, 0.99),
    closeToSendMsMax: rounded(closeToSend, 1),
    inferenceMsP50: rounded(inference, 0.5),
    inferenceMsP99: rounded(inference, 0.99),
    commitMsP50: rounded(commit, 0.5),
    commitMsP99: rounded(commit, 0.99),
    bookedMsP50: rounded(
      bars.map(({ bookedMs }) => bookedMs),
      0.5,
    ),
  }
}

const rounded = (values: readonly number[], p: number): number => Number((quantile(values, p) ?? Number.NaN).toFixed(3))

function fsyncsMs(file: string, count: number): readonly number[] {
  const descriptor = openSync(file, 'w')
  const bytes = Buffer.alloc(FSYNC_BYTES, 1)
  const spent = Array.from({ length: count }, () => {
    const from = performance.now()
    writeSync(descriptor, bytes)
    fsyncSync(descriptor)
    return performance.now() - from
  })
  closeSync(descriptor)
  return spent
}
