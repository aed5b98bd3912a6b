import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { check } from '../core/check.ts'
import type { Dim, Shape } from './onnx-shape.ts'
import { elementCount } from './onnx-shape.ts'

/** Standard operator set of every graph we write. 17: read by each ONNX Runtime since 1.12. */
export const OPSET = 17
/** ONNX file format version that goes with opset 17. */
const IR_VERSION = 8

/** A float32 tensor in a graph under construction. Names are unique within it. */
export interface Value {
  readonly name: string
  readonly shape: Shape
}

type Attribute = number | readonly number[]

/** One operator application. Kept as data, so that a later pass (gradients) can walk the graph. */
interface GraphNode {
  readonly op: string
  readonly inputs: readonly Value[]
  readonly output: Value
  /** Integers only: no operator in use takes another kind. */
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** Builds one ONNX graph of float32 tensors. Wrong shapes and unknown values are bugs: `InvariantError`. */
export interface GraphBuilder {
  readonly nodes: readonly GraphNode[]
  input(name: string, shape: Shape): Value
  /** `values` row-major; all finite. */
  constant(name: string, values: ArrayLike<number>, shape: readonly number[]): Value
  /** Applies an operator of the standard domain. The caller (`onnx-ops.ts`) answers for `shape`. */
  apply(op: string, inputs: readonly Value[], shape: Shape, attributes?: Readonly<Record<string, Attribute>>): Value
  /** Makes `value` an output under `name`. */
  output(name: string, value: Value): void
  /** The ONNX file. Equal graphs give equal bytes. */
  bytes(): Uint8Array
}

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx
const FLOAT = TensorProto.DataType.FLOAT

export function graphBuilder(graphName: string): GraphBuilder {
  const known = new Map<string, Value>()
  const inputs: Value[] = []
  const outputs: Value[] = []
  const nodes: GraphNode[] = []
  const initializers: onnx.ITensorProto[] = []

  const declare = (name: string, shape: Shape): Value => {
    check(!known.has(name), 'name used once in a graph', name)
    const value = { name, shape }
    known.set(name, value)
    return value
  }
  const apply: GraphBuilder['apply'] = (op, from, shape, attributes = {}) => {
    for (const value of from) check(known.get(value.name) === value, 'value of this graph', value.name)
    const output = declare(`${op.toLowerCase()}_${nodes.length}`, shape)
    nodes.push({ op, inputs: from, output, attributes })
    return output
  }
  return {
    nodes,
    apply,
    input: (name, shape) => {
      const value = declare(name, shape)
      inputs.push(value)
      return value
    },
    constant: (name, values, shape) => {
      initializers.push(tensorProto(name, values, shape))
      return declare(name, shape)
    },
    output: (name, value) => {
      const named = declare(name, value.shape)
      nodes.push({ op: 'Identity', inputs: [value], output: named, attributes: {} })
      outputs.push(named)
    },
    bytes: () => {
      check(inputs.length > 0 && outputs.length > 0, 'graph with inputs and outputs', graphName)
      const encoded = ModelProto.encode({
        irVersion: IR_VERSION,
        producerName: 'tickwright',
        opsetImport: [{ domain: '', version: OPSET }],
        graph: {
          name: graphName,
          input: inputs.map(valueProto),
          output: outputs.map(valueProto),
          initializer: initializers,
          node: nodes.map(nodeProto),
        },
      }).finish()
      return new Uint8Array(encoded) // A plain copy: the encoder answers with a slice of a pooled Buffer.
    },
  }
}

function tensorProto(name: string, values: ArrayLike<number>, shape: readonly number[]): onnx.ITensorProto {
  check(values.length === elementCount(shape), `elements of ${name} for [${shape.join(', ')}]`, values.length)
  const rawData = new Uint8Array(values.length * 4)
  const view = new DataView(rawData.buffer)
  for (let i = 0; i < values.length; i += 1) {
    const value = Math.fround(values[i]!)
    view.setFloat32(i * 4, check(Number.isFinite(value), `finite float32 in ${name}`, value), true)
  }
  return { name, dataType: FLOAT, dims: [...shape], rawData }
}

const dimProto = (dim: Dim): onnx.TensorShapeProto.IDimension =>
  typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim }

const valueProto = ({ name, shape }: Value): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: shape.map(dimProto) } } },
})

const attributeProto = ([name, value]: [string, Attribute]): onnx.IAttributeProto =>
  typeof value === 'number'
    ? { name, type: AttributeProto.AttributeType.INT, i: value }
    : { name, type: AttributeProto.AttributeType.INTS, ints: [...value] }

const nodeProto = ({ op, inputs, output, attributes }: GraphNode): onnx.INodeProto => ({
  name: output.name,
  opType: op,
  input: inputs.map(({ name }) => name),
  output: [output.name],
  attribute: Object.entries(attributes).map(attributeProto),
})
