import { basename, join, resolve } from 'node:path'
import { setCurrent, writeBundle } from '../../adapters/bundle/write-bundle.ts'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { InputError } from '../../core/errors.ts'
import { demoMarkets } from '../../simulation/exchange/demo-markets.ts'
import type { MarketSettings } from '../../simulation/exchange/exchange.ts'
import { fitDemo } from '../../training/fit-demo.ts'
import type { FitOptions } from '../command-options.ts'
import type { FitConfig } from '../config/fit-schema.ts'
import { loadFitConfig } from '../config/load-config.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'

/** Fits a model on simulated flow, writes its bundle and makes it the current one of its family. */
export async function fitCommand(options: FitOptions, io: Io): Promise<number> {
  const config = loadFitConfig(options.config)
  const out = resolve(options.out ?? config.fit.out)
  const clock = systemClock()
  const { trainSeeds, evaluationSeeds, barsPerSeed, steps, horizonBars, validationShare } = config.fit
  const fitted = fitDemo({
    family: basename(out),
    schema: await loadFeatureSchema({ barMs: config.barMs, ...config.features }),
    markets: marketsOf(config, options.config),
    trainSeeds,
    evaluationSeeds,
    barsPerSeed,
    steps,
    horizonBars,
    validationShare,
    createdAt: new Date(clock.now()).toISOString(),
    onRun: (seed, rows) => io.err(`seed ${seed}: ${rows} rows`),
  })
  await writeBundle(out, fitted.version, fitted.files)
  await setCurrent(out, fitted.version)
  const summary = {
    model: `${fitted.family}/${fitted.version}`,
    folder: join(out, fitted.version),
    metrics: fitted.metrics,
  }
  io.out(options.json ? JSON.stringify(summary) : `${summary.folder}\n${JSON.stringify(fitted.metrics, null, 2)}`)
  return 0
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
