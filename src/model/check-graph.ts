import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { InputError, messageOf } from '../core/errors.ts'
import { INPUT_NAME, OUTPUT_NAMES, outputWidths } from './forecaster-outputs.ts'
import { OPSET } from './onnx-graph.ts'

/** Operators that a served graph may use: pure arithmetic, nothing that loops, branches, samples or reads files. */
const ALLOWED_OPS: ReadonlySet<string> = new Set([
  'Add',
  'Clip',
  'Concat',
  'Div',
  'Exp',
  'Flatten',
  'Identity',
  'MatMul',
  'Mul',
  'Neg',
  'Relu',
  'Sigmoid',
  'Sub',
])
const NODES_MAX = 10_000

/** What a served graph must look like: input [batch, steps, features], quantiles for `levelCount` levels. */
export interface GraphExpectation {
  /** Named in messages. */
  readonly file: string
  readonly steps: number
  readonly features: number
  readonly levelCount: number
}

type Fail = (field: string, value: unknown, rule: string) => never

/** Reads the bytes of an ONNX file from a stranger and refuses, by `InputError`, all that a forecaster does not need. */
export function checkGraph(bytes: Uint8Array, expected: GraphExpectation): void {
  const fail: Fail = (field, value, rule) => {
    throw new InputError(`${expected.file}: ${field} was ${JSON.stringify(value)}; ${rule}`, {
      file: expected.file,
      field,
    })
  }
  const model = decode(bytes, fail)
  checkOpset(model, fail)
  const graph = model.graph ?? fail('graph', null, 'it must be there')
  checkNodes(graph, fail)
  for (const tensor of graph.initializer ?? []) checkTensor(tensor, fail)
  if ((graph.sparseInitializer ?? []).length > 0) fail('sparseInitializer', 'present', 'not allowed')
  checkSignature(graph, expected, fail)
}

function decode(bytes: Uint8Array, fail: Fail): onnx.IModelProto {
  try {
    return onnxProto.onnx.ModelProto.decode(bytes)
  } catch (error) {
    return fail('content', messageOf(error), 'it must be a whole ONNX file')
  }
}

function checkOpset(model: onnx.IModelProto, fail: Fail): void {
  const imports = model.opsetImport ?? []
  for (const { domain } of imports) {
    if (domain) fail('opsetImport.domain', domain, 'only the standard domain is allowed')
  }
  const version = imports.length === 1 ? Number(imports[0]!.version) : undefined
  if (version !== OPSET) fail('opsetImport.version', version, `it must be ${OPSET}, once`)
  if ((model.functions ?? []).length > 0) fail('functions', 'present', 'not allowed')
  if ((model.trainingInfo ?? []).length > 0) fail('trainingInfo', 'present', 'not allowed')
}

function checkNodes(graph: onnx.IGraphProto, fail: Fail): void {
  const nodes = graph.node ?? []
  if (nodes.length === 0 || nodes.length > NODES_MAX) fail('node count', nodes.length, `from 1 to ${NODES_MAX}`)
  for (const node of nodes) {
    const field = `node ${node.name}`
    if (node.domain) fail(`${field} domain`, node.domain, 'only the standard domain is allowed')
    const op = node.opType ?? ''
    if (!ALLOWED_OPS.has(op)) fail(`${field} operator`, op, `one of ${[...ALLOWED_OPS].join(', ')}`)
    for (const { name, g, graphs, t, tensors } of node.attribute ?? []) {
      if (g || graphs?.length || t || tensors?.length)
        fail(`${field} attribute`, name, 'no graph and no tensor allowed')
    }
  }
}

/** Inline float32 of the stated size, all finite. Data in other files would let a model read the disk. */
function checkTensor(tensor: onnx.ITensorProto, fail: Fail): void {
  const field = `initializer ${tensor.name}`
  const { DataType, DataLocation } = onnxProto.onnx.TensorProto
  if (tensor.dataLocation === DataLocation.EXTERNAL || tensor.externalData?.length) {
    fail(`${field} location`, 'external', 'weights must be inside the file')
  }
  if (tensor.dataType !== DataType.FLOAT) fail(`${field} type`, tensor.dataType, 'it must be float32')
  const count = (tensor.dims ?? []).reduce<number>((product, dim) => product * Number(dim), 1)
  const raw = tensor.rawData ?? new Uint8Array()
  if (raw.length !== count * 4) fail(`${field} bytes`, raw.length, `it must be ${count * 4}, from its shape`)
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  for (let i = 0; i < count; i += 1) {
    const value = view.getFloat32(i * 4, true)
    if (!Number.isFinite(value)) fail(`${field} element ${i}`, String(value), 'it must be finite')
  }
}

const shapeOf = (value: onnx.IValueInfoProto): string =>
  (value.type?.tensorType?.shape?.dim ?? []).map((dim) => dim.dimParam || String(dim.dimValue)).join(', ')

function checkSignature(graph: onnx.IGraphProto, expected: GraphExpectation, fail: Fail): void {
  const widths = outputWidths(expected.levelCount)
  const wanted = {
    input: { [INPUT_NAME]: `batch, ${expected.steps}, ${expected.features}` },
    output: Object.fromEntries(OUTPUT_NAMES.map((name) => [name, `batch, ${widths[name]}`])),
  }
  for (const kind of ['input', 'output'] as const) {
    const found = Object.fromEntries((graph[kind] ?? []).map((value) => [value.name ?? '', shapeOf(value)]))
    const names = Object.keys(wanted[kind])
    const extra = Object.keys(found).find((name) => !names.includes(name))
    if (extra !== undefined) fail(kind, extra, `one of ${names.join(', ')}`)
    for (const [name, shape] of Object.entries(wanted[kind])) {
      if (found[name] !== shape) fail(`${kind} ${name} shape`, found[name] ?? 'absent', `it must be [${shape}]`)
    }
    for (const { name, type } of graph[kind] ?? []) {
      const elemType = type?.tensorType?.elemType
      if (elemType !== onnxProto.onnx.TensorProto.DataType.FLOAT)
        fail(`${kind} ${name} type`, elemType, 'must be float32')
    }
  }
}
