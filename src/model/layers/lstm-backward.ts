import type { Graph, Value } from '../graph/graph.ts'
import { add, mul, sub } from '../graph/ops/elementwise.ts'
import { concat, reshape, split, transpose, zeros } from '../graph/ops/layout.ts'
import { gemm } from '../graph/ops/matrix.ts'
import { staticShape } from '../graph/shape.ts'
import type { LstmStep, LstmTrace } from './lstm-forward.ts'
import type { RecurrentWeights } from './recurrent-weights.ts'

/** Gradients that reach each step's states from outside, to be added up, [hidden, batch] each. */
interface FromOutside {
  readonly h: readonly (readonly Value[])[]
  readonly cell: readonly (readonly Value[])[]
}

interface Chain {
  /** Of each step's gates before their squashing, [gates × hidden, batch]. */
  readonly gates: readonly Value[]
  /** Of the weights of `gateWeights`, [gates × hidden, hidden + features + 1]. */
  readonly weights: Value
  /** Of the states before the first step, [hidden, batch]. */
  readonly h0: Value
  readonly c0: Value
}

/** Backpropagation through time; thunks in the order x, h0, c0, input weights, recurrent weights, bias. */
export function lstmBackward(
  graph: Graph,
  weights: RecurrentWeights,
  trace: LstmTrace,
  outside: FromOutside,
): readonly (() => Value)[] {
  const chain = walkBack(graph, weights.recurrentWeights, trace.steps, outside)
  const { features, hidden } = trace
  const rows = transpose(graph, chain.weights, [1, 0])
  const [recurrent, input, bias] = split(graph, rows, 0, [hidden, features, 1]) as readonly [Value, Value, Value]
  return [
    () => inputGradient(graph, weights.inputWeights, chain.gates),
    () => transpose(graph, chain.h0, [1, 0]),
    () => transpose(graph, chain.c0, [1, 0]),
    () => input,
    () => recurrent,
    () => reshape(graph, bias, [4 * hidden]),
  ]
}

function walkBack(graph: Graph, recurrentWeights: Value, steps: readonly LstmStep[], outside: FromOutside): Chain {
  const none = zeros(graph, staticShape(steps[0]!.h.shape))
  const gates: Value[] = []
  let weights: Value | undefined
  let dH = sumOf(graph, outside.h.at(-1)!) ?? none
  let dCellLater: Value | undefined
  for (const [t, step] of [...steps.entries()].reverse()) {
    const later = [...(dCellLater ? [dCellLater] : []), ...outside.cell[t]!]
    const back = stepBack(graph, step, dH, sumOf(graph, later))
    gates.unshift(back.gates)
    weights = gemm(graph, back.gates, step.from, { transB: true, ...(weights && { bias: weights }) })
    const reaching = t > 0 ? sumOf(graph, outside.h[t - 1]!) : undefined
    dH = gemm(graph, recurrentWeights, back.gates, reaching ? { bias: reaching } : {})
    dCellLater = back.cellBefore
  }
  return { gates, weights: weights!, h0: dH, c0: dCellLater! }
}

const sumOf = (graph: Graph, values: readonly Value[]): Value | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => add(graph, sum, value))

/** One step; slopes are written with products that the forward pass has made, one subtraction and one multiplication each. */
function stepBack(
  graph: Graph,
  { input, output, forget, proposal, entering, kept, cellBefore, squashed, h }: LstmStep,
  dH: Value,
  dCellLater: Value | undefined,
): { readonly gates: Value; readonly cellBefore: Value } {
  // o (1 − tanh² c), with h = o tanh c.
  const throughH = mul(graph, dH, sub(graph, output, mul(graph, h, squashed)))
  const dCell = dCellLater ? add(graph, dCellLater, throughH) : throughH
  const dCellBefore = mul(graph, dCell, forget)
  const parts = [
    mul(graph, dCell, sub(graph, entering, mul(graph, entering, input))),
    mul(graph, dH, sub(graph, h, mul(graph, h, output))),
    mul(graph, dCellBefore, sub(graph, cellBefore, kept)),
    mul(graph, dCell, sub(graph, input, mul(graph, entering, proposal))),
  ]
  return { gates: concat(graph, parts, 0), cellBefore: dCellBefore }
}

/** Steps of [gates × hidden, batch] → [batch, steps, features]. */
function inputGradient(graph: Graph, inputWeights: Value, gates: readonly Value[]): Value {
  const steps = gates.map((step) => gemm(graph, inputWeights, step))
  const [features, batch] = steps[0]!.shape as readonly [number, number]
  const rows = transpose(graph, concat(graph, steps, 0), [1, 0])
  return reshape(graph, rows, [batch, steps.length, features])
}
