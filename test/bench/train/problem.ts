import { normal, seededRandom } from '../../../src/core/random.ts'
import { TRAIN_MODELS, TRAIN_SHAPE, type TrainModel } from './contender.ts'

/** Torch's LSTM has two biases that only ever stand in a sum; ours has one. To compare steps this one is not trained. */
export const FIXED = 'lstm.bias_hh_l0'

/** Row-major float32. */
export interface ProblemTensor {
  readonly dims: readonly number[]
  readonly data: Float32Array
}

/** Data and starting weights that all contenders share. */
export interface Problem {
  /** [batch, steps, features] */
  readonly x: ProblemTensor
  /** [batch, 1] */
  readonly y: ProblemTensor
  /** Torch's names and layouts, e.g. `lstm.weight_ih_l0` [4 hidden, features], gates i, f, g, o. */
  readonly weights: Readonly<Record<string, ProblemTensor>>
}

export type Problems = Readonly<Record<TrainModel, Problem>>

const { batch, steps, features, width, layers, feedForward } = TRAIN_SHAPE

/** The same at every call. */
export function problems(): Problems {
  const made = TRAIN_MODELS.map((model) => [model, problem(model)] as const)
  return Object.fromEntries(made) as Record<TrainModel, Problem>
}

function problem(model: TrainModel): Problem {
  const random = seededRandom(4)
  const draw = (dims: readonly number[], scale: number, shift = 0): ProblemTensor => {
    const size = dims.reduce((product, dim) => product * dim, 1)
    return { dims, data: Float32Array.from({ length: size }, () => shift + scale * normal(random)) }
  }
  const weight = ([name, dims]: Layout): [string, ProblemTensor] => {
    const isGain = /norm\d\.weight$/.test(name)
    return [name, isGain ? draw(dims, 0.1, 1) : draw(dims, 1 / Math.sqrt(dims.at(-1) ?? 1) / 2)]
  }
  const x = draw([batch, steps, features], 1)
  const y = draw([batch, 1], 1)
  return { x, y, weights: Object.fromEntries(LAYOUTS[model].map(weight)) }
}

type Layout = readonly [name: string, dims: readonly number[]]

const HEAD: readonly Layout[] = [
  ['head.weight', [1, width]],
  ['head.bias', [1]],
]

const encoderLayer = (layer: number): readonly Layout[] => {
  const prefix = `encoder.layers.${layer}`
  return [
    [`${prefix}.self_attn.in_proj_weight`, [3 * width, width]],
    [`${prefix}.self_attn.in_proj_bias`, [3 * width]],
    [`${prefix}.self_attn.out_proj.weight`, [width, width]],
    [`${prefix}.self_attn.out_proj.bias`, [width]],
    [`${prefix}.linear1.weight`, [feedForward, width]],
    [`${prefix}.linear1.bias`, [feedForward]],
    [`${prefix}.linear2.weight`, [width, feedForward]],
    [`${prefix}.linear2.bias`, [width]],
    [`${prefix}.norm1.weight`, [width]],
    [`${prefix}.norm1.bias`, [width]],
    [`${prefix}.norm2.weight`, [width]],
    [`${prefix}.norm2.bias`, [width]],
  ]
}

const LAYOUTS: Readonly<Record<TrainModel, readonly Layout[]>> = {
  lstm: [
    ['lstm.weight_ih_l0', [4 * width, features]],
    ['lstm.weight_hh_l0', [4 * width, width]],
    ['lstm.bias_ih_l0', [4 * width]],
    ['lstm.bias_hh_l0', [4 * width]],
    ...HEAD,
  ],
  transformer: [
    ['embed.weight', [width, features]],
    ['embed.bias', [width]],
    ...Array.from({ length: layers }, (_, layer) => encoderLayer(layer)).flat(),
    ...HEAD,
  ],
}
