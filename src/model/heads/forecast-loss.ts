import type { Graph, Value } from '../graph/graph.ts'
import { reshape } from '../graph/ops/layout.ts'
import type { HeadValues } from './forecast-heads.ts'
import type { HeadOptions } from './head-options.ts'
import { combine, crossEntropyLoss, huberLoss, pinballLoss, qlikeLoss, squaredLoss, weightedSum } from './losses.ts'

/** Targets of every row; returns in deviations of the target. */
export interface ForecastTargets {
  /** Forward return, [rows]. */
  readonly target: Value
  /** Down, flat, up as one-hot, [rows, 3]. */
  readonly targetClass: Value
  /** Realised variance over the horizon, > 0, [rows]. */
  readonly targetVariance: Value
  /** Sum to 1 over the rows that count, on average over updates, [rows]. */
  readonly sampleWeight: Value
}

/** Declares the targets as inputs of a training graph. */
export const forecastTargets = (graph: Graph, rows: number): ForecastTargets => ({
  target: graph.input('target', [rows]),
  targetClass: graph.input('targetClass', [rows, 3]),
  targetVariance: graph.input('targetVariance', [rows]),
  sampleWeight: graph.input('sampleWeight', [rows]),
})

interface LossOptions {
  readonly heads: HeadOptions
  readonly levels: readonly number[]
  /** Of down, flat, up. */
  readonly classWeights: readonly number[]
}

/** Each head's loss by name, and their sum by shares, all []. */
export function forecastLoss(
  graph: Graph,
  values: HeadValues,
  targets: ForecastTargets,
  { heads, levels, classWeights }: LossOptions,
): { readonly loss: Value; readonly parts: Readonly<Record<string, Value>> } {
  const column = (value: Value): Value => reshape(graph, value, [value.shape[0]!, 1])
  const target = column(targets.target)
  const rows = [
    ['quantiles', heads.quantiles, () => pinballLoss(graph, values.quantiles!, target, levels)],
    ['classes', heads.classes, () => crossEntropyLoss(graph, values.logits!, targets.targetClass, classWeights)],
    ['volatility', heads.volatility, () => qlikeLoss(graph, values.logVariance!, column(targets.targetVariance))],
    ['mean', heads.mean, () => meanLoss(graph, values.mean!, target, heads)],
  ] as const
  const parts = rows.flatMap(([name, head, lossOf]) =>
    head ? [{ name, share: head.share, loss: weightedSum(graph, lossOf(), targets.sampleWeight) }] : [],
  )
  return {
    loss: combine(graph, parts),
    parts: Object.fromEntries(parts.map(({ name, loss }) => [`loss_${name}`, loss])),
  }
}

function meanLoss(graph: Graph, mean: Value, target: Value, { mean: head }: HeadOptions): Value {
  return head?.loss.kind === 'huber'
    ? huberLoss(graph, mean, target, head.loss.delta)
    : squaredLoss(graph, mean, target)
}
