import { check } from '../../../core/check.ts'
import type { Attributes } from '../attributes.ts'
import type { Inputs } from '../operand.ts'
import type { NodeContext, Operator, OperatorTable } from '../operator.ts'
import { unstack } from '../shapes.ts'
import type { Tensor, TensorFlow } from '../tensorflow.ts'

/** Hidden state first, then what else the cell carries; each [batch, hidden]. */
type State = readonly Tensor[]

/** `projected`: the step's input times the input weights, [batch, gates × hidden]. */
type Cell = (projected: Tensor, state: State) => State

/** The weights of one direction, the leading 1 of their shapes dropped. Gates as ONNX orders them. */
interface Weights {
  /** [gates × hidden, features] */
  readonly input: Tensor
  /** [gates × hidden, hidden] */
  readonly recurrent: Tensor
  /** [gates × hidden] each; zeros when the node has no bias. */
  readonly inputBias: Tensor
  readonly recurrentBias: Tensor
}

const single = (tf: TensorFlow, x: Tensor): Tensor => tf.reshape(x, x.shape.slice(1))

/** One direction, [steps, batch, …], one length for all rows: all that our graphs use. */
function checkPlain({ attributes, hasInput }: NodeContext): void {
  const [direction, layout] = [attributes.text('direction', 'forward'), attributes.number('layout', 0)]
  check(direction === 'forward', 'direction (forward)', direction)
  check(layout === 0, 'layout (0)', layout)
  check(!hasInput(4), 'sequence_lens', 'given')
  check(!hasInput(7), 'peephole weights', 'given')
  attributes.number('hidden_size', 0) // The weights say it too.
}

/** The activations named must be those that the cell computes. */
function checkActivations(attributes: Attributes, known: readonly (readonly string[])[]): readonly string[] {
  const names = attributes.texts('activations') ?? known[0]!
  const choices = known.map((choice) => choice.join(', ')).join(' or ')
  check(known.some((choice) => choice.join() === names.join()) === true, `activations (${choices})`, names.join(', '))
  return names
}

function weightsOf(tf: TensorFlow, inputs: Inputs): Weights {
  const [input, recurrent] = [single(tf, inputs.tensor(1)), single(tf, inputs.tensor(2))]
  const bias = inputs.optionalTensor(3)
  const [inputBias, recurrentBias] = bias
    ? tf.split(single(tf, bias), 2)
    : [tf.zeros([input.shape[0]]), tf.zeros([input.shape[0]])]
  return { input, recurrent, inputBias: inputBias!, recurrentBias: recurrentBias! }
}

/** Initial states from the inputs at `positions`, zeros where left out. */
function firstState(tf: TensorFlow, inputs: Inputs, positions: readonly number[]): State {
  const [batch, hidden] = [inputs.tensor(0).shape[1]!, inputs.tensor(2).shape[2]!]
  return positions.map((at) => {
    const given = inputs.optionalTensor(at)
    return given ? single(tf, given) : tf.zeros([batch, hidden])
  })
}

/** Runs `cell` over the steps of x [steps, batch, features]. Answers Y [steps, 1, batch, hidden] and the last states [1, batch, hidden]. */
function scan(tf: TensorFlow, x: Tensor, { input, inputBias }: Weights, first: State, cell: Cell): Tensor[] {
  const [steps, batch, features] = x.shape as [number, number, number]
  // All steps at once: the only large product of a recurrent layer.
  const flat = tf.matMul(tf.reshape(x, [steps * batch, features]), input, false, true)
  const projected = tf.reshape(tf.add(flat, inputBias), [steps, batch, input.shape[0]])
  let state = first
  const hiddens = unstack(tf, projected).map((step) => {
    state = cell(step, state)
    return state[0]!
  })
  return [tf.expandDims(tf.stack(hiddens), 1), ...state.map((last) => tf.expandDims(last, 0))]
}

/** Gates i, o, f, c. */
const lstm: Operator = (context) => {
  const { tf, attributes } = context
  checkPlain(context)
  checkActivations(attributes, [['Sigmoid', 'Tanh', 'Tanh']])
  const coupled = attributes.number('input_forget', 0)
  check(coupled === 0, 'input_forget (0)', coupled)
  return (inputs) => {
    const weights = weightsOf(tf, inputs)
    const cell: Cell = (projected, [hidden, carry]) => {
      const recurrent = tf.add(tf.matMul(hidden!, weights.recurrent, false, true), weights.recurrentBias)
      const [i, o, f, c] = tf.split(tf.add(projected, recurrent), 4, 1)
      const next = tf.add(tf.mul(tf.sigmoid(f!), carry!), tf.mul(tf.sigmoid(i!), tf.tanh(c!)))
      return [tf.mul(tf.sigmoid(o!), tf.tanh(next)), next]
    }
    return scan(tf, inputs.tensor(0), weights, firstState(tf, inputs, [5, 6]), cell)
  }
}

/** Gates z, r, h. `linear_before_reset`: the reset gate is applied after the recurrent product (as in cuDNN, PyTorch). */
const gru: Operator = (context) => {
  const { tf, attributes } = context
  checkPlain(context)
  checkActivations(attributes, [['Sigmoid', 'Tanh']])
  const resetAfter = attributes.number('linear_before_reset', 0) !== 0
  return (inputs) => {
    const weights = weightsOf(tf, inputs)
    const hiddenSize = weights.recurrent.shape[1]!
    const [gateWeights, newWeights] = tf.split(weights.recurrent, [2 * hiddenSize, hiddenSize])
    const [gateBias, newBias] = tf.split(weights.recurrentBias, [2 * hiddenSize, hiddenSize])
    const cell: Cell = (projected, [hidden]) => {
      const [gateInput, newInput] = tf.split(projected, [2 * hiddenSize, hiddenSize], 1)
      const recurrent = tf.add(tf.matMul(hidden!, gateWeights!, false, true), gateBias!)
      const [z, r] = tf.split(tf.sigmoid(tf.add(gateInput!, recurrent)), 2, 1)
      const times = (h: Tensor): Tensor => tf.add(tf.matMul(h, newWeights!, false, true), newBias!)
      const memory = resetAfter ? tf.mul(r!, times(hidden!)) : times(tf.mul(r!, hidden!))
      const candidate = tf.tanh(tf.add(newInput!, memory))
      return [tf.add(candidate, tf.mul(z!, tf.sub(hidden!, candidate)))]
    }
    return scan(tf, inputs.tensor(0), weights, firstState(tf, inputs, [5]), cell)
  }
}

const rnn: Operator = (context) => {
  const { tf, attributes } = context
  checkPlain(context)
  const [activation] = checkActivations(attributes, [['Tanh'], ['Relu']])
  return (inputs) => {
    const weights = weightsOf(tf, inputs)
    const cell: Cell = (projected, [hidden]) => {
      const recurrent = tf.add(tf.matMul(hidden!, weights.recurrent, false, true), weights.recurrentBias)
      const sum = tf.add(projected, recurrent)
      return [activation === 'Relu' ? tf.relu(sum) : tf.tanh(sum)]
    }
    return scan(tf, inputs.tensor(0), weights, firstState(tf, inputs, [5]), cell)
  }
}

/** Outputs: all hidden states, the last one, and for the LSTM the last cell state. */
export const RECURRENT: OperatorTable = { GRU: gru, LSTM: lstm, RNN: rnn }
