import path from 'node:path'
import { parseArgs } from 'node:util'
import { InputError, messageOf } from '../../src/core/errors.ts'
import { scoreSeries } from '../../src/training/series/score-series.ts'
import type { SeriesData, SeriesSettings } from '../../src/training/series/series-data.ts'
import type { SeriesTrainer } from '../../src/training/series/series-trainer.ts'
import type { BenchOptions } from './bench-options.ts'
import { HORIZONS, publishedError } from './ett/published.ts'
import { dataSetOf, readSeries } from './ett/read-series.ts'
import { SERIES_MODELS } from './ett/series-models.ts'

/** What the literature uses for linear models and PatchTST/42. */
const LOOK_BACK = 336

export const usage = `[--data FILE] [--horizons ${HORIZONS.join()}] [--models ${Object.keys(SERIES_MODELS).join()}] [--epochs N] [--look-back ${LOOK_BACK}]`

interface EttScore {
  readonly model: string
  readonly horizon: number
  readonly windows: number
  readonly mse: number
  readonly mae: number
  /** Null where nothing is published. */
  readonly publishedMse: number | null
  readonly publishedMae: number | null
  readonly fitSeconds: number
  readonly scoreSeconds: number
}

export interface EttBench {
  readonly name: 'ett'
  readonly dataSet: string
  readonly lookBack: number
  readonly channels: number
  readonly scores: readonly EttScore[]
}

/** Long-horizon forecasting by the protocol of the literature: models of ours beside published errors. */
export async function run({ args = [], progress = () => undefined }: BenchOptions = {}): Promise<EttBench> {
  const { file, horizons, models, epochs, lookBack } = readArguments(args)
  const data = await readSeries(file)
  const dataSet = dataSetOf(file)
  progress(`${dataSet}, ${data.channels} channels, look-back ${lookBack}; published: literature's look-back 336`)
  progress(lineOf(['model', 'horizon', 'windows', 'MSE', 'published', 'MAE', 'published', 'fit s', 'score s']))
  const scores: EttScore[] = []
  for (const horizon of horizons) {
    for (const model of models) {
      const score = await scoreOf(SERIES_MODELS[model]!({ epochs, progress }), data, { lookBack, horizon }, dataSet)
      scores.push(score)
      progress(lineOf(cellsOf(score)))
    }
  }
  return { name: 'ett', dataSet, lookBack, channels: data.channels, scores }
}

async function scoreOf(
  trainer: SeriesTrainer,
  data: SeriesData,
  settings: SeriesSettings,
  dataSet: string,
): Promise<EttScore> {
  const from = performance.now()
  const forecaster = await trainer.fit(data, settings)
  const fittedAt = performance.now()
  const { windows, mse, mae } = await scoreSeries(forecaster, data, settings)
  const scoredAt = performance.now()
  await forecaster.release?.()
  const published = publishedError(dataSet, trainer.name, settings.horizon)
  return {
    model: trainer.name,
    horizon: settings.horizon,
    windows,
    mse: rounded(mse, 4),
    mae: rounded(mae, 4),
    publishedMse: published?.mse ?? null,
    publishedMae: published?.mae ?? null,
    fitSeconds: rounded((fittedAt - from) / 1_000, 2),
    scoreSeconds: rounded((scoredAt - fittedAt) / 1_000, 2),
  }
}

function readArguments(args: readonly string[]) {
  const values = parsed(args)
  const folder = process.env['TICKWRIGHT_DATA'] ?? '../shared/data'
  const models = values.models.split(',')
  const stray = models.find((name) => !Object.hasOwn(SERIES_MODELS, name))
  if (stray !== undefined) {
    throw new InputError(`--models: no model is called ${stray}; names: ${Object.keys(SERIES_MODELS).join(', ')}`)
  }
  return {
    file: values.data ?? path.join(folder, 'oracles', 'ETTh1.csv.gz'),
    horizons: values.horizons.split(',').map((text) => count('horizons', text)),
    models,
    epochs: values.epochs === undefined ? undefined : count('epochs', values.epochs),
    lookBack: count('look-back', values['look-back']),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        horizons: { type: 'string', default: HORIZONS.join() },
        models: { type: 'string', default: Object.keys(SERIES_MODELS).join() },
        epochs: { type: 'string' },
        'look-back': { type: 'string', default: String(LOOK_BACK) },
      },
    }).values
  } catch (thrown) {
    throw new InputError(`${messageOf(thrown)}; ett ${usage}`, {}, thrown)
  }
}

function count(option: string, text: string): number {
  const value = Number(text)
  if (!(Number.isInteger(value) && value > 0)) {
    throw new InputError(`--${option} was ${text}; it must be whole numbers above 0`, { option })
  }
  return value
}

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals))

const cellsOf = (score: EttScore): readonly string[] => [
  score.model,
  String(score.horizon),
  String(score.windows),
  score.mse.toFixed(4),
  score.publishedMse?.toFixed(3) ?? '–',
  score.mae.toFixed(4),
  score.publishedMae?.toFixed(3) ?? '–',
  score.fitSeconds.toFixed(2),
  score.scoreSeconds.toFixed(2),
]

const NAME_WIDTH = 18
const CELL_WIDTH = 10

const lineOf = ([name = '', ...cells]: readonly string[]): string =>
  [name.padEnd(NAME_WIDTH), ...cells.map((cell) => cell.padStart(CELL_WIDTH))].join('')
