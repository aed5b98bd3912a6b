import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { onnxRuntime } from '../../src/adapters/onnx/onnx-runtime.ts'
import { workerRuntime } from '../../src/adapters/onnx/worker-runtime.ts'
import { messageOf } from '../../src/core/errors.ts'
import { isForecast } from '../../src/inference/forecast.ts'
import { loadForecaster } from '../../src/inference/forecaster.ts'
import { caseBundle, caseWindows } from '../bench/infer/case-bundle.ts'
import { type InferCase, inferCases } from '../bench/infer/infer-cases.ts'
import { latencyOf } from '../bench/infer.ts'
import { TRAIN_MODELS } from '../bench/train/contender.ts'
import { ours } from '../bench/train/ours.ts'
import { problems } from '../bench/train/problem.ts'

/** One thing to find out on a machine with a GPU. `findings`: plain JSON. */
export interface GpuCheck {
  readonly name: string
  run(providers: readonly string[]): Promise<GpuResult>
}

interface GpuResult {
  readonly passed: boolean
  /** With these the next checks go on; absent: with the same. */
  readonly working?: readonly string[]
  readonly findings: unknown
}

const BATCHES = [1, 16, 128]
const PARITY_WINDOWS = 64
/** For one figure of latency. */
const LATENCY_SEC = 2

/** Steps timed for one figure of training. */
const TRAINING_STEPS = 50

/** All of them, in their order. */
export const GPU_CHECKS: readonly GpuCheck[] = [
  { name: 'load', run: loads },
  { name: 'parity', run: parity },
  { name: 'latency', run: latency },
  { name: 'training', run: training },
]

/** Which providers prove the golden vectors of each architecture, in a thread of its own as in the daemon. */
async function loads(providers: readonly string[]): Promise<GpuResult> {
  const findings = await eachPair(providers, async (one, provider) => {
    const forecaster = await loadForecaster(await caseBundle(one), workerRuntime(), provider, systemClock())
    await forecaster.release()
    return { loads: true }
  })
  const working = providers.filter((provider) => findings.every((one) => one.provider !== provider || 'loads' in one))
  return { passed: working.length > 0, working, findings }
}

/** Greatest |found − CPU| / (1 + |CPU|) over all figures of the forecasts, against the manifest's tolerance. */
async function parity(providers: readonly string[]): Promise<GpuResult> {
  const findings = await eachPair(providers, async (one, provider) => {
    const bundle = await caseBundle(one)
    const windows = caseWindows(one, PARITY_WINDOWS)
    const [expected, found] = [await figuresOf(bundle, 'cpu', windows), await figuresOf(bundle, provider, windows)]
    const error = Math.max(...expected.map((value, at) => Math.abs(found[at]! - value) / (1 + Math.abs(value))))
    const { tolerance } = bundle.manifest.golden
    const limit = tolerance[provider] ?? tolerance['other'] ?? 0
    return { error, limit, isWithin: error <= limit }
  })
  return { passed: findings.every((one) => 'isWithin' in one && one.isWithin), findings }
}

async function figuresOf(
  bundle: Awaited<ReturnType<typeof caseBundle>>,
  provider: string,
  windows: ReturnType<typeof caseWindows>,
): Promise<readonly number[]> {
  const forecaster = await loadForecaster(bundle, onnxRuntime(), provider, systemClock())
  const outcomes = await forecaster.forecast(windows)
  await forecaster.release()
  return outcomes.flatMap((outcome) => {
    if (!isForecast(outcome)) throw new Error(outcome.failure)
    if (outcome.provider !== provider) throw new Error(`${outcome.provider} answered in place of ${provider}`)
    const { meanBps, volatilityBps, quantilesBps, classes } = outcome
    return [meanBps, volatilityBps, ...quantilesBps, ...classes]
  })
}

/** Window to forecast by batch size, beside the CPU. */
async function latency(providers: readonly string[]): Promise<GpuResult> {
  const findings = await eachPair([...providers, 'cpu'], async (one, provider) => {
    const forecaster = await loadForecaster(await caseBundle(one), workerRuntime(), provider, systemClock())
    const byBatch = []
    for (const batch of BATCHES) byBatch.push(await latencyOf(forecaster, one, batch, LATENCY_SEC))
    await forecaster.release()
    return { byBatch }
  })
  return { passed: findings.every((one) => 'byBatch' in one), findings }
}

/** Samples per second of one training step after another, beside the CPU with one thread. */
async function training(providers: readonly string[]): Promise<GpuResult> {
  const all = problems()
  const findings: object[] = []
  let passed = true
  for (const provider of [...providers, 'cpu']) {
    const contender = ours(all, provider)
    for (const model of TRAIN_MODELS) {
      try {
        findings.push({ model, provider, samplesPerSec: await contender.run(model, 1, TRAINING_STEPS) })
      } catch (error) {
        passed = false
        findings.push({ model, provider, failure: messageOf(error) })
      }
    }
    await contender.close()
  }
  return { passed, findings }
}

type Named<T> = { readonly architecture: string; readonly provider: string } & (T | { readonly failure: string })

async function eachPair<T extends object>(
  providers: readonly string[],
  find: (one: InferCase, provider: string) => Promise<T>,
): Promise<readonly Named<T>[]> {
  const findings: Named<T>[] = []
  for (const provider of providers) {
    for (const one of inferCases()) {
      const pair = { architecture: one.name, provider }
      try {
        findings.push({ ...pair, ...(await find(one, provider)) })
      } catch (error) {
        findings.push({ ...pair, failure: messageOf(error) })
      }
    }
  }
  return findings
}
