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
const RUNS_MAX = 2_000
/** Of one figure, so that a large batch of a slow model does not take for ever. It gets at least so many runs all the same. */
const SEC_MAX = 2
const RUNS_MIN = 20

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
  readonly secMax?: number
}

/** From windows to checked forecasts: copying the input, the run, and reading the outputs are all in it. */
export async function run({
  cases = inferCases(),
  secMax = SEC_MAX,
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
        for (const batch of BATCHES) latencies.push(await latencyOf(forecaster, one, batch, secMax))
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

/** `secMax`: about so long it is timed. */
export async function latencyOf(
  forecaster: Forecaster,
  one: InferCase,
  batch: number,
  secMax: number,
): Promise<Latency> {
  const windows = caseWindows(one, batch)
  const runMs = async (): Promise<number> => {
    const from = performance.now()
    const outcomes = await forecaster.forecast(windows)
    const took = performance.now() - from
    const failed = outcomes.find((outcome) => !isForecast(outcome))
    if (failed) throw new Error(`infer bench: ${one.name}: ${JSON.stringify(failed)}`)
    return took
  }
  for (let nth = 0; nth < RUNS_MIN; nth += 1) await runMs()
  const took: number[] = []
  const until = performance.now() + secMax * 1_000
  while (took.length < RUNS_MIN || (took.length < RUNS_MAX && performance.now() < until)) took.push(await runMs())
  return { batch, runs: took.length, msP50: rounded(took, 0.5), msP99: rounded(took, 0.99) }
}

const rounded = (values: readonly number[], p: number): number => Number((quantile(values, p) ?? Number.NaN).toFixed(3))
