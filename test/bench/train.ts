import { availableParallelism, cpus } from 'node:os'
import type { BenchOptions } from './bench-options.ts'
import { type Agreement, agreement } from './train/agreement.ts'
import { FLOPS_COUNTED } from './train/flops.ts'
import { type Field, type ModelFigures, modelFigures, raceLanes } from './train/model-figures.ts'
import { ours as ourContender } from './train/ours.ts'
import { peakGflopsPerSec } from './train/peak.ts'
import { problems } from './train/problem.ts'
import type { RaceLength } from './train/race.ts'
import { tfjsRival } from './train/tfjs-rival.ts'
import { torchRival } from './train/torch-rival.ts'

const THREADS = [1, 2].filter((threads) => threads <= availableParallelism())

export interface TrainBench {
  readonly name: 'train'
  readonly lstm: ModelFigures
  readonly transformer: ModelFigures
  /** The least over models, with one thread: TensorFlow.js has no more under Node.js. */
  readonly ratioTfjsWasm: number
  /** The least over models and numbers of threads. */
  readonly ratioTorch: number | null
  readonly budgets: { readonly ratioTfjsWasmMin: 20; readonly ratioTorchMin: 1.2 }
  readonly losses: Agreement
  readonly flopsCounted: string
  /** Of ONNX Runtime's product of large square matrices with as many threads; the best over the whole run. */
  readonly peak: 'SGEMM'
  readonly versions: { readonly torch: string | null; readonly tfjs: string }
  readonly rounds: number
  readonly cpu: string
}

export type TrainBenchOptions = BenchOptions & Partial<RaceLength>

/** Samples per second of training, ours against TensorFlow.js and PyTorch. All answer to the same weights and data first. */
export async function run(options: TrainBenchOptions = {}): Promise<TrainBench> {
  const { rounds = 5, secPerRun = 1.5, progress } = options
  const all = problems()
  const ours = ourContender(all)
  const torch = await torchRival(all, THREADS)
  const tfjs = await tfjsRival(all, 'plain')
  const tuned = await tfjsRival(all, 'tuned')
  const field: Field = { ours, torch, tfjs, tuned }
  const contenders = [ours, torch, tfjs, tuned].filter((each) => each !== undefined)
  if (!torch) progress?.('no Python here imports torch: ratioTorch is null')
  if (!ours.losses) progress?.('ours gives no losses: only the rivals are compared')
  try {
    const losses = await agreement(contenders)
    progress?.(`losses of ${losses.contenders.join(', ')} agree to ${losses.relativeDifferenceMax.toExponential(1)}`)
    const peaks = await higherPeaks(new Map())
    progress?.(`lstm, ${rounds} rounds`)
    const lstmLanes = await raceLanes('lstm', field, THREADS, { rounds, secPerRun })
    await higherPeaks(peaks)
    progress?.(`transformer, ${rounds} rounds`)
    const transformerLanes = await raceLanes('transformer', field, THREADS, { rounds, secPerRun })
    await higherPeaks(peaks)
    const lstm = modelFigures('lstm', lstmLanes, peaks)
    const transformer = modelFigures('transformer', transformerLanes, peaks)
    const flat = [...lstm.byThreads, ...transformer.byThreads]
    return {
      name: 'train',
      lstm,
      transformer,
      ratioTfjsWasm: Math.min(...flat.flatMap(({ threads, ratioTfjsWasm }) => (threads === 1 ? [ratioTfjsWasm] : []))),
      ratioTorch: torch ? Math.min(...flat.map(({ ratioTorch }) => ratioTorch ?? Number.NaN)) : null,
      budgets: { ratioTfjsWasmMin: 20, ratioTorchMin: 1.2 },
      losses,
      flopsCounted: FLOPS_COUNTED,
      peak: 'SGEMM',
      versions: { torch: torch?.version ?? null, tfjs: tfjs.version },
      rounds,
      cpu: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads`,
    }
  } finally {
    await Promise.all(contenders.map((each) => each.close()))
  }
}

/** Measures anew and keeps what is higher, by number of threads. */
async function higherPeaks(peaks: Map<number, number>): Promise<Map<number, number>> {
  for (const threads of THREADS) peaks.set(threads, Math.max(peaks.get(threads) ?? 0, await peakGflopsPerSec(threads)))
  return peaks
}
