import { readPlainFile } from '../../adapters/bundle/read-plain-file.ts'
import { writeReport } from '../../adapters/plot/write-report.ts'
import { freshForecaster } from '../../model/fresh-forecaster.ts'
import { type DrawOptions, drawGraph } from '../../report/model/draw-graph.ts'
import type { Io } from '../io.ts'
import { findModel, type ModelPlace } from '../models/find-model.ts'
import { openModel } from '../models/golden-run.ts'

export interface ModelsDrawOptions extends ModelPlace {
  /** A version, an ONNX file (that ends in `.onnx`), or under `architecture` the name of one. */
  readonly model: string
  /** Draws an untrained architecture with its options' defaults. */
  readonly architecture?: boolean
  /** SVG file to write; undefined: standard output. */
  readonly out?: string
  /** Levels of scopes to open; undefined: as many as stay readable. */
  readonly depth?: number
}

const FILE_BYTES_MAX = 256 * 1_048_576
/** Window of an untrained architecture. */
const WINDOW = { steps: 64, features: 40 }

/** Draws the graph of a model as a plain SVG. */
export async function modelsDrawCommand(options: ModelsDrawOptions, io: Io): Promise<number> {
  const { bytes, ...named } = await graphOf(options)
  const svg = drawGraph(bytes, { ...named, ...(options.depth === undefined ? {} : { depth: options.depth }) })
  if (options.out === undefined) {
    io.out(svg.trimEnd())
    return 0
  }
  await writeReport(options.out, svg)
  io.out(options.out)
  return 0
}

async function graphOf(options: ModelsDrawOptions): Promise<DrawOptions & { readonly bytes: Uint8Array }> {
  const { model } = options
  if (options.architecture) {
    return { file: model, title: model, bytes: freshForecaster(model, WINDOW.steps, WINDOW.features) }
  }
  if (model.endsWith('.onnx')) return { file: model, bytes: await readPlainFile(model, FILE_BYTES_MAX) }
  const { modelId, manifest, graph } = await openModel(await findModel(options, model))
  return { file: modelId, title: `${modelId}: ${manifest.architecture.name}`, bytes: graph }
}
