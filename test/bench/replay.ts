import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { replayCommand } from '../../src/wiring/commands/replay.ts'
import { fakeIo } from '../wiring/commands/fake-io.ts'
import type { BenchOptions } from './bench-options.ts'
import { syntheticFrames } from './synthetic-frames.ts'

const CONFIG = 'config/replay.yaml'
const TAPE = 'binance-usdm-btcusdt-20240808.gz'
const SYNTHETIC_FRAMES = 60_000
const ROUNDS = 5

export interface ReplayBench {
  readonly name: 'replay'
  /** Median of the rounds; the first, which also compiles, is `coldRealTimeFactor`. Loading the model and finding the instruments aside. */
  readonly framesPerSecond: number
  readonly realTimeFactor: number
  readonly coldRealTimeFactor: number
  readonly realTimeFactorMin: 200
  /** Everything that the command does, the model's loading included, median. */
  readonly commandMs: number
  readonly frames: number
  readonly bars: number
  readonly orders: number
  readonly tapeSeconds: number
  readonly rounds: number
  readonly decisionHash: string
  readonly source: string
}

export interface ReplayBenchOptions extends BenchOptions {
  readonly rounds?: number
  /** Frames of its own making instead of the capture. */
  readonly syntheticCount?: number
}

/** What the command's JSON says and the bench needs. */
interface Summary {
  readonly frames: number
  readonly bars: number
  readonly orders: number
  readonly tapeSeconds: number
  readonly realTimeFactor: number
  readonly decisionHash: string
}

/** The replay command itself over the 2024-08-08 capture where `TICKWRIGHT_DATA` holds it, else over frames of its own making. */
export async function run(options: ReplayBenchOptions = {}): Promise<ReplayBench> {
  const { rounds = ROUNDS, progress } = options
  const folder = await mkdtemp(path.join(tmpdir(), 'tickwright-bench-'))
  try {
    const { tape, source } = await input(folder, options.syntheticCount)
    const summaries: Summary[] = []
    const commandMs: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const from = performance.now()
      summaries.push(await replayed(tape))
      commandMs.push(performance.now() - from)
      progress?.(`round ${round + 1}: ${summaries.at(-1)?.realTimeFactor.toFixed(0)} x real time`)
    }
    return report(summaries, commandMs, source)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function input(folder: string, syntheticCount?: number): Promise<{ tape: string; source: string }> {
  const capture = path.join(process.env['TICKWRIGHT_DATA'] ?? '../shared/data', 'tapes', TAPE)
  if (syntheticCount === undefined && existsSync(capture)) return { tape: capture, source: TAPE }
  const tape = path.join(folder, 'synthetic.txt')
  const lines = syntheticFrames(syntheticCount ?? SYNTHETIC_FRAMES).map(
    ({ receivedAt, text }) => `${receivedAt} ${text}`,
  )
  await writeFile(tape, `${lines.join('\n')}\n`)
  return { tape, source: 'synthetic' }
}

async function replayed(tape: string): Promise<Summary> {
  const { io, out } = fakeIo()
  const code = await replayCommand({ config: CONFIG, tape: [tape], json: true }, io)
  if (code !== 0) throw new Error(`replay bench: the command ended with ${code}`)
  return JSON.parse(out.at(-1) ?? 'null') as Summary
}

function report(summaries: readonly Summary[], commandMs: readonly number[], source: string): ReplayBench {
  const [first] = summaries
  if (!first) throw new Error('replay bench: no round')
  if (summaries.some(({ decisionHash }) => decisionHash !== first.decisionHash)) {
    throw new Error('replay bench: two rounds decided differently')
  }
  const { frames, bars, orders, tapeSeconds, decisionHash } = first
  const factor = median(summaries.map(({ realTimeFactor }) => realTimeFactor))
  return {
    name: 'replay',
    framesPerSecond: Math.round((frames / tapeSeconds) * factor),
    realTimeFactor: Math.round(factor),
    coldRealTimeFactor: Math.round(first.realTimeFactor),
    realTimeFactorMin: 200,
    commandMs: Math.round(median(commandMs)),
    frames,
    bars,
    orders,
    tapeSeconds,
    rounds: summaries.length,
    decisionHash,
    source,
  }
}

function median(values: readonly number[]): number {
  const ascending = [...values].sort((a, b) => a - b)
  return ascending[Math.floor(ascending.length / 2)] ?? Number.NaN
}
