import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { check } from '../../core/check.ts'
import type { Attribute, Graph, GraphNode, Initializer, TensorType, Value } from './graph.ts'
import type { Dim } from './shape.ts'

/** Standard operator set of every graph we write. 17: read by each ONNX Runtime since 1.12. */
export const OPSET = 17
/** ONNX file format version that goes with opset 17. */
const IR_VERSION = 8

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx
const { AttributeType } = AttributeProto

const DATA_TYPE: Readonly<Record<TensorType, number>> = {
  float32: TensorProto.DataType.FLOAT,
  int64: TensorProto.DataType.INT64,
  bool: TensorProto.DataType.BOOL,
}

/** The ONNX file of `graph`. Nodes that lead to no output are left out. Equal graphs give equal bytes. */
export function onnxFile(graph: Graph): Uint8Array {
  check(graph.outputs.length > 0, 'graph with outputs', graph.name)
  const { nodes, initializers } = usedParts(graph)
  const encoded = ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: 'tickwright',
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      name: graph.name,
      input: graph.inputs.map(valueProto),
      output: graph.outputs.map(valueProto),
      initializer: initializers.map(tensorProto),
      node: nodes.map(nodeProto),
      // Shapes between operators: for drawings, and for the runtime to check ours by its own.
      valueInfo: nodes
        .flatMap(({ outputs }) => outputs)
        .filter((value) => !graph.outputs.includes(value))
        .map(valueProto),
    },
  }).finish()
  return new Uint8Array(encoded) // A plain copy: the encoder answers with a slice of a pooled Buffer.
}

/** Gradients are built in full and used in part: what no output needs would only cost time. */
function usedParts({ nodes, outputs, initializers }: Graph): {
  readonly nodes: readonly GraphNode[]
  readonly initializers: readonly Initializer[]
} {
  const needed = new Set<Value>(outputs)
  const used: GraphNode[] = []
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    used.push(node)
    for (const input of node.inputs) if (input) needed.add(input)
  }
  return { nodes: used.reverse(), initializers: initializers.filter(({ value }) => needed.has(value)) }
}

function tensorProto({ value, data }: Initializer): onnx.ITensorProto {
  const rawData = new Uint8Array(data.byteLength)
  const view = new DataView(rawData.buffer)
  // Little-endian whatever the machine.
  if (data instanceof Float32Array) for (const [i, number] of data.entries()) view.setFloat32(i * 4, number, true)
  else for (const [i, number] of data.entries()) view.setBigInt64(i * 8, number, true)
  return { name: value.name, dataType: DATA_TYPE[value.type], dims: value.shape.map(Number), rawData }
}

const dimProto = (dim: Dim): onnx.TensorShapeProto.IDimension =>
  typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim }

const valueProto = ({ name, shape, type }: Value): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: DATA_TYPE[type], shape: { dim: shape.map(dimProto) } } },
})

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

function attributeProto([name, value]: [string, Attribute]): onnx.IAttributeProto {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value }
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: utf8(value) }
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float }
  if (isTexts(value)) return { name, type: AttributeType.STRINGS, strings: value.map(utf8) }
  return { name, type: AttributeType.INTS, ints: [...value] }
}

const isTexts = (values: readonly (string | number)[]): values is readonly string[] => typeof values[0] === 'string'

/** Trailing optional inputs that are left out are not written at all; one in between is an empty name. */
const nodeProto = ({ op, name, inputs, outputs, attributes }: GraphNode): onnx.INodeProto => ({
  name,
  opType: op,
  input: inputs.map((value) => value?.name ?? ''),
  output: outputs.map((value) => value.name),
  attribute: Object.entries(attributes).map(attributeProto),
})
