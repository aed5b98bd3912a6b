import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import type { Fail } from './graph-fail.ts'

/** Operators that a served graph may use: pure arithmetic, nothing that branches, samples, calls other code or reads files. */
export const ALLOWED_OPS: ReadonlySet<string> = new Set(
  [
    'Abs Add Cast Clip Concat Cos CumSum Div Equal Erf Exp Expand Flatten Gather Gemm Greater GRU Identity',
    'LayerNormalization LeakyRelu Less Log LogSoftmax LSTM MatMul Max Min Mul Neg Not Pad Pow Reciprocal ReduceMax',
    'ReduceMean ReduceSum ReduceSumSquare Relu Reshape RNN Shape Sigmoid Sign Sin Slice Softmax Softplus',
    'Split Sqrt Squeeze Sub Tanh Transpose Unsqueeze Where',
  ].flatMap((line) => line.split(' ')),
)
const NODES_MAX = 10_000
const INITIALIZERS_MAX = 10_000
/** Inputs and outputs of one node. */
const EDGES_MAX = 1_024
const ATTRIBUTES_MAX = 32
const LIST_MAX = 1_024
const NAME_MAX = 512

const { AttributeType } = onnxProto.onnx.AttributeProto
const SIMPLE_ATTRIBUTES: readonly unknown[] = [
  AttributeType.INT,
  AttributeType.INTS,
  AttributeType.FLOAT,
  AttributeType.FLOATS,
  AttributeType.STRING,
  AttributeType.STRINGS,
]

/** Operators, attributes and wiring: every value is made once, before it is used, and every output of the graph is made. */
export function checkNodes(graph: onnx.IGraphProto, fail: Fail): void {
  const nodes = graph.node ?? []
  if (nodes.length === 0 || nodes.length > NODES_MAX) fail('node count', nodes.length, `from 1 to ${NODES_MAX}`)
  const initializers = graph.initializer ?? []
  if (initializers.length > INITIALIZERS_MAX)
    fail('initializer count', initializers.length, `at most ${INITIALIZERS_MAX}`)
  const known = new Set<string>()
  const make = (name: string | null | undefined): void => {
    if (!name || name.length > NAME_MAX) fail('name', name?.slice(0, 80) ?? '', `from 1 to ${NAME_MAX} characters`)
    else if (known.has(name)) fail('name', name, 'each value must be made once')
    else known.add(name)
  }
  for (const { name } of [...(graph.input ?? []), ...initializers]) make(name)
  for (const node of nodes) {
    const field = `node ${node.name}`
    checkNode(node, field, fail)
    // An empty name stands for an optional input that is left out, or for an output that nobody wants.
    const unknown = node.input?.find((name) => name !== '' && !known.has(name))
    if (unknown !== undefined) fail(`${field} input`, unknown, 'it must be made before it is used')
    for (const name of node.output ?? []) if (name !== '') make(name)
  }
  const absent = (graph.output ?? []).find(({ name }) => !known.has(name ?? ''))
  if (absent !== undefined) fail('output', absent.name, 'some node must make it')
}

function checkNode(node: onnx.INodeProto, field: string, fail: Fail): void {
  if (node.domain) fail(`${field} domain`, node.domain, 'only the standard domain is allowed')
  const op = node.opType ?? ''
  if (!ALLOWED_OPS.has(op)) fail(`${field} operator`, op, `one of ${[...ALLOWED_OPS].join(', ')}`)
  const edges = Math.max(node.input?.length ?? 0, node.output?.length ?? 0)
  if (edges > EDGES_MAX) fail(`${field} inputs or outputs`, edges, `at most ${EDGES_MAX}`)
  const attributes = node.attribute ?? []
  if (attributes.length > ATTRIBUTES_MAX) fail(`${field} attributes`, attributes.length, `at most ${ATTRIBUTES_MAX}`)
  for (const attribute of attributes) checkAttribute(attribute, field, fail)
}

function checkAttribute(attribute: onnx.IAttributeProto, field: string, fail: Fail): void {
  const { name, type, g, graphs, t, tensors, sparseTensor, sparseTensors, refAttrName } = attribute
  const inner = [g, t, sparseTensor, graphs?.length, tensors?.length, sparseTensors?.length, refAttrName]
  if (inner.some(Boolean)) fail(`${field} attribute`, name, 'no graph, no tensor and no reference allowed')
  if (!SIMPLE_ATTRIBUTES.includes(type)) fail(`${field} attribute ${name} type`, type, 'numbers and texts only')
  const { ints, floats, strings, s, f } = attribute
  const length = Math.max(ints?.length ?? 0, floats?.length ?? 0, strings?.length ?? 0)
  if (length > LIST_MAX) fail(`${field} attribute ${name}`, length, `at most ${LIST_MAX} elements`)
  const odd = [f ?? 0, ...(floats ?? [])].find((value) => !Number.isFinite(value))
  if (odd !== undefined) fail(`${field} attribute ${name}`, String(odd), 'it must be finite')
  const text = [s, ...(strings ?? [])].find((value) => (value?.length ?? 0) > NAME_MAX)
  if (text) fail(`${field} attribute ${name}`, text.length, `at most ${NAME_MAX} bytes`)
}
