import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openState } from '../../src/adapters/sqlite/open-state.ts'
import { quantile } from '../../src/wiring/session/quantiles.ts'
import { runJob } from '../../src/wiring/trainer/job-process.ts'
import type { BenchOptions } from './bench-options.ts'
import { lstmModel } from './decision.ts'
import { decisionRig } from './decision-rig.ts'

const CONFIG = 'config/truth.yaml'
/** Bars of one phase; phases alternate, so that a slow minute of the machine meets both. */
const BARS = 400
const PHASES = 3
/** From bar to bar: the trainer has the processor in between, and the caches. */
const PAUSE_MS = 25
const LIMITS = { memoryMbMax: 4_000, runMsMax: 1_800_000 }
const PHASE_WAIT_MS_MAX = 300_000

export interface SidecarBench {
  readonly name: 'sidecar'
  readonly bars: number
  /** From the event that closes a bar to the hand-over of its order, milliseconds. */
  readonly p50Alone: number
  readonly p50WithTrainer: number
  readonly p99Alone: number
  readonly p99WithTrainer: number
  readonly ratioP99: number
  readonly budgets: { readonly ratioP99Max: 1.5 }
  readonly trainer: string
}

/** Close-to-order of one instrument, LSTM 64x64, alone and beside a training process that is busy all the time. */
export async function run({ progress }: BenchOptions = {}): Promise<SidecarBench> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tickwright-sidecar-'))
  const model = await lstmModel()
  const alone: number[] = []
  const beside: number[] = []
  try {
    let runs = 0
    const bars = async (into: number[]): Promise<void> => {
      runs += 1
      const state = openState(path.join(folder, `run-${runs}.sqlite`), { mode: 'paper', venue: 'bench' })
      try {
        const rig = await decisionRig(1, model, state.journal)
        const timings = await rig.bars(BARS, () => sleep(PAUSE_MS))
        into.push(...timings.flatMap(({ closeToSendMs }) => closeToSendMs))
      } finally {
        state.close()
      }
    }
    await bars([]) // Warm.
    for (let phase = 1; phase <= PHASES; phase += 1) {
      progress?.(`phase ${phase} of ${PHASES}: alone`)
      await bars(alone)
      const trainer = await busyTrainer(folder)
      progress?.(`phase ${phase} of ${PHASES}: beside the trainer`)
      await bars(beside)
      await trainer.stop()
    }
  } finally {
    await model.forecaster.release()
    rmSync(folder, { recursive: true })
  }
  const figure = (values: readonly number[], p: number): number => Number(quantile(values, p)?.toFixed(3))
  return {
    name: 'sidecar',
    bars: alone.length,
    p50Alone: figure(alone, 0.5),
    p50WithTrainer: figure(beside, 0.5),
    p99Alone: figure(alone, 0.99),
    p99WithTrainer: figure(beside, 0.99),
    ratioP99: Number((figure(beside, 0.99) / figure(alone, 0.99)).toFixed(3)),
    budgets: { ratioP99Max: 1.5 },
    trainer: 'LSTM 64x64 on 3,000 simulated bars, one thread, lowest priority',
  }
}

/** A real training process; resolves once it is fitting. */
async function busyTrainer(folder: string): Promise<{ stop(): Promise<void> }> {
  const config = path.join(folder, 'trainer.yaml')
  const model = path.join(folder, 'model.yaml')
  const lstm = readFileSync('config/model.yaml', 'utf8').replace('hidden: 32', 'hidden: 64')
  // It must not end before it is told to.
  writeFileSync(model, lstm.replace('epochsMax: 20', 'epochsMax: 10000').replace('patience: 5', 'patience: 10000'))
  writeFileSync(
    config,
    readFileSync(CONFIG, 'utf8').replace(
      '    # Bars that the model sees, count.\n    steps: 8',
      `    model: ${model}\n    steps: 64`,
    ),
  )
  const ended = new AbortController()
  let isFitting: () => void = () => undefined
  const fitting = new Promise<void>((resolve) => {
    isFitting = resolve
  })
  const job = { kind: 'truth', config, alpha: 0.5, seed: 70_001 } as const
  const done = runJob({
    ...{ job, limits: LIMITS, signal: ended.signal },
    onMessage: (message) => message.kind === 'progress' && message.text.startsWith('fits') && isFitting(),
  })
  const first = await Promise.race([fitting, done, sleep(PHASE_WAIT_MS_MAX, undefined, { ref: false })])
  if (first !== undefined) throw new Error(`the trainer ended: ${JSON.stringify(first)}`)
  return {
    async stop() {
      ended.abort()
      await done
    },
  }
}
