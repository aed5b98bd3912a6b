import { createRequire } from 'node:module'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type * as tfjs from '@tensorflow/tfjs'
import type * as wasmBackend from '@tensorflow/tfjs-backend-wasm'
import type { TRAIN_ADAM, TrainModel } from './contender.ts'
import { FIXED } from './problem.ts'
import { type TfjsForward, type TfjsWeights, tfjsModels } from './tfjs-models.ts'
import { tunedProduct } from './tfjs-tuned-product.ts'

// TensorFlow.js's side of the training bench: a process that speaks the protocol of `torch-rival.py`. With the argument
// `tuned` the gradient of a product is ours, otherwise the library's.

interface PackedTensor {
  readonly dims: number[]
  readonly float32: string
}

interface Request {
  readonly model: TrainModel
  readonly steps?: number
  readonly losses?: number
  readonly adam: typeof TRAIN_ADAM
  readonly problem?: {
    readonly x: PackedTensor
    readonly y: PackedTensor
    readonly weights: Readonly<Record<string, PackedTensor>>
  }
}

interface Trainer {
  /** To the weights of the problem, with fresh moments. */
  reset(): void
  /** One Adam step. Answers the loss before it. */
  step(): number
}

/** A step warms up the kernels; the slow backend makes more of them dear. */
const WARM_UP_STEPS = 1

const require = createRequire(import.meta.url)
const tf: typeof tfjs = require('@tensorflow/tfjs')
const wasm: typeof wasmBackend = require('@tensorflow/tfjs-backend-wasm')

wasm.setWasmPaths(`${path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
if (!(await tf.setBackend('wasm'))) throw new Error('the WASM backend does not start')
const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')
const models = tfjsModels(tf, process.argv[2] === 'tuned' ? tunedProduct(tf) : (left, right) => tf.matMul(left, right))
const trainers = new Map<TrainModel, { readonly trainer: Trainer; readonly batch: number }>()

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`)
}

function answer(request: Request): object {
  const { model, problem } = request
  if (problem) {
    trainers.set(model, { trainer: trainer(models[model], problem, request.adam), batch: problem.x.dims[0]! })
    return { ready: true, version: `${tf.version_core}, WASM${simd === true ? ' SIMD' : ''}` }
  }
  const known = trainers.get(model)
  if (!known) throw new Error(`no problem of ${model} yet`)
  if (request.losses !== undefined) {
    known.trainer.reset()
    return { losses: Array.from({ length: request.losses }, () => known.trainer.step()) }
  }
  return { samplesPerSec: known.batch / secPerStep(known.trainer, request.steps ?? 1) }
}

function secPerStep({ step }: Trainer, steps: number): number {
  for (let k = 0; k < WARM_UP_STEPS; k += 1) step()
  const from = performance.now()
  for (let k = 0; k < steps; k += 1) step()
  return (performance.now() - from) / 1_000 / steps
}

function trainer(forward: TfjsForward, problem: NonNullable<Request['problem']>, adam: Request['adam']): Trainer {
  const [x, y] = [unpacked(problem.x), unpacked(problem.y)]
  const start = Object.entries(problem.weights).map(([name, packed]) => [name, turned(unpacked(packed))] as const)
  const weights: TfjsWeights = Object.fromEntries(
    start.map(([name, tensor]) => [name, tf.variable(tensor, name !== FIXED)]),
  )
  const fresh = () => tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, adam.epsilon)
  let optimiser = fresh()
  return {
    reset() {
      for (const [name, tensor] of start) weights[name]?.assign(tensor)
      optimiser.dispose()
      optimiser = fresh()
    },
    step() {
      const loss = optimiser.minimize(() => tf.losses.meanSquaredError(y, forward(x, weights)), true)
      const value = loss?.dataSync()[0]
      loss?.dispose()
      return value ?? Number.NaN
    },
  }
}

function unpacked({ dims, float32 }: PackedTensor): tfjs.Tensor {
  const bytes = new Uint8Array(Buffer.from(float32, 'base64'))
  return tf.tensor(new Float32Array(bytes.buffer), dims)
}

/** [out, in] to [in, out]; vectors stay. */
function turned(tensor: tfjs.Tensor): tfjs.Tensor {
  return tensor.rank === 2 ? tf.transpose(tensor) : tensor
}
