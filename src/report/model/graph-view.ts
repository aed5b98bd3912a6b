import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { InputError, messageOf } from '../../core/errors.ts'

/** What a drawing or a comparison needs of an ONNX file. */
export interface GraphView {
  readonly name: string
  readonly nodes: readonly NodeView[]
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Stored tensors by name. */
  readonly tensors: ReadonlyMap<string, TensorView>
  /** Shapes by name of value, as far as the file states them, e.g. `batch, 4, 24`. */
  readonly shapes: ReadonlyMap<string, string>
}

export interface NodeView {
  /** May hold a path of scopes: `encoder/layer0/matmul_12`. */
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

export interface TensorView {
  readonly dims: readonly number[]
  readonly count: number
  /** Float32 and int64 only; empty otherwise. */
  readonly values: readonly number[] | Float32Array
  readonly isFloat: boolean
}

const { ModelProto, TensorProto } = onnxProto.onnx

/** Reads any ONNX file. `file` is for messages. Throws `InputError` where it is none. */
export function graphView(bytes: Uint8Array, file: string): GraphView {
  const graph = decode(bytes, file)
  const known = [...(graph.input ?? []), ...(graph.output ?? []), ...(graph.valueInfo ?? [])]
  const tensors = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensorView(tensor)]))
  const namesOf = (values: readonly onnx.IValueInfoProto[] | null | undefined): string[] =>
    (values ?? []).map(({ name }) => name ?? '')
  return {
    name: graph.name ?? '',
    nodes: (graph.node ?? []).map(({ name, opType, input, output }) => ({
      name: name || (output?.[0] ?? ''),
      op: opType ?? '',
      inputs: input ?? [],
      outputs: output ?? [],
    })),
    inputs: namesOf(graph.input).filter((name) => !tensors.has(name)),
    outputs: namesOf(graph.output),
    tensors,
    shapes: new Map(known.map((value) => [value.name ?? '', shapeText(value)])),
  }
}

function decode(bytes: Uint8Array, file: string): onnx.IGraphProto {
  try {
    const { graph } = ModelProto.decode(bytes)
    if (graph?.node?.length) return graph
  } catch (error) {
    throw new InputError(`${file}: it must be an ONNX file: ${messageOf(error)}`, { file }, error)
  }
  throw new InputError(`${file}: it must be an ONNX file: it holds no graph`, { file })
}

const shapeText = (value: onnx.IValueInfoProto): string =>
  (value.type?.tensorType?.shape?.dim ?? []).map((dim) => dim.dimParam || String(dim.dimValue ?? '?')).join(', ')

function tensorView(tensor: onnx.ITensorProto): TensorView {
  const dims = (tensor.dims ?? []).map(Number)
  const count = dims.reduce((product, dim) => product * dim, 1)
  const isFloat = tensor.dataType === TensorProto.DataType.FLOAT
  return { dims, count, isFloat, values: valuesOf(tensor, isFloat) }
}

function valuesOf({ dataType, rawData, floatData }: onnx.ITensorProto, isFloat: boolean): number[] | Float32Array {
  const raw = rawData ?? new Uint8Array()
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  if (isFloat) {
    if (raw.length === 0) return Float32Array.from(floatData ?? [])
    return Float32Array.from({ length: raw.length >> 2 }, (_, i) => view.getFloat32(4 * i, true))
  }
  if (dataType !== TensorProto.DataType.INT64) return []
  return Array.from({ length: raw.length >> 3 }, (_, i) => Number(view.getBigInt64(8 * i, true)))
}
