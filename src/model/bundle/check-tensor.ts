import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import type { Fail } from './graph-fail.ts'

const { DataType, DataLocation } = onnxProto.onnx.TensorProto
/** Shapes, axes and index tables; far more than any needs, far less than hurts. */
const INTEGERS_MAX = 65_536
const RANK_MAX = 8
/** Where a tensor may hold its numbers besides `rawData`: one place is enough. */
const OTHER_DATA = ['floatData', 'int32Data', 'stringData', 'int64Data', 'doubleData', 'uint64Data'] as const

/** Inline float32, all finite, or a few int64, of the stated shape. Data in other files would let a model read the disk. */
export function checkTensor(tensor: onnx.ITensorProto, fail: Fail): void {
  const field = `initializer ${tensor.name}`
  if (tensor.dataLocation === DataLocation.EXTERNAL || tensor.externalData?.length) {
    fail(`${field} location`, 'external', 'weights must be inside the file')
  }
  const other = OTHER_DATA.find((key) => tensor[key]?.length) ?? (tensor.segment ? 'segment' : undefined)
  if (other !== undefined) fail(`${field} data`, other, 'they must be in rawData')
  const count = elementCount(tensor, field, fail)
  const raw = tensor.rawData ?? new Uint8Array()
  if (tensor.dataType === DataType.INT64) {
    if (count > INTEGERS_MAX) fail(`${field} elements`, count, `at most ${INTEGERS_MAX} integers`)
    if (raw.length !== count * 8) fail(`${field} bytes`, raw.length, `it must be ${count * 8}, from its shape`)
    return
  }
  if (tensor.dataType !== DataType.FLOAT) fail(`${field} type`, tensor.dataType, 'it must be float32 or int64')
  if (raw.length !== count * 4) fail(`${field} bytes`, raw.length, `it must be ${count * 4}, from its shape`)
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  for (let i = 0; i < count; i += 1) {
    const value = view.getFloat32(i * 4, true)
    if (!Number.isFinite(value)) fail(`${field} element ${i}`, String(value), 'it must be finite')
  }
}

function elementCount({ dims }: onnx.ITensorProto, field: string, fail: Fail): number {
  const sizes = (dims ?? []).map(Number)
  if (sizes.length > RANK_MAX) fail(`${field} rank`, sizes.length, `at most ${RANK_MAX}`)
  const odd = sizes.find((size) => !Number.isSafeInteger(size) || size < 0)
  if (odd !== undefined) fail(`${field} dimension`, odd, 'a whole number from 0')
  return sizes.reduce((product, size) => product * size, 1)
}
