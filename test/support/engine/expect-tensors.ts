import { expect } from 'vitest'
import type { EngineTensor } from '../../../src/training/graph-engine.port.ts'
import { greatest, relativeError } from './gradient-oracle.ts'
import type { Tensors } from './run-graph.ts'
import type { Subject } from './subject.ts'
import { byParameter, layoutOfSubject } from './subject.ts'

/** Same names and shapes; differences at most `tolerance` of the greatest expected value, or of 1. */
export function expectNear(actual: Tensors, expected: Tensors, tolerance = 1e-5): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, value] of Object.entries(expected)) {
    expect([name, actual[name]!.dims]).toEqual([name, value.dims])
    const error = relativeError(actual[name]!, value, 1)
    expect(error <= tolerance ? 'near' : `${name} off by ${error}`).toBe('near')
  }
}

/**
 * Each parameter's gradient within `tolerance` of its greatest element; one that is small beside the others (or 0 but for rounding, as
 * that of the keys' bias in attention) within as much of a thousandth of the greatest of all.
 */
export function expectGradient(subject: Subject, actual: EngineTensor, expected: EngineTensor, tolerance = 1e-4): void {
  const layout = layoutOfSubject(subject)
  const floor = greatest(expected.data) / 1000
  const [found, wanted] = [byParameter(layout, actual.data), byParameter(layout, expected.data)]
  for (const [name, value] of Object.entries(wanted)) {
    const error = relativeError(found[name]!, value, floor)
    expect(error <= tolerance ? 'near' : `${name} off by ${error}`).toBe('near')
  }
}

/** Row `at` of every tensor, as a batch of one. */
export const rowOf = (tensors: Tensors, at: number): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { dims, data }]) => {
      const size = data.length / dims[0]!
      return [name, { dims: [1, ...dims.slice(1)], data: data.slice(at * size, (at + 1) * size) }]
    }),
  )
