import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { readCurrentVersion } from '../../adapters/bundle/read-bundle.ts'
import { loadModelSettings } from '../config/load-config.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { modelFamilies } from '../models/model-families.ts'
import { programName } from '../tape/program-name.ts'
import { loadSeries } from './load-series.ts'

/** What the result of a configuration depends on besides itself: data, model and program. Data of one description are read once. */
export function runIdentity(): (config: BacktestConfig) => Promise<unknown> {
  const hashes = new Map<string, Promise<readonly string[]>>()
  return async (config) => {
    const { data, instruments } = config.backtest
    const key = JSON.stringify([config.symbols, config.barMs, data, instruments])
    const read = hashes.get(key) ?? loadSeries(config).then((series) => series.map(({ dataHash }) => dataHash))
    hashes.set(key, read)
    const latency = await latencyOf(config)
    return { program: programName(), data: await read, model: await modelOf(config), ...(latency && { latency }) }
  }
}

/** Of the file of measured latencies, SHA-256. */
async function latencyOf({ simulation: { latency } }: BacktestConfig): Promise<string | undefined> {
  if (latency.kind !== 'measured') return undefined
  return createHash('sha256')
    .update(await readFile(latency.file))
    .digest('hex')
}

/** The models themselves, or how they are made. */
async function modelOf(config: BacktestConfig): Promise<unknown> {
  const { model, backtest } = config
  if (backtest.retrain)
    return backtest.retrain.model === undefined ? 'ridge' : loadModelSettings(backtest.retrain.model)
  if (model.groups === undefined) return readCurrentVersion(model.path)
  return Promise.all(modelFamilies(config).map(({ path }) => readCurrentVersion(path)))
}
