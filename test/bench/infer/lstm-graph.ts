import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { seededRandom } from '../../../src/core/random.ts'

interface LstmSizes {
  readonly steps: number
  readonly features: number
  readonly hidden: number
  readonly levels: number
}

const { AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, ValueInfoProto } =
  onnxProto.onnx

const FLOAT = 1
const INT64 = 7
const WEIGHT_MAX = 0.1

/** An LSTM with the four heads of a forecaster, written operator by operator: what one costs without any builder of ours. */
export function lstmGraph({ steps, features, hidden, levels }: LstmSizes): Uint8Array {
  const random = seededRandom(1)
  const weights = (name: string, dims: number[]) => {
    const values = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => (2 * random() - 1) * WEIGHT_MAX)
    return TensorProto.create({ name, dims, dataType: FLOAT, rawData: new Uint8Array(values.buffer) })
  }
  const initializer = [
    integers('first', [1], [0]),
    weights('w', [1, 4 * hidden, features]),
    weights('r', [1, 4 * hidden, hidden]),
    weights('b', [1, 8 * hidden]),
    ...HEADS.flatMap(({ name, width }) => [
      weights(`${name}_w`, [hidden, width(levels)]),
      weights(`${name}_b`, [width(levels)]),
    ]),
    integers('axis', [], [1]),
  ]
  const node = [
    operator('Transpose', ['x'], 'steps', [{ name: 'perm', type: 7, ints: [1, 0, 2] }]),
    NodeProto.create({
      ...{ opType: 'LSTM', name: 'lstm', input: ['steps', 'w', 'r', 'b'], output: ['', 'last'] },
      attribute: [AttributeProto.create({ name: 'hidden_size', type: 2, i: hidden })],
    }),
    operator('Squeeze', ['last', 'first'], 'hidden'),
    ...HEADS.map(({ name }) => operator('Gemm', ['hidden', `${name}_w`, `${name}_b`], `${name}_raw`)),
    operator('Identity', ['mean_raw'], 'mean'),
    operator('Exp', ['volatility_raw'], 'volatility'),
    operator('Softmax', ['classes_raw'], 'classes', [{ name: 'axis', type: 2, i: 1 }]),
    operator('Softplus', ['quantiles_raw'], 'rises'),
    operator('CumSum', ['rises', 'axis'], 'quantiles'),
  ]
  const graph = GraphProto.create({
    name: 'lstm',
    ...{ node, initializer },
    input: [tensor('x', [steps, features])],
    output: HEADS.map(({ name, width }) => tensor(name, [width(levels)])),
  })
  const opsetImport = [OperatorSetIdProto.create({ domain: '', version: 17 })]
  return ModelProto.encode(ModelProto.create({ irVersion: 8, opsetImport, graph })).finish()
}

const integers = (name: string, dims: number[], values: readonly number[]) =>
  TensorProto.create({
    ...{ name, dims, dataType: INT64 },
    rawData: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer),
  })

const HEADS = [
  { name: 'mean', width: () => 1 },
  { name: 'volatility', width: () => 1 },
  { name: 'quantiles', width: (levels: number) => levels },
  { name: 'classes', width: () => 3 },
] as const

const operator = (opType: string, input: string[], output: string, attributes: readonly onnx.IAttributeProto[] = []) =>
  NodeProto.create({
    ...{ opType, name: output, input, output: [output] },
    attribute: attributes.map((one) => AttributeProto.create(one)),
  })

const tensor = (name: string, dims: readonly number[]) =>
  ValueInfoProto.create({
    name,
    type: {
      tensorType: {
        elemType: FLOAT,
        shape: { dim: [{ dimParam: 'batch' }, ...dims.map((dimValue) => ({ dimValue }))] },
      },
    },
  })
