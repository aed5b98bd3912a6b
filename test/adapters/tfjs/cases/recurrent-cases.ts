import fc from 'fast-check'
import type { AttributeValue, NodeSpec, TensorValue } from '../../onnx/one-node-model.ts'
import {
  anyFloats,
  type CaseTable,
  dimsOf,
  type OperatorCase,
  type OperatorCases,
  real,
  reals,
} from './operator-cases.ts'

interface Layer {
  readonly op: string
  readonly gates: number
  readonly states: number
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

interface Sizes {
  readonly steps: number
  readonly batch: number
  readonly features: number
  readonly hidden: number
}

/** Shapes of X, W, R, B and the first states. */
function shapesOf({ gates, states }: Layer, { steps, batch, features, hidden }: Sizes): number[][] {
  const rows = gates * hidden
  const first = Array.from({ length: states }, () => [1, batch, hidden])
  return [[steps, batch, features], [1, rows, features], [1, rows, hidden], [1, 2 * rows], ...first]
}

function layer(
  { op, states, attributes }: Layer,
  hidden: number,
  tensors: readonly TensorValue[],
  given: Given,
): NodeSpec {
  const [x, w, r, b, ...first] = tensors
  const head = [x, w, r, given.bias ? b : undefined]
  const tail = given.states ? [undefined, ...first] : []
  return {
    op,
    inputs: [...head, ...tail],
    outputs: Array.from({ length: states + 1 }, () => 'float32' as const),
    attributes: { hidden_size: hidden, ...attributes },
  }
}

interface Given {
  readonly bias: boolean
  readonly states: boolean
}

const SIZES: Sizes = { steps: 3, batch: 2, features: 2, hidden: 2 }

function fixedCase(name: string, kind: Layer, given: Given, sizes = SIZES): OperatorCase {
  // Small, so that no gate saturates.
  const tensors = shapesOf(kind, sizes).map((dims, salt) => reals(dims, salt, { low: -0.9, high: 0.9 }))
  return { name, ...layer(kind, sizes.hidden, tensors, given) }
}

const cases = (kinds: readonly Layer[]): OperatorCases => ({
  fixed: kinds.flatMap((kind) => {
    const variant = JSON.stringify(kind.attributes ?? {})
    return [
      fixedCase(`all inputs ${variant}`, kind, { bias: true, states: true }),
      fixedCase(`no bias ${variant}`, kind, { bias: false, states: true }),
      fixedCase(`no first state ${variant}`, kind, { bias: true, states: false }),
      fixedCase(
        `one step of one row ${variant}`,
        kind,
        { bias: true, states: false },
        { ...SIZES, steps: 1, batch: 1 },
      ),
    ]
  }),
  random: fc
    .tuple(fc.constantFrom(...kinds), dimsOf(4, 4, 5), fc.boolean(), fc.boolean())
    .chain(([kind, [steps, batch, features, hidden], bias, states]) => {
      const shapes = shapesOf(kind, { steps: steps!, batch: batch!, features: features!, hidden: hidden! })
      return fc
        .tuple(...shapes.map((dims) => anyFloats(dims, real(-1, 1))))
        .map((tensors) => layer(kind, hidden!, [...tensors], { bias, states }))
    }),
})

export const RECURRENT_CASES: CaseTable = {
  LSTM: cases([{ op: 'LSTM', gates: 4, states: 2 }]),
  GRU: cases([
    { op: 'GRU', gates: 3, states: 1 },
    { op: 'GRU', gates: 3, states: 1, attributes: { linear_before_reset: 1 } },
  ]),
  RNN: cases([
    { op: 'RNN', gates: 1, states: 1 },
    { op: 'RNN', gates: 1, states: 1, attributes: { activations: ['Relu'] } },
  ]),
}
