import { describe, expect, test } from 'vitest'
import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { trainingGraphs } from '../../../src/model/optimise/training-graphs.ts'
import { nlinearSeries } from '../../../src/model/series/series-model.ts'
import type { SeriesLoss } from '../../../src/model/series/series-objective.ts'
import { seriesObjective } from '../../../src/model/series/series-objective.ts'
import { randomTensor, tensor } from '../../support/engine/run-graph.ts'

const SHAPE = { batch: 3, lookBack: 5, horizon: 2, channels: 2 }

describe.each<[SeriesLoss, (error: number) => number]>([
  ['mse', (error) => error ** 2],
  ['mae', Math.abs],
  ['huber', (error) => (Math.abs(error) <= 1 ? error ** 2 / 2 : Math.abs(error) - 0.5)],
])('%s', (loss, of) => {
  test('is the mean over horizon and channels, weighted by rows; the forecast comes along', async () => {
    const objective = seriesObjective({ model: nlinearSeries({ individual: false }), ...SHAPE, loss })
    const { layout, evaluate } = trainingGraphs(objective, {
      optimiser: { kind: 'sgd', momentum: 0 },
      weightDecay: 0,
      l1: 0,
    })
    const random = seededRandom(1)
    const target = randomTensor(random, [3, 2, 2], 2)
    const rowWeights = [0.75, 0.25, 0]
    const session = await onnxEngine({ provider: 'cpu', threads: 1 }).load(evaluate)
    const found = await session.run({
      weights: randomTensor(random, [layout.count]),
      x: randomTensor(random, [3, 5, 2]),
      target,
      sampleWeight: tensor([3], rowWeights),
    })
    await session.release()
    const forecast = found['forecast']!
    expect(forecast.dims).toEqual([3, 2, 2])
    const expected = forecast.data.reduce(
      (sum, value, i) => sum + (rowWeights[Math.floor(i / 4)]! * of(value - target.data[i]!)) / 4,
      0,
    )
    expect(found['loss']!.data[0]).toBeCloseTo(expected, 5)
  })
})
