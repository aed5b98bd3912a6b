import '../../../src/adapters/onnx/no-telemetry.ts'

import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node'
import type { Tensor, TensorFlow } from '../../../src/adapters/tfjs/tensorflow.ts'
import type { NodeSpec, TensorValue } from '../onnx/one-node-model.ts'
import { inputName, oneNodeModel } from '../onnx/one-node-model.ts'

export interface PlainTensor {
  readonly dims: readonly number[]
  readonly values: readonly number[]
}

export type Outputs = Readonly<Record<string, PlainTensor>>

/** The inputs of a node that are not in its file, by name. */
export const fedInputs = ({ inputs }: NodeSpec): [string, TensorValue][] =>
  inputs.flatMap((tensor, at): [string, TensorValue][] => (tensor && !tensor.stored ? [[inputName(at), tensor]] : []))

function onnxTensor({ dims, values, type }: TensorValue): OnnxTensor {
  if (type === 'float32') return new OnnxTensor(type, Float32Array.from(values), dims)
  if (type === 'int64') return new OnnxTensor(type, BigInt64Array.from(values, BigInt), dims)
  return new OnnxTensor(type, Uint8Array.from(values), dims)
}

/** ONNX Runtime's answers for one node, for any values of its inputs. */
export async function onnxRuntimeNode(
  spec: NodeSpec,
): Promise<(inputs: readonly (TensorValue | undefined)[]) => Promise<Outputs>> {
  // As written: an optimised node may take a short cut.
  const session = await InferenceSession.create(oneNodeModel(spec), {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  })
  return async (inputs) => {
    const fed = fedInputs({ ...spec, inputs }).map(([name, tensor]) => [name, onnxTensor(tensor)])
    const results = await session.run(Object.fromEntries(fed))
    return Object.fromEntries(
      Object.entries(results).map(([name, { dims, data }]) => [name, { dims, values: Array.from(data, Number) }]),
    )
  }
}

const DTYPE = { float32: 'float32', int64: 'int32', bool: 'bool' } as const

export const tfTensor = (tf: TensorFlow, { dims, values, type }: TensorValue): Tensor =>
  tf.tensor([...values], [...dims], DTYPE[type])

export const plain = (tensor: Tensor): PlainTensor => ({ dims: tensor.shape, values: [...tensor.dataSync()] })
