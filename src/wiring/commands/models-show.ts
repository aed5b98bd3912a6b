import { readBundle } from '../../adapters/bundle/read-bundle.ts'
import { checkBundle } from '../../model/bundle/bundle.ts'
import type { Manifest } from '../../model/bundle/manifest.ts'
import { metricRows } from '../../report/model/metric-rows.ts'
import { settingRows } from '../../report/model/setting-rows.ts'
import { figure } from '../../report/model/svg.ts'
import type { Io } from '../io.ts'
import { findModel, type ModelPlace } from '../models/find-model.ts'
import { sizeText } from '../models/model-text.ts'
import { aligned } from '../text-table.ts'

export interface ModelsShowOptions extends ModelPlace {
  readonly model: string
  readonly json: boolean
}

type Rows = readonly (readonly string[])[]

/** The manifest of one version for people. Throws `InputError` where the bundle is damaged. */
export async function modelsShowCommand(options: ModelsShowOptions, io: Io): Promise<number> {
  const { familyFolder, version } = await findModel(options, options.model)
  const found = await readBundle(familyFolder, version)
  const { manifest, modelId } = checkBundle(found)
  const sizes = [...found.files].map(([name, { length }]) => `${name} ${sizeText(length)}`)
  if (options.json) {
    io.out(JSON.stringify({ model: modelId, folder: found.folder, manifest }))
    return 0
  }
  io.out(modelId)
  printRows(io, [['folder', found.folder], ['files', sizes.join(', ')], ...identityRows(manifest)])
  print(io, 'architecture', [['name', manifest.architecture.name], ...settingRows(manifest.architecture.parameters)])
  print(io, 'fitted on', fitRows(manifest))
  if (manifest.training) print(io, 'training', trainingRows(manifest.training))
  print(io, 'scores out of sample', [['', 'model', 'baseline'], ...scoreRows(manifest)])
  io.out(`\nfeatures (${manifest.features.names.length}, schema ${manifest.features.schemaHash})`)
  io.out(`  ${manifest.features.names.join(', ')}`)
  return 0
}

function print(io: Io, title: string, rows: Rows): void {
  io.out(`\n${title}`)
  printRows(io, rows)
}

function printRows(io: Io, rows: Rows): void {
  for (const line of aligned(rows)) io.out(`  ${line}`)
}

const identityRows = ({
  createdAt,
  expiresAt,
  parent,
  weights,
  barMs,
  steps,
  horizonBars,
  calibration,
}: Manifest): Rows => [
  ['created', createdAt],
  ['expires', expiresAt ?? 'never'],
  ['parent', parent ?? 'none'],
  ['weights', weights ? figure(weights.count) : 'not stated'],
  ['window', `${steps} bars of ${barMs} ms`],
  ['horizon', `${horizonBars} bars`],
  ['levels', calibration.levels.join(', ')],
  ['flat', `within ${figure(calibration.thresholdBps)} bps`],
]

function fitRows({ fit }: Manifest): Rows {
  const { source, window, seeds, evaluationSeeds, trainRows, validationRows, evaluationRows, trials } = fit
  return [
    ['source', source],
    ['window', typeof window === 'object' ? `${window.from} to ${window.to}` : (window ?? 'not stated')],
    ['rows', `${figure(trainRows)} train, ${figure(validationRows)} validation, ${figure(evaluationRows)} evaluation`],
    ['seeds', `${seeds.join(', ') || 'none'}; evaluation ${evaluationSeeds.join(', ') || 'none'}`],
    ['trials', String(trials)],
  ]
}

const trainingRows = (training: NonNullable<Manifest['training']>): Rows => {
  const { engine, provider, seed, epochs, bestEpoch, losses, optimizer } = training
  const lossAt = (epoch: number): string =>
    `${figure(losses.train[epoch - 1]!)} train, ${figure(losses.validation[epoch - 1]!)} validation`
  return [
    ['engine', `${engine} on ${provider}`],
    ['seed', String(seed)],
    ['epochs', `${epochs}, best ${bestEpoch}`],
    ['loss, first', lossAt(1)],
    ['loss, best', lossAt(bestEpoch)],
    ...settingRows(optimizer).map(([path, value]) => [`optimizer ${path}`, value]),
  ]
}

const scoreRows = ({ metrics }: Manifest): Rows =>
  metricRows(metrics).map(({ name, value, baseline }) => [
    name,
    figure(value),
    baseline === undefined ? '' : figure(baseline),
  ])
