import { basename, join, resolve } from 'node:path'
import { readCurrentBundle } from '../../adapters/bundle/read-bundle.ts'
import { writeBundle } from '../../adapters/bundle/write-bundle.ts'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { InputError } from '../../core/errors.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { checkBundle } from '../../model/bundle/bundle.ts'
import { OPTIMIZER_FILE } from '../../model/bundle/manifest.ts'
import { WHY_MAX } from '../../model/bundle/model-history.ts'
import { decodeOptimizerState } from '../../model/bundle/optimizer-state.ts'
import { demoMarkets } from '../../simulation/exchange/demo-markets.ts'
import type { MarketSettings } from '../../simulation/exchange/exchange-settings.ts'
import type { FittedModel } from '../../training/fit-bundle.ts'
import { fitDemo } from '../../training/fit-demo.ts'
import { continuationOf } from '../../training/network/continuation.ts'
import type { FitOptions } from '../command-options.ts'
import type { FitConfig } from '../config/fit-schema.ts'
import { loadFitConfig, loadModelSettings } from '../config/load-config.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import { chooseFitter, type ReadContinuation } from '../fit/choose-fitter.ts'
import { epochWatch } from '../fit/fit-progress.ts'
import { showProgress } from '../fit/show-progress.ts'
import type { Io } from '../io.ts'
import { changeChampion } from '../models/change-champion.ts'
import { appendHistory } from '../models/history.ts'
import { now, person } from './models-promote.ts'

/** Fits a model on simulated flow, writes its bundle and makes it the current one of its family. */
export async function fitCommand(options: FitOptions, io: Io): Promise<number> {
  const config = loadFitConfig(options.config)
  const settings = config.fit.model === undefined ? undefined : loadModelSettings(config.fit.model)
  const out = resolve(options.out ?? config.fit.out)
  const clock = systemClock()
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const shown = showProgress(io, options.json)
  const watch = epochWatch(shown.show, clock)
  const resume = options.resume ? continuation(out, config, schema) : undefined
  const fitted = await fitDemo({
    family: basename(out),
    schema,
    markets: marketsOf(config, options.config),
    ...config.fit,
    createdAt: new Date(clock.now()).toISOString(),
    onRun: (seed, rows) => shown.show({ text: `seed ${seed}: ${rows} rows` }),
    fit: watch.around(await chooseFitter(settings, shown.io, { resume, onEpoch: watch.onEpoch })),
  }).finally(shown.end)
  await writeBundle(out, fitted.version, fitted.files)
  await settle(out, fitted, options)
  for (const text of fitted.lost) shown.show({ text })
  const summary = {
    model: `${fitted.family}/${fitted.version}`,
    folder: join(out, fitted.version),
    metrics: fitted.metrics,
    lost: fitted.lost,
  }
  io.out(options.json ? JSON.stringify(summary) : `${summary.folder}\n${JSON.stringify(fitted.metrics, null, 2)}`)
  return 0
}

/** Written down as made, then put in force, whatever its scores: they are of simulated markets. */
async function settle(out: string, { version, metrics }: FittedModel, { config, resume }: FitOptions): Promise<void> {
  const why = `fit --config ${config}${resume ? ' --resume' : ''}: on simulated flow`.slice(0, WHY_MAX)
  const entry = { version, who: person(), why, at: now() }
  await appendHistory(out, { ...entry, action: 'train', numbers: metrics })
  await changeChampion({ ...entry, familyFolder: out, action: 'promote' })
}

/** Reads the current model of the family in `out`. */
const continuation =
  (out: string, { barMs, fit: { steps, horizonBars } }: FitConfig, schema: FeatureSchema): ReadContinuation =>
  async (settings) => {
    const found = await readCurrentBundle(out)
    const { manifest } = checkBundle(found)
    const file = `${found.folder}/${OPTIMIZER_FILE}`
    const bytes = found.files.get(OPTIMIZER_FILE)
    if (bytes === undefined) throw new InputError(`${file}: missing; --resume goes on from it`, { file })
    const shape = { barMs, steps, horizonBars, schemaHash: schema.hash }
    return continuationOf(manifest, decodeOptimizerState(bytes, file), settings, shape)
  }

function marketsOf({ symbols, fit }: FitConfig, file: string): readonly MarketSettings[] {
  const all = demoMarkets(fit.alpha)
  return symbols.map((symbol) => {
    const market = all.find(({ instrument }) => instrument.symbol === symbol)
    if (market) return market
    const known = all.map(({ instrument }) => instrument.symbol).join(', ')
    throw new InputError(`config ${file}: symbols: ${symbol} is not simulated; one of ${known}`)
  })
}
