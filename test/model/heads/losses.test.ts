import { describe, expect, test } from 'vitest'
import { gradients } from '../../../src/model/graph/gradients/gradients.ts'
import type { Graph, Value } from '../../../src/model/graph/graph.ts'
import { createGraph } from '../../../src/model/graph/graph.ts'
import { onnxFile } from '../../../src/model/graph/onnx-file.ts'
import { log, scale } from '../../../src/model/graph/ops/elementwise.ts'
import {
  crossEntropyLoss,
  huberLoss,
  pinballLoss,
  qlikeLoss,
  squaredLoss,
  weightedSum,
} from '../../../src/model/heads/losses.ts'
import type { EngineTensor } from '../../../src/training/graph-engine.port.ts'
import { type ModuleCase, moduleCases } from '../../fixtures/torch/load-vectors.ts'
import { relativeError } from '../../support/engine/gradient-oracle.ts'
import { runFile, type Tensors, tensor } from '../../support/engine/run-graph.ts'

/** PyTorch's loss of one case in our terms: rows of [rows, …] and the names of what is differentiated. */
type Build = (graph: Graph, forecast: Value, target: Value, config: ModuleCase['config']) => Value

const LOSSES: Readonly<Record<string, readonly [forecast: string, build: Build]>> = {
  Pinball: ['quantiles', (graph, q, y, config) => pinballLoss(graph, q, y, config['levels'] as number[])],
  CrossEntropy: [
    'logits',
    (graph, logits, y, config) =>
      crossEntropyLoss(graph, logits, y, (config['classWeights'] as number[] | undefined) ?? [1, 1, 1]),
  ],
  Huber: ['predicted', (graph, forecast, y, config) => huberLoss(graph, forecast, y, Number(config['delta']))],
  MSE: ['predicted', (graph, forecast, y) => squaredLoss(graph, forecast, y)],
  QLIKE: [
    'variance',
    (graph, forecast, y, config) =>
      qlikeLoss(graph, scale(graph, log(graph, forecast), config['of'] === 'volatility' ? 2 : 1), y),
  ],
}

const asColumn = ({ dims, data }: EngineTensor): EngineTensor =>
  dims.length === 1 ? { dims: [dims[0]!, 1], data } : { dims, data }

const oneHot = ({ data }: EngineTensor): EngineTensor =>
  tensor(
    [data.length, 3],
    [...data].flatMap((kind) => [0, 1, 2].map((k) => (k === kind ? 1 : 0))),
  )

/** Our loss and its gradient with regard to the forecast. */
async function ours({ module, config, inputs }: ModuleCase): Promise<Tensors> {
  const [known, build] = LOSSES[module]!
  const name = config['of'] === 'volatility' ? 'volatility' : known
  const forecast = asColumn(inputs[name]!)
  const target = module === 'CrossEntropy' ? oneHot(inputs['target']!) : asColumn(inputs['target']!)
  const rows = forecast.dims[0]!
  const given = inputs['sampleWeight']?.data ?? new Float32Array(rows).fill(1)
  const total = given.reduce((sum, weight) => sum + weight, 0)
  const graph = createGraph('loss')
  const value = graph.input('forecast', forecast.dims)
  const losses = build(graph, value, graph.input('target', target.dims), config)
  const loss = weightedSum(graph, losses, graph.input('sampleWeight', [rows]))
  graph.output('loss', loss)
  graph.output('gradient', gradients(graph, loss, [value])[0]!)
  const weights = tensor(
    [rows],
    given.map((weight) => weight / total),
  )
  return await runFile(onnxFile(graph), { forecast, target, sampleWeight: weights })
}

describe('losses and their gradients are those of PyTorch', () => {
  // Torch's own mean divides by the class weights of the rows; ours are scaled once for all rows.
  const cases = moduleCases('losses').filter(({ config }) => config['dividedBy'] === undefined)
  test('every kind is there', () => {
    expect(new Set(cases.map(({ module }) => module))).toEqual(new Set(Object.keys(LOSSES)))
  })
  test.each(cases)('$name', async (each) => {
    const found = await ours(each)
    expect(relativeError(found['loss']!, each.outputs['loss']!)).toBeLessThan(1e-5)
    const [expected] = Object.entries(each.gradients.inputs).filter(([name]) => name !== 'target')
    expect(relativeError(found['gradient']!, expected![1])).toBeLessThan(1e-5)
  })
})

test('QLIKE is 0 at a perfect forecast and above it elsewhere', async () => {
  const graph = createGraph('qlike')
  graph.output('loss', qlikeLoss(graph, graph.input('logVariance', [3, 1]), graph.input('variance', [3, 1])))
  const { loss } = await runFile(onnxFile(graph), {
    logVariance: tensor([3, 1], [Math.log(2), Math.log(1), Math.log(4)]),
    variance: tensor([3, 1], [2, 2, 2]),
  })
  expect(loss!.data[0]).toBeCloseTo(0, 6)
  expect(loss!.data[1]).toBeCloseTo(2 - Math.log(2) - 1, 6)
  expect(loss!.data[2]).toBeCloseTo(0.5 + Math.log(2) - 1, 6)
})
