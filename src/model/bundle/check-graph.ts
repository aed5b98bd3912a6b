import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { InputError, messageOf } from '../../core/errors.ts'
import { INPUT_NAME, OUTPUT_NAMES, outputWidths } from '../forecaster-outputs.ts'
import { OPSET } from '../graph/onnx-file.ts'
import { checkNodes } from './check-nodes.ts'
import { checkTensor } from './check-tensor.ts'
import type { Fail } from './graph-fail.ts'

const { ModelProto } = onnxProto.onnx

/** What a served graph must look like: input [batch, steps, features], quantiles for `levelCount` levels. */
export interface GraphExpectation {
  /** Named in messages. */
  readonly file: string
  readonly steps: number
  readonly features: number
  readonly levelCount: number
}

/** Reads the bytes of an ONNX file from a stranger and refuses, by `InputError`, all that a forecaster does not need. */
export function checkGraph(bytes: Uint8Array, expected: GraphExpectation): void {
  const fail: Fail = (field, value, rule) => {
    throw new InputError(`${expected.file}: ${field} was ${JSON.stringify(value)}; ${rule}`, {
      file: expected.file,
      field,
    })
  }
  const model = decode(bytes, fail)
  checkModel(model, fail)
  const graph = model.graph ?? fail('graph', null, 'it must be there')
  for (const field of ['sparseInitializer', 'quantizationAnnotation'] as const) {
    if (graph[field]?.length) fail(field, 'present', 'not allowed')
  }
  checkNodes(graph, fail)
  for (const tensor of graph.initializer ?? []) checkTensor(tensor, fail)
  checkSignature(graph, expected, fail)
  // Last, since it costs most. What we do not understand ONNX Runtime may: newer fields, fields that stand twice.
  const known = ModelProto.encode(model).finish()
  if (known.length !== bytes.length || !known.every((byte, i) => byte === bytes[i])) {
    fail('content', `${bytes.length} bytes`, 'it must hold nothing but what its known fields encode to')
  }
}

function decode(bytes: Uint8Array, fail: Fail): onnx.IModelProto {
  try {
    return ModelProto.decode(bytes)
  } catch (error) {
    return fail('content', messageOf(error), 'it must be a whole ONNX file')
  }
}

function checkModel(model: onnx.IModelProto, fail: Fail): void {
  const imports = model.opsetImport ?? []
  for (const { domain } of imports) {
    if (domain) fail('opsetImport.domain', domain, 'only the standard domain is allowed')
  }
  const version = imports.length === 1 ? Number(imports[0]!.version) : undefined
  if (version !== OPSET) fail('opsetImport.version', version, `it must be ${OPSET}, once`)
  // Metadata may hold options for the runtime.
  for (const field of ['functions', 'trainingInfo', 'metadataProps'] as const) {
    if (model[field]?.length) fail(field, 'present', 'not allowed')
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
    const values = graph[kind] ?? []
    const found = Object.fromEntries(values.map((value) => [value.name ?? '', shapeOf(value)]))
    const names = Object.keys(wanted[kind])
    const extra = Object.keys(found).find((name) => !names.includes(name))
    if (extra !== undefined) fail(kind, extra, `one of ${names.join(', ')}`)
    for (const [name, shape] of Object.entries(wanted[kind])) {
      if (found[name] !== shape) fail(`${kind} ${name} shape`, found[name] ?? 'absent', `it must be [${shape}]`)
    }
    if (values.length !== names.length) fail(`${kind} count`, values.length, `it must be ${names.length}`)
    for (const { name, type } of values) {
      const elemType = type?.tensorType?.elemType
      if (elemType !== onnxProto.onnx.TensorProto.DataType.FLOAT)
        fail(`${kind} ${name} type`, elemType, 'must be float32')
    }
  }
}
