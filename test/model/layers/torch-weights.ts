import type { ModuleCase, VectorTensor } from '../../fixtures/torch/load-vectors.ts'

/** [rows, columns] row-major → its transpose. */
export function transposed({ dims, data }: VectorTensor): Float32Array {
  const [rows, columns] = dims as [number, number]
  return Float32Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!)
}

/** Blocks of equal size along the first axis, in another order. */
function reordered({ dims, data }: VectorTensor, order: readonly number[]): VectorTensor {
  const size = data.length / order.length
  const blocks = order.map((from) => data.subarray(from * size, (from + 1) * size))
  return { dims, data: Float32Array.from(blocks.flatMap((block) => [...block])) }
}

/** Our gates by their place among torch's: LSTM i, f, g, o → i, o, f, g; GRU r, z, n → z, r, n. */
const GATE_ORDER: Readonly<Record<string, readonly number[]>> = { LSTM: [0, 3, 1, 2], GRU: [1, 0, 2], RNN: [0] }

const sum = (left: VectorTensor, right: VectorTensor): Float32Array =>
  left.data.map((value, i) => value + right.data[i]!)

/** Parameters of our stack from torch's state, or gradients of ours from torch's (`biases` then is not a sum but either). */
export function recurrentParameters(
  { module, config }: ModuleCase,
  state: Readonly<Record<string, VectorTensor>>,
  kind: 'weights' | 'gradients',
): Record<string, Float32Array> {
  const order = GATE_ORDER[module]!
  const parameters: Record<string, Float32Array> = {}
  for (let layer = 0; layer < Number(config['num_layers']); layer += 1) {
    const part = (name: string): VectorTensor => reordered(state[`${name}_l${layer}`]!, order)
    const [input, recurrent] = [part('bias_ih'), part('bias_hh')]
    parameters[`layer${layer}/inputWeights`] = transposed(part('weight_ih'))
    parameters[`layer${layer}/recurrentWeights`] = transposed(part('weight_hh'))
    // Torch adds its two biases up, so that the gradient of their sum is that of either.
    const bias = kind === 'weights' ? sum(input, recurrent) : input.data
    if (module === 'GRU') {
      const candidate = recurrent.data.length - recurrent.data.length / 3
      parameters[`layer${layer}/candidateBias`] = recurrent.data.slice(candidate)
      bias.set(input.data.subarray(candidate), candidate)
    }
    parameters[`layer${layer}/bias`] = bias
  }
  return parameters
}

/** Torch's kernels [filters, channels, …taps] → [taps × channels, filters]. */
export function kernelParameter({ dims, data }: VectorTensor): Float32Array {
  const [filters, channels, ...taps] = dims as [number, number, ...number[]]
  const count = taps.reduce((product, dim) => product * dim, 1)
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [row, filter] = [Math.floor(i / filters), i % filters]
    const [tap, channel] = [Math.floor(row / channels), row % channels]
    return data[(filter * channels + channel) * count + tap]!
  })
}
