import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse, stringify } from 'yaml'
import { setCurrent, writeBundle } from '../../src/adapters/bundle/write-bundle.ts'
import { normal, seededRandom } from '../../src/core/random.ts'
import { type FeatureSchema, featureSchema } from '../../src/features/feature-schema.ts'
import { packBundle } from '../../src/model/bundle/bundle.ts'
import { freshForecaster } from '../../src/model/fresh-forecaster.ts'
import { type RidgeForecaster, ridgeForecasterGraph } from '../../src/model/ridge-forecaster.ts'
import { loadConfig } from '../../src/wiring/config/load-config.ts'
import { sampleModel } from '../model/sample-model.ts'
import type { BenchOptions } from './bench-options.ts'
import { caseBundle } from './infer/case-bundle.ts'

const YEAR_BARS = 525_600
const MINUTE_MS = 60_000
const START_AT = Date.UTC(2024, 0, 1)
const CONFIG = 'config/backtest.yaml'
/** Shares of what the sample model says: 171 trades in the year, about what a linear model of a real market dares, and 3,254. */
const MEAN_SHARE = 0.15
const MEAN_SHARE_BUSY = 0.2
/** Quote currency: enough to lose costs for a year without a latch. */
const STARTING_BALANCE = '1000000'
const SYMBOL = 'BTC/USDT:USDT'

interface Timed {
  readonly model: string
  /** The whole command: reading candles, model, decisions, metrics and report. */
  readonly commandSeconds: number
  /** Decisions alone. */
  readonly seconds: number
  readonly barsPerSecond: number
  /** Null: none is set. */
  readonly commandSecondsMax: number | null
  readonly bars: number
  readonly trades: number
  readonly runHash: string
}

export interface BacktestBench {
  readonly name: 'backtest'
  readonly models: readonly Timed[]
}

export interface BacktestBenchOptions extends BenchOptions {
  readonly bars?: number
}

/** The compiled command over a year of one-minute candles of a random walk, one instrument; the columns are those of the shipped file. */
export async function run({ bars = YEAR_BARS, progress }: BacktestBenchOptions = {}): Promise<BacktestBench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tickwright-bench-'))
  try {
    await writeCandles(path.join(folder, 'candles.csv'), bars)
    const config = path.join(folder, 'backtest.yaml')
    await writeFile(config, stringify(await settings(folder)))
    const { barMs, features } = loadConfig(config)
    const schema = featureSchema({ barMs, ...features })
    const width = schema.names.length
    const models: Timed[] = []
    for (const [model, steps, graph, secondsMax] of [
      ['linear', 16, ridgeForecasterGraph(quiet(sampleModel(1, 16, width), MEAN_SHARE)), 10],
      ['linear-busy', 16, ridgeForecasterGraph(quiet(sampleModel(1, 16, width), MEAN_SHARE_BUSY)), null],
      ['lstm-64x64', 64, freshForecaster('lstm', 64, width), 60],
    ] as const) {
      await publish(path.join(folder, 'model'), { name: model, graph, steps, features: width }, schema)
      progress?.(`${model}: ${bars} bars`)
      models.push(await timed(model, config, secondsMax))
    }
    return { name: 'backtest', models }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Its mean is small against the costs nearly always, as a linear model's of a market is. */
const quiet = (model: RidgeForecaster, share: number): RidgeForecaster => ({
  ...model,
  mean: { ...model.mean, weights: model.mean.weights.map((weight) => weight * share) },
})

async function settings(folder: string): Promise<object> {
  const shipped = parse(await readFile(CONFIG, 'utf8')) as Record<string, Record<string, unknown>>
  const { retrain: _retrain, ...backtest } = shipped['backtest']!
  const [instrument] = backtest['instruments'] as Record<string, unknown>[]
  const { funding: _funding, mark: _mark, ...described } = instrument!
  return {
    ...shipped,
    symbols: [SYMBOL],
    barMs: MINUTE_MS,
    features: {
      ...shipped['features'],
      timeframes: ['1m', '15m', '1h'],
      indicators: madeIndicators(shipped['features']!),
    },
    model: { ...shipped['model'], path: path.join(folder, 'model') },
    state: { dir: path.join(folder, 'state') },
    backtest: {
      ...backtest,
      startingBalance: STARTING_BALANCE,
      data: { folder, repair: (backtest['data'] as Record<string, unknown>)['repair'] },
      instruments: [{ ...described, bars: 'candles.csv' }],
    },
  }
}

/** Made candles have no funding. */
export const madeIndicators = (features: Record<string, unknown>): readonly unknown[] =>
  (features['indicators'] as { name: string }[]).filter(({ name }) => name !== 'funding_rate')

export async function writeCandles(file: string, count: number): Promise<void> {
  const out = createWriteStream(file)
  const random = seededRandom(1)
  let close = 50_000
  out.write('ts,open,high,low,close,volume\n')
  for (let at = 0; at < count; at += 1) {
    const open = close
    close = Math.round(open * Math.exp(0.0007 * normal(random)) * 10) / 10
    const high = (Math.max(open, close) + 5 * random()).toFixed(1)
    const low = (Math.min(open, close) - 5 * random()).toFixed(1)
    const line = `${START_AT + at * MINUTE_MS},${open},${high},${low},${close},${(50 + 100 * random()).toFixed(3)}\n`
    if (!out.write(line)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

async function publish(
  family: string,
  one: Parameters<typeof caseBundle>[0],
  schema: Pick<FeatureSchema, 'names' | 'hash'>,
): Promise<void> {
  const { manifest, graph } = await caseBundle(one, schema)
  const { manifestSha256: _seal, files: _files, ...draft } = manifest
  const version = one.name
  await writeBundle(family, version, packBundle({ ...draft, version, barMs: MINUTE_MS }, graph))
  await setCurrent(family, version)
}

async function timed(model: string, config: string, commandSecondsMax: number | null): Promise<Timed> {
  const from = performance.now()
  const args = ['dist/wiring/main.js', 'backtest', '--config', config, '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString()
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`backtest bench: ${model}: exit code ${code}`)
  const commandSeconds = Number(((performance.now() - from) / 1_000).toFixed(2))
  const said = JSON.parse(text.trim().split('\n').at(-1)!) as Omit<
    Timed,
    'model' | 'commandSeconds' | 'commandSecondsMax'
  >
  const { seconds, barsPerSecond, bars, trades, runHash } = said
  return { model, commandSeconds, seconds, barsPerSecond, commandSecondsMax, bars, trades, runHash }
}
