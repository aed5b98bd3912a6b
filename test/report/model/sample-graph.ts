import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'

type Dims = readonly (number | string)[]

/** ONNX files with scopes, stored tensors and stated shapes, written down by hand; they need not run. */
export function graphWriter(name: string) {
  const graph = {
    node: [] as onnx.INodeProto[],
    initializer: [] as onnx.ITensorProto[],
    valueInfo: [] as onnx.IValueInfoProto[],
    input: [] as onnx.IValueInfoProto[],
    output: [] as onnx.IValueInfoProto[],
  }
  const info = (value: string, dims: Dims): onnx.IValueInfoProto => ({
    name: value,
    type: {
      tensorType: {
        elemType: 1,
        shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
      },
    },
  })
  return {
    input: (value: string, dims: Dims): string => {
      graph.input.push(info(value, dims))
      return value
    },
    weights: (value: string, dims: readonly number[], values?: readonly number[]): string => {
      const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => values?.[i] ?? i / 100)
      graph.initializer.push({ name: value, dataType: 1, dims: [...dims], rawData: new Uint8Array(data.buffer) })
      return value
    },
    integers: (value: string, values: readonly number[]): string => {
      const data = BigInt64Array.from(values, BigInt)
      graph.initializer.push({ name: value, dataType: 7, dims: [data.length], rawData: new Uint8Array(data.buffer) })
      return value
    },
    /** The node's output bears its name. */
    node: (path: string, op: string, inputs: readonly string[], dims?: Dims): string => {
      graph.node.push({ name: path, opType: op, input: [...inputs], output: [path] })
      if (dims) graph.valueInfo.push(info(path, dims))
      return path
    },
    output: (value: string, from: string, dims: Dims): void => {
      graph.node.push({ name: value, opType: 'Identity', input: [from], output: [value] })
      graph.output.push(info(value, dims))
    },
    bytes: (): Uint8Array =>
      onnxProto.onnx.ModelProto.encode({
        ...{ irVersion: 8, producerName: 'test', opsetImport: [{ domain: '', version: 17 }] },
        graph: { name, ...graph },
      }).finish(),
  }
}

/** A Transformer of `layers` encoder layers with two heads on it. */
export function transformerGraph(layers = 2, width = 64, steps = 32): Uint8Array {
  const w = graphWriter('transformer')
  const wide = ['batch', steps, width]
  let at = 0
  const node = (scope: string, op: string, inputs: readonly string[], dims?: Dims): string => {
    at += 1
    return w.node(`${scope}${op.toLowerCase()}_${at}`, op, inputs, dims)
  }
  const linear = (scope: string, x: string, from: number, to: number): string => {
    const product = node(scope, 'MatMul', [x, w.weights(`${scope}weight${at}`, [from, to])], ['batch', steps, to])
    return node(scope, 'Add', [product, w.weights(`${scope}bias${at}`, [to])], ['batch', steps, to])
  }
  let x = w.input('x', ['batch', steps, 24])
  x = node('scaler/', 'Sub', [x, w.weights('scaler/centre', [24])], ['batch', steps, 24])
  x = node('scaler/', 'Div', [x, w.weights('scaler/scale', [24])], ['batch', steps, 24])
  x = node(
    'scaler/',
    'Clip',
    [x, w.weights('scaler/min', [], [-8]), w.weights('scaler/max', [], [8])],
    ['batch', steps, 24],
  )
  x = linear('embedding/', x, 24, width)
  x = node('embedding/', 'Add', [x, w.weights('embedding/positions', [steps, width])], wide)
  for (let layer = 0; layer < layers; layer += 1) {
    const scope = `encoder/layer${layer}/`
    const normed = node(`${scope}norm1/`, 'LayerNormalization', [x, w.weights(`${scope}g1`, [width])], wide)
    const [q, k, v] = [0, 1, 2].map(() => linear(`${scope}attention/`, normed, width, width)) as [
      string,
      string,
      string,
    ]
    const turned = node(`${scope}attention/`, 'Transpose', [k], ['batch', width, steps])
    const scores = node(`${scope}attention/`, 'MatMul', [q, turned], ['batch', steps, steps])
    const scaled = node(`${scope}attention/`, 'Mul', [scores, w.weights(`scalar_${layer}`, [], [0.125])])
    const shares = node(`${scope}attention/`, 'Softmax', [scaled], ['batch', steps, steps])
    const mixed = linear(`${scope}attention/`, node(`${scope}attention/`, 'MatMul', [shares, v], wide), width, width)
    x = node(scope, 'Add', [x, mixed], wide)
    const again = node(`${scope}norm2/`, 'LayerNormalization', [x, w.weights(`${scope}g2`, [width])], wide)
    const hidden = node(`${scope}feedForward/`, 'Relu', [linear(`${scope}feedForward/`, again, width, 4 * width)])
    x = node(scope, 'Add', [x, linear(`${scope}feedForward/`, hidden, 4 * width, width)], wide)
  }
  const last = node('head/', 'ReduceMean', [x, w.integers('integers_9', [1])], ['batch', width])
  const out = (name: string, size: number, op: string): void => {
    const product = node(`head/${name}/`, 'Gemm', [last, w.weights(`head/${name}/w`, [width, size])], ['batch', size])
    w.output(name, node(`head/${name}/`, op, [product], ['batch', size]), ['batch', size])
  }
  out('mean', 1, 'Mul')
  out('volatility', 1, 'Softplus')
  out('quantiles', 5, 'CumSum')
  out('classes', 3, 'Softmax')
  return w.bytes()
}

/** A recurrent cell written out `steps` times, without scopes. */
export function unrolledGraph(steps = 500): Uint8Array {
  const w = graphWriter('unrolled')
  const x = w.input('x', ['batch', steps, 8])
  let state = w.weights('state', [1, 16])
  for (let step = 0; step < steps; step += 1) {
    const now = w.node(`slice_${step}`, 'Slice', [x], ['batch', 8])
    const input = w.node(`in_${step}`, 'MatMul', [now, 'state'], ['batch', 16])
    const kept = w.node(`keep_${step}`, 'MatMul', [state, 'state'], ['batch', 16])
    const sum = w.node(`sum_${step}`, 'Add', [input, kept], ['batch', 16])
    state = w.node(`tanh_${step}`, 'Tanh', [sum], ['batch', 16])
  }
  w.output('y', state, ['batch', 16])
  return w.bytes()
}
