import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { onnxRuntime } from '../../src/adapters/onnx/onnx-runtime.ts'
import { workerRuntime } from '../../src/adapters/onnx/worker-runtime.ts'
import { isForecast } from '../../src/inference/forecast.ts'
import { type Forecaster, loadForecaster } from '../../src/inference/forecaster.ts'
import { quantile } from '../../src/wiring/session/quantiles.ts'
import type { BenchOptions } from './bench-options.ts'
import { caseBundle, caseWindows } from './infer/case-bundle.ts'
import { type InferCase, inferCases } from './infer/infer-cases.ts'

const BATCHES = [1, 16, 128]
/** Windows in all, so that a large batch does not take for ever. */
const WINDOWS = 20_000
const RUNS = { least: 200, most: 2_000 }

interface Latency {
  readonly batch: number
  readonly runs: number
  readonly msP50: number
  readonly msP99: number
}

interface Figures {
  readonly name: string
  readonly graphBytes: number
  readonly steps: number
  readonly features: number
  /** As the daemon runs it, each model in a thread of its own. */
  readonly threaded: readonly Latency[]
  /** In the caller's thread, which stands still meanwhile: what a replay does. */
  readonly inThread: readonly Latency[]
}

export interface InferBench {
  readonly name: 'infer'
  readonly architectures: readonly Figures[]
  readonly budgets: { readonly lstmBatch1MsP50Max: 0.5 }
  readonly provider: 'cpu'
  readonly intraOpThreads: 1
}

export interface InferBenchOptions extends BenchOptions {
  readonly cases?: readonly InferCase[]
  readonly windows?: number
}

/** From windows to checked forecasts: copying the input, the run, and reading the outputs are all in it. */
export async function run({
  cases = inferCases(),
  windows = WINDOWS,
  progress,
}: InferBenchOptions = {}): Promise<InferBench> {
  const architectures: Figures[] = []
  for (const one of cases) {
    const { name, graph, steps, features } = one
    progress?.(`${name}`)
    const bundle = await caseBundle(one)
    const measure = async (runtime: typeof onnxRuntime): Promise<readonly Latency[]> => {
      const forecaster = await loadForecaster(bundle, runtime(), 'cpu', systemClock())
      try {
        const latencies: Latency[] = []
        for (const batch of BATCHES) latencies.push(await latencyOf(forecaster, one, batch, windows))
        return latencies
      } finally {
        await forecaster.release()
      }
    }
    const [threaded, inThread] = [await measure(workerRuntime), await measure(onnxRuntime)]
    architectures.push({ name, graphBytes: graph.length, steps, features, threaded, inThread })
  }
  return { name: 'infer', architectures, budgets: { lstmBatch1MsP50Max: 0.5 }, provider: 'cpu', intraOpThreads: 1 }
}

export async function latencyOf(
  forecaster: Forecaster,
  one: InferCase,
  batch: number,
  windowsMax: number,
): Promise<Latency> {
  const windows = caseWindows(one, batch)
  const runs = Math.max(1, Math.min(RUNS.most, Math.max(RUNS.least, Math.floor(windowsMax / batch)), windowsMax))
  const took: number[] = []
  for (let nth = -Math.ceil(runs / 10); nth < runs; nth += 1) {
    const from = performance.now()
    const outcomes = await forecaster.forecast(windows)
    if (nth >= 0) took.push(performance.now() - from)
    const failed = outcomes.find((outcome) => !isForecast(outcome))
    if (failed) throw new Error(`infer bench: ${one.name}: ${JSON.stringify(failed)}`)
  }
  return { batch, runs, msP50: rounded(took, 0.5), msP99: rounded(took, 0.99) }
}

const rounded = (values: readonly number[], p: number): number => Number((quantile(values, p) ?? Number.NaN).toFixed(3))
