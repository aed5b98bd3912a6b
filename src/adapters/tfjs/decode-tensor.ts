import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { InputError } from '../../core/errors.ts'
import { sizeOf } from './shapes.ts'

/** A tensor of the file, row-major. */
export interface StoredTensor {
  readonly dims: readonly number[]
  /** float32, int64 as plain numbers, or bool as 0 and 1. */
  readonly values: Float32Array | readonly number[] | Uint8Array
}

const { DataType, DataLocation } = onnxProto.onnx.TensorProto

/** Inline data of the stated size; float32, int64 or bool. Anything else: `InputError`. */
export function decodeTensor(tensor: onnx.ITensorProto): StoredTensor {
  const name = `initializer ${tensor.name}`
  if (tensor.dataLocation === DataLocation.EXTERNAL) throw new InputError(`${name}: data must be inside the file`)
  const dims = (tensor.dims ?? []).map(Number)
  const values = valuesOf(tensor)
  if (values === undefined)
    throw new InputError(`${name}: type was ${tensor.dataType}; float32, int64 and bool are known`)
  if (values.length !== sizeOf(dims)) {
    throw new InputError(`${name} [${dims.join(', ')}]: it held ${values.length} values`, { name: tensor.name })
  }
  return { dims, values }
}

/** Raw bytes, little-endian, or a list of its own for each type. */
function valuesOf({
  dataType,
  rawData,
  floatData,
  int32Data,
  int64Data,
}: onnx.ITensorProto): StoredTensor['values'] | undefined {
  const raw = rawData?.length ? Uint8Array.from(rawData) : undefined // A copy: aligned.
  switch (dataType) {
    case DataType.FLOAT:
      return raw ? floats(raw) : Float32Array.from(floatData ?? [])
    case DataType.INT64:
      return raw ? longs(raw) : (int64Data ?? []).map(Number)
    case DataType.BOOL:
      return raw ?? Uint8Array.from(int32Data ?? [])
    default:
      return undefined
  }
}

function floats(raw: Uint8Array): Float32Array {
  const view = new DataView(raw.buffer)
  return Float32Array.from({ length: Math.floor(raw.length / 4) }, (_, at) => view.getFloat32(at * 4, true))
}

function longs(raw: Uint8Array): number[] {
  const view = new DataView(raw.buffer)
  return Array.from({ length: Math.floor(raw.length / 8) }, (_, at) => Number(view.getBigInt64(at * 8, true)))
}
