import type { ModelBundle } from '../../model/bundle/bundle.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { diffModels, diffOutputs, type ModelDiff, type OutputDiff } from '../../report/model/model-diff.ts'
import { figure } from '../../report/model/svg.ts'
import type { Io } from '../io.ts'
import { findModel, type ModelPlace } from '../models/find-model.ts'
import { openModel, withSession } from '../models/golden-run.ts'
import { aligned } from '../text-table.ts'

export interface ModelsDiffOptions extends ModelPlace {
  readonly a: string
  readonly b: string
  readonly json: boolean
}

/** What changed from model `a` to model `b`, by how much, and how far their forecasts for the golden inputs lie apart. */
export async function modelsDiffCommand(options: ModelsDiffOptions, io: Io): Promise<number> {
  const a = await openModel(await findModel(options, options.a))
  const b = await openModel(await findModel(options, options.b))
  const diff = diffModels(a, b)
  const forecasts = await forecastDiff(a, b)
  if (options.json) io.out(JSON.stringify({ a: a.modelId, b: b.modelId, ...diff, forecasts }))
  else for (const line of linesOf(a, b, diff, forecasts)) io.out(line)
  return 0
}

/** On the golden inputs of both; null where the two do not see the same windows. */
async function forecastDiff(a: ModelBundle, b: ModelBundle): Promise<readonly OutputDiff[] | null> {
  const sees = ({ manifest }: ModelBundle): string => JSON.stringify([manifest.steps, manifest.features.names])
  if (sees(a) !== sees(b)) return null
  const inputs = [...a.manifest.golden.inputs, ...b.manifest.golden.inputs]
  const answers = (bundle: ModelBundle): Promise<ForecasterOutputs> =>
    withSession(bundle, async (session) => {
      const outputs = await session.run(Float32Array.from(inputs.flat()), inputs.length)
      return outputs
    })
  return diffOutputs(await answers(a), await answers(b))
}

function* linesOf(
  a: ModelBundle,
  b: ModelBundle,
  { settings, features, metrics, tensors, equalTensors }: ModelDiff,
  forecasts: readonly OutputDiff[] | null,
): Generator<string> {
  const shown = (value: string | number | null): string =>
    value === null ? '-' : typeof value === 'number' ? figure(value) : value
  yield* titled('settings', [
    ['', a.modelId, b.modelId],
    ...settings.map(({ name, ...row }) => [name, shown(row.a), shown(row.b)]),
  ])
  yield* titled('features', featureRows(features))
  yield* titled('scores', [
    ['', a.modelId, b.modelId, 'change'],
    ...metrics.map(({ name, ...row }) => {
      const change = row.a === null || row.b === null ? '-' : `${row.b > row.a ? '+' : ''}${figure(row.b - row.a)}`
      return [name, shown(row.a), shown(row.b), change]
    }),
  ])
  const dims = (each: readonly number[] | null): string => (each === null ? '-' : `[${each.join(', ')}]`)
  yield* titled(`weights (${equalTensors} tensors equal)`, [
    ['', a.modelId, b.modelId, 'relative change'],
    ...tensors.map((each) => [each.name, dims(each.aDims), dims(each.bDims), shown(each.relativeChange)]),
  ])
  if (forecasts === null) yield* titled('forecasts', [['not comparable: the two see other windows']])
  else yield* titled('forecasts on the golden inputs of both', outputRows(forecasts))
}

function* titled(title: string, rows: readonly (readonly string[])[]): Generator<string> {
  yield title
  const bare = rows.length === 1 && rows[0]!.length > 1
  for (const line of bare ? ['the same'] : aligned(rows)) yield `  ${line}`
}

function featureRows({ added, removed, reordered }: ModelDiff['features']): readonly (readonly string[])[] {
  const rows = [
    ...added.map((name) => [`+ ${name}`]),
    ...removed.map((name) => [`- ${name}`]),
    ...(reordered ? [['in another order']] : []),
  ]
  return rows.length > 0 ? rows : [['the same']]
}

const outputRows = (forecasts: readonly OutputDiff[]): readonly (readonly string[])[] => [
  ['', 'greatest difference', 'root mean square'],
  ...forecasts.map(({ output, greatest, rms }) => [output, figure(greatest), figure(rms)]),
]
