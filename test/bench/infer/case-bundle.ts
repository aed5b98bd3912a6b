import { onnxRuntime } from '../../../src/adapters/onnx/onnx-runtime.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { FeatureWindow } from '../../../src/features/feature-row.ts'
import type { FeatureSchema } from '../../../src/features/feature-schema.ts'
import type { ModelBundle } from '../../../src/model/bundle/bundle.ts'
import { parseManifest, sealManifest } from '../../../src/model/bundle/manifest.ts'
import { sampleDraft, sampleModel } from '../../model/sample-model.ts'
import { bar } from '../../training/synthetic-windows.ts'
import type { InferCase } from './infer-cases.ts'

const GOLDEN_ROWS = 2
const HASH = 'abcdef0123456789'

/** Columns of the windows that the model is shown. */
type CaseSchema = Pick<FeatureSchema, 'names' | 'hash'>

const schemaOf = ({ features }: InferCase): CaseSchema => ({
  names: Array.from({ length: features }, (_, at) => `f${at}`),
  hash: HASH,
})

/** A bundle around the graph, its golden vectors as the CPU computes them. */
export async function caseBundle(one: InferCase, schema: CaseSchema = schemaOf(one)): Promise<ModelBundle> {
  const { graph, steps, features, name } = one
  const length = steps * features
  const input = inputOf(one, GOLDEN_ROWS)
  const session = await onnxRuntime().load(graph, { steps, features }, 'cpu')
  const outputs = await session.run(input, GOLDEN_ROWS)
  await session.release()
  const rows = (values: Float32Array, width: number) =>
    Array.from({ length: GOLDEN_ROWS }, (_, row) => [...values.subarray(row * width, (row + 1) * width)])
  const golden = Object.fromEntries(
    Object.entries(outputs).map(([output, values]) => [output, rows(values, values.length / GOLDEN_ROWS)]),
  )
  const draft = sampleDraft(sampleModel(1, 1, 1))
  const text = sealManifest(
    {
      ...draft,
      ...{ steps, features: { names: [...schema.names], schemaHash: schema.hash } },
      golden: {
        inputs: rows(input, length),
        outputs: golden as (typeof draft)['golden']['outputs'],
        tolerance: { cpu: 1e-5, other: 1e-3 },
      },
    },
    new Map([['model.onnx', graph]]),
  )
  const manifest = parseManifest(new TextEncoder().encode(text), 'manifest.json')
  return { modelId: `bench/${name}`, manifest, graph }
}

/** Windows of ordinary numbers. */
export function caseWindows(one: InferCase, count: number): readonly FeatureWindow[] {
  const { steps, features } = one
  const input = inputOf(one, count)
  return Array.from({ length: count }, (_, at) => {
    const values = input.slice(at * steps * features, (at + 1) * steps * features)
    const row = { bar: bar(0, epochMs(1_000)), values: values.slice(-features), schemaHash: HASH, ready: true }
    return { row, values, steps, ready: true }
  })
}

function inputOf({ steps, features }: InferCase, count: number): Float32Array {
  const random = seededRandom(7)
  return Float32Array.from({ length: count * steps * features }, () => 2 * random() - 1)
}
