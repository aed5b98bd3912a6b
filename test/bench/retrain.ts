import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse, stringify } from 'yaml'
import { featureSchema } from '../../src/features/feature-schema.ts'
import { loadConfig } from '../../src/wiring/config/load-config.ts'
import { madeIndicators, writeCandles } from './backtest.ts'
import type { BenchOptions } from './bench-options.ts'

const CONFIG = 'config/train.yaml'
const SYMBOL = 'BTC/USDT:USDT'
/** Thirty days of minutes. */
const BARS = 43_200
const SECONDS_MAX = 300

export interface RetrainBench {
  readonly name: 'retrain'
  readonly bars: number
  readonly features: number
  readonly steps: number
  /** The whole command: candles, features, fit with early stopping, calibration, judgement with trading, page, bundle. */
  readonly commandSeconds: number
  readonly commandSecondsMax: number
  readonly rows: number
  readonly epochs: number
  readonly samplesPerSecond: number
  readonly outcome: string
}

/** `tickwright train` on a random walk of one instrument, with the shipped columns and LSTM. */
export async function run({ progress }: BenchOptions = {}): Promise<RetrainBench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tickwright-retrain-'))
  try {
    await writeCandles(path.join(folder, 'candles.csv'), BARS)
    const config = path.join(folder, 'train.yaml')
    await writeFile(config, stringify(await settings(folder)))
    const { barMs, features, trainer } = loadConfig(config)
    const from = performance.now()
    const result = await train(config, progress)
    return {
      name: 'retrain',
      bars: BARS,
      features: featureSchema({ barMs, ...features }).names.length,
      steps: trainer!.recipe.steps,
      commandSeconds: Number(((performance.now() - from) / 1_000).toFixed(1)),
      commandSecondsMax: SECONDS_MAX,
      ...result,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function settings(folder: string): Promise<object> {
  const shipped = parse(await readFile(CONFIG, 'utf8')) as Record<string, Record<string, unknown>>
  const { data, ...train } = shipped['train'] as { data: Record<string, unknown> }
  const [instrument] = data['instruments'] as Record<string, unknown>[]
  const { funding: _funding, mark: _mark, ...described } = instrument!
  const files = { folder, repair: (data['files'] as Record<string, unknown>)['repair'] }
  return {
    ...shipped,
    symbols: [SYMBOL],
    features: { ...shipped['features'], indicators: madeIndicators(shipped['features']!) },
    model: { ...shipped['model'], path: path.join(folder, 'model') },
    trainer: { ...shipped['trainer'], dir: path.join(folder, 'trainer'), windowBars: BARS },
    train: { ...train, data: { kind: 'candles', files, instruments: [{ ...described, bars: 'candles.csv' }] } },
  }
}

type Result = Pick<RetrainBench, 'rows' | 'epochs' | 'samplesPerSecond' | 'outcome'>

async function train(config: string, progress?: (text: string) => void): Promise<Result> {
  const child = spawn(process.execPath, ['dist/wiring/main.js', 'train', '--config', config, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => progress?.(chunk.toString().trim()))
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`tickwright train ended with exit code ${String(code)}`)
  const { rows, epochs, samplesPerSecond, outcome } = JSON.parse(text) as Result
  return { rows, epochs, samplesPerSecond, outcome }
}
