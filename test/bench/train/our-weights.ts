import type { Layout } from '../../../src/model/graph/network.ts'
import { elementCount } from '../../../src/model/graph/shape.ts'
import type { TrainModel } from './contender.ts'
import type { Problem, ProblemTensor } from './problem.ts'

/** Our gates i, o, f, c by their place among torch's i, f, g, o. */
const GATES = [0, 3, 1, 2] as const

function gatesInOurOrder({ dims, data }: ProblemTensor): ProblemTensor {
  const size = data.length / GATES.length
  const ordered = new Float32Array(data.length)
  for (const [to, from] of GATES.entries()) ordered.set(data.subarray(from * size, (from + 1) * size), to * size)
  return { dims, data: ordered }
}

/** Torch keeps [outputs, inputs], we [inputs, outputs]. */
function transposed({ dims, data }: ProblemTensor): Float32Array {
  const [rows, columns] = dims as readonly [number, number]
  return Float32Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!)
}

function lstmWeights({ weights }: Problem): Readonly<Record<string, Float32Array>> {
  const part = (name: string): ProblemTensor => gatesInOurOrder(weights[`lstm.${name}_l0`]!)
  const recurrentBias = part('bias_hh').data
  return {
    'encoder/layer0/inputWeights': transposed(part('weight_ih')),
    'encoder/layer0/recurrentWeights': transposed(part('weight_hh')),
    'encoder/layer0/bias': part('bias_ih').data.map((value, i) => value + recurrentBias[i]!),
  }
}

/** Our names under `encoder/`, torch's under `encoder.layers.N`. */
const LAYER: Readonly<Record<string, string>> = {
  'attention/inWeights': 'self_attn.in_proj_weight',
  'attention/inBias': 'self_attn.in_proj_bias',
  'attention/outWeights': 'self_attn.out_proj.weight',
  'attention/outBias': 'self_attn.out_proj.bias',
  'attention/norm/gain': 'norm1.weight',
  'attention/norm/bias': 'norm1.bias',
  'feedForward/widen/weights': 'linear1.weight',
  'feedForward/widen/bias': 'linear1.bias',
  'feedForward/narrow/weights': 'linear2.weight',
  'feedForward/narrow/bias': 'linear2.bias',
  'feedForward/norm/gain': 'norm2.weight',
  'feedForward/norm/bias': 'norm2.bias',
}

function transformerWeights({ weights }: Problem): Readonly<Record<string, Float32Array>> {
  const ours = (tensor: ProblemTensor): Float32Array => (tensor.dims.length === 2 ? transposed(tensor) : tensor.data)
  const layers = new Set(Object.keys(weights).flatMap((name) => /layers\.(\d+)/.exec(name)?.[1] ?? []))
  const found: Record<string, Float32Array> = {
    'encoder/embedding/weights': ours(weights['embed.weight']!),
    'encoder/embedding/bias': ours(weights['embed.bias']!),
  }
  for (const layer of layers) {
    for (const [name, torch] of Object.entries(LAYER)) {
      found[`encoder/layer${layer}/${name}`] = ours(weights[`encoder.layers.${layer}.${torch}`]!)
    }
  }
  return found
}

/** The problem's weights as our flat vector. */
export function ourWeights(model: TrainModel, problem: Problem, layout: Layout): Float32Array {
  const named: Readonly<Record<string, Float32Array>> = {
    ...(model === 'lstm' ? lstmWeights(problem) : transformerWeights(problem)),
    'head/weights': transposed(problem.weights['head.weight']!),
    'head/bias': problem.weights['head.bias']!.data,
  }
  const flat = new Float32Array(layout.count)
  let at = 0
  for (const { name, shape } of layout.parameters) {
    const values = named[name]
    if (values?.length !== elementCount(shape)) throw new Error(`the problem has no weights for ${name}`)
    flat.set(values, at)
    at += values.length
  }
  return flat
}
