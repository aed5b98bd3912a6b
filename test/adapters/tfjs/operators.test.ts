import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { interpretGraph } from '../../../src/adapters/tfjs/interpret-graph.ts'
import { OPERATORS } from '../../../src/adapters/tfjs/operators/table.ts'
import { type NodeSpec, oneNodeModel } from '../onnx/one-node-model.ts'
import { CASES } from './cases/all-cases.ts'
import { tf } from './cpu-tensorflow.ts'
import { fedInputs, type Outputs, onnxRuntimeNode, plain, tfTensor } from './reference-run.ts'

const TOLERANCE = 1e-5

function interpret(spec: NodeSpec): Outputs {
  const run = interpretGraph(tf, oneNodeModel(spec))
  const outputs = run(Object.fromEntries(fedInputs(spec).map(([name, tensor]) => [name, tfTensor(tf, tensor)])))
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, plain(tensor)]))
}

const near = (actual: number, expected: number): boolean =>
  Object.is(actual, expected) || Math.abs(actual - expected) <= TOLERANCE * Math.max(1, Math.abs(expected))

function expectNear(actual: Outputs, expected: Outputs): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, { dims, values }] of Object.entries(expected)) {
    expect(actual[name]!.dims).toEqual(dims)
    const far = values.findIndex((value, at) => !near(actual[name]!.values[at]!, value))
    expect(far < 0 ? 'near' : `${name}[${far}]: ${actual[name]!.values[far]}, not ${values[far]}`).toBe('near')
  }
}

async function expectAgreement(spec: NodeSpec): Promise<void> {
  const reference = await onnxRuntimeNode(spec)
  expectNear(interpret(spec), await reference(spec.inputs))
}

test('every operator of the table has its cases', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(OPERATORS).sort())
})

describe.each(Object.entries(CASES))('%s answers as ONNX Runtime does', (_op, { fixed, random }) => {
  test.each(fixed)('$name', expectAgreement)

  test('any shapes and values', async () => {
    await fc.assert(fc.asyncProperty(random, expectAgreement), { numRuns: 20, seed: 4 })
  })
})
