import { check } from '../../core/check.ts'
import { InvariantError } from '../../core/errors.ts'
import type { Tensor, TensorFlow } from './tensorflow.ts'

/**
 * int64 values held on the host: shapes, axes, indices. TensorFlow.js has no int64, and needs such numbers on the host anyway.
 * Values beyond ±2^53 lose their last digits (files write the largest int64 for "to the end").
 */
export interface HostInts {
  readonly dims: readonly number[]
  readonly ints: readonly number[]
}

/** What flows between operators. An int64 tensor that is computed is an int32 one here. */
export type Operand = Tensor | HostInts

export const isHost = (operand: Operand): operand is HostInts => 'ints' in operand

const INT32_MAX = 2 ** 31 - 1

/** `operand` as a tensor. Integers must fit 32 bits. */
export function toTensor(tf: TensorFlow, operand: Operand): Tensor {
  if (!isHost(operand)) return operand
  for (const value of operand.ints) check(Math.abs(value) <= INT32_MAX, 'int64 value in 32 bits', value)
  return tf.tensor([...operand.ints], [...operand.dims], 'int32')
}

/** The inputs of one node. `undefined` where an optional one is left out. */
export interface Inputs {
  readonly count: number
  has(at: number): boolean
  /** As it came. */
  operand(at: number): Operand
  tensor(at: number): Tensor
  optionalTensor(at: number): Tensor | undefined
  /** The values of an integer input, row-major. */
  ints(at: number): readonly number[]
  optionalInts(at: number): readonly number[] | undefined
}

export function inputsOf(tf: TensorFlow, operands: readonly (Operand | undefined)[]): Inputs {
  const has = (at: number): boolean => operands[at] !== undefined
  const operand = (at: number): Operand => {
    const found = operands[at]
    if (found === undefined) throw new InvariantError(`input ${at} was left out`, { at })
    return found
  }
  const tensor = (at: number): Tensor => toTensor(tf, operand(at))
  const ints = (at: number): readonly number[] => {
    const found = operand(at)
    return isHost(found) ? found.ints : [...found.dataSync()]
  }
  return {
    count: operands.length,
    has,
    operand,
    tensor,
    ints,
    optionalTensor: (at) => (has(at) ? tensor(at) : undefined),
    optionalInts: (at) => (has(at) ? ints(at) : undefined),
  }
}
