import { check } from '../../core/check.ts'
import { createGraph } from '../../model/graph/graph.ts'
import type { Layout } from '../../model/graph/network.ts'
import { servingNetwork } from '../../model/graph/network.ts'
import { onnxFile } from '../../model/graph/onnx-file.ts'
import type { SeriesModel } from '../../model/series/series-model.ts'
import type { GraphEngine } from '../graph-engine.port.ts'
import type { SeriesSettings } from './series-data.ts'
import type { SeriesForecaster } from './series-trainer.ts'

/** The ONNX file of a trained series model: `x` [batch, lookBack, channels] → `forecast` [batch, horizon, channels], any batch. */
function seriesFile(
  model: SeriesModel,
  layout: Layout,
  weights: Float32Array,
  channels: number,
  { lookBack, horizon }: SeriesSettings,
): Uint8Array {
  const graph = createGraph('series')
  const x = graph.input('x', ['batch', lookBack, channels])
  graph.output('forecast', model(servingNetwork(graph, layout, weights), x, horizon))
  return onnxFile(graph)
}

/** Forecasts by a network with the given weights. To be released. */
export async function graphForecaster(
  engine: GraphEngine,
  model: SeriesModel,
  layout: Layout,
  weights: Float32Array,
  channels: number,
  settings: SeriesSettings,
): Promise<SeriesForecaster> {
  const session = await engine.load(seriesFile(model, layout, weights, channels, settings))
  return {
    async forecast(inputs, batch) {
      const dims = [batch, settings.lookBack, channels]
      check(inputs.length === batch * settings.lookBack * channels, `inputs of ${batch} windows`, inputs.length)
      const { forecast } = await session.run({ x: { dims, data: inputs } })
      return forecast!.data
    },
    release: () => session.release(),
  }
}
