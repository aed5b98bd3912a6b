import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'

export type TensorType = 'float32' | 'int64' | 'bool'

/** Row-major values; booleans are 0 and 1. */
export interface TensorValue {
  readonly dims: readonly number[]
  readonly values: readonly number[]
  readonly type: TensorType
  /** In the file, not fed. */
  readonly stored: boolean
}

/** Texts, whole numbers, or a real number as `{ float }`. */
export type AttributeValue = number | readonly number[] | string | readonly string[] | { readonly float: number }

export interface NodeSpec {
  readonly op: string
  /** `undefined`: left out. */
  readonly inputs: readonly (TensorValue | undefined)[]
  /** One float32 output when absent. */
  readonly outputs?: readonly TensorType[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx
const { AttributeType } = AttributeProto
const { FLOAT, INT64, BOOL } = TensorProto.DataType
const DATA_TYPE = { float32: FLOAT, int64: INT64, bool: BOOL }

const make =
  (type: TensorType, stored: boolean) =>
  (dims: readonly number[], values: readonly number[]): TensorValue => ({ dims, values, type, stored })

export const floats = make('float32', false)
export const integers = make('int64', false)
export const booleans = make('bool', false)
export const storedFloats = make('float32', true)
export const storedBooleans = make('bool', true)
/** An int64 list in the file: axes, sizes, shapes. */
export const list = (...values: readonly number[]): TensorValue => make('int64', true)([values.length], values)

export const inputName = (at: number): string => `in${at}`
export const outputName = (at: number): string => `out${at}`

/** An ONNX file of one node: inputs `in0`, `in1` …, outputs `out0` …, of run-time shapes. */
export function oneNodeModel({ op, inputs, outputs = ['float32'], attributes = {} }: NodeSpec): Uint8Array {
  const named = inputs.flatMap((tensor, at) => (tensor ? [{ ...tensor, name: inputName(at) }] : []))
  return modelFile({
    input: named.filter(({ stored }) => !stored).map(({ name, type, dims }) => valueProto(name, type, [...dims])),
    output: outputs.map((type, at) => valueProto(outputName(at), type)),
    initializer: named.filter(({ stored }) => stored).map(tensorProto),
    node: [
      {
        name: 'node0',
        opType: op,
        input: inputs.map((tensor, at) => (tensor ? inputName(at) : '')),
        output: outputs.map((_, at) => outputName(at)),
        attribute: Object.entries(attributes).map(attributeProto),
      },
    ],
  })
}

/** An ONNX file of opset 17 around `graph`. */
export function modelFile(graph: onnx.IGraphProto, opset = 17): Uint8Array {
  const model = { irVersion: 8, opsetImport: [{ domain: '', version: opset }], graph: { name: 'test', ...graph } }
  return new Uint8Array(ModelProto.encode(model).finish())
}

/** Without `shape`, not even the rank is stated. A name in it is a size known at run time. */
export const valueProto = (
  name: string,
  type: TensorType,
  shape?: readonly (number | string)[],
): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: DATA_TYPE[type],
      ...(shape && {
        shape: { dim: shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
      }),
    },
  },
})

export function tensorProto({ name, dims, values, type }: TensorValue & { readonly name: string }): onnx.ITensorProto {
  const data = {
    float32: () => Float32Array.from(values),
    int64: () => BigInt64Array.from(values, BigInt),
    bool: () => Uint8Array.from(values),
  }[type]()
  return { name, dataType: DATA_TYPE[type], dims: [...dims], rawData: new Uint8Array(data.buffer) }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

function attributeProto([name, value]: [string, AttributeValue]): onnx.IAttributeProto {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value }
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: utf8(value) }
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float }
  const items = [...value]
  if (typeof items[0] === 'string') return { name, type: AttributeType.STRINGS, strings: items.map(String).map(utf8) }
  return { name, type: AttributeType.INTS, ints: items.map(Number) }
}
