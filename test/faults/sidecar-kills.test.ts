import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import { readCurrentVersion } from '../../src/adapters/bundle/read-bundle.ts'
import { seededRandom } from '../../src/core/random.ts'
import { killPrograms, lastJson, type Program, startProgram } from '../support/program.ts'
import { EAGER, workspace } from '../support/workspace.ts'
import { countOf, soundFamily } from '../wiring/trainer/support/family-check.ts'
import { simulatedLog } from '../wiring/trainer/support/simulated-log.ts'

const SEED = 20_261_122
/** Trainings and swaps together, and how many of each at least: a training takes longer, and is killed more often. */
const CHANGES = 50
const EACH_MIN = 8
const LASTS_MS_MAX = 480_000
const BAR_MS = 1_000
const PROMOTER = fileURLToPath(new URL('endless-promoter.ts', import.meta.url))

const space = workspace()
const family = join(space.dir, 'models', 'demo')
const random = seededRandom(SEED)
let promoter: ChildProcess | undefined
afterAll(() => {
  promoter?.kill('SIGKILL')
  killPrograms()
  space.remove()
})

function startPromoter(): void {
  const seed = String(Math.floor(random() * 1e6))
  promoter = spawn(process.execPath, ['--import', 'tsx', PROMOTER, family, seed, '4000'], { stdio: 'ignore' })
}

async function startDaemon(config: string): Promise<Program> {
  const daemon = startProgram(['demo', '--config', config])
  await daemon.line(/^tickwright demo/)
  return daemon
}

async function killed(program: Program): Promise<void> {
  program.kill('SIGKILL')
  expect(await program.ended(5_000)).toBeNull()
}

/** Ends of the bars that were decided, oldest first, read by no code of the program's own. */
function decidedAt(): readonly number[] {
  const db = new Database(join(space.state, 'demo.sqlite'), { readonly: true, timeout: 5_000 })
  try {
    return db
      .prepare<[], { at: number }>('SELECT bar_end_at AS at FROM decisions ORDER BY bar_end_at')
      .all()
      .map(({ at }) => at)
  } finally {
    db.close()
  }
}

/** No bar twice, and none missing but while the daemon was dead. `deaths`: wall clock, milliseconds since the epoch. */
function expectEveryBarOnce(deaths: readonly number[]): void {
  const ends = decidedAt()
  expect(new Set(ends).size).toBe(ends.length)
  const gaps = ends.flatMap((at, i) => (i > 0 && at - ends[i - 1]! > BAR_MS ? [[ends[i - 1]!, at] as const] : []))
  for (const [before, after] of gaps) {
    const death = deaths.find((at) => before <= at && at <= after)
    expect(death, `no daemon died between the bars ${before} and ${after}`).toBeDefined()
  }
  expect(gaps.length).toBeLessThanOrEqual(deaths.length)
}

test('trainer, daemon and whoever promotes are killed at random: no broken bundle, no decision missed or doubled', async () => {
  cpSync('models/demo', family, { recursive: true })
  const bars = { dir: join(space.state, 'bars') }
  const model = { path: family, watchMs: 200, keepMs: 2_000 }
  const schedule = { barsMin: 100, everyBars: 2, pauseMs: 1_000 }
  const trainer = { dir: join(space.state, 'trainer'), windowBars: 800, schedule, gate: { resamples: 500 } }
  const forDaemon = space.config('demo', { ...EAGER, model, bars, trainer: undefined })
  const forTrainer = space.config('demo', { ...EAGER, model, bars, trainer })
  await (await simulatedLog(forDaemon, Date.now(), 800)).close()

  const deaths: number[] = []
  const kills = { daemon: 0, trainer: 0, promoter: 0 }
  let daemon = await startDaemon(forDaemon)
  let sidecar = startProgram(['trainer', '--config', forTrainer])
  startPromoter()
  const startedAt = Date.now()
  for (let done = 0; done < CHANGES; ) {
    expect(Date.now() - startedAt, `only ${done} of ${CHANGES} changes`).toBeLessThan(LASTS_MS_MAX)
    await sleep(500 + 12_000 * random())
    const draw = random()
    if (draw < 0.35) {
      kills.daemon += 1
      deaths.push(Date.now())
      await killed(daemon)
      daemon = await startDaemon(forDaemon)
    } else if (draw < 0.75) {
      kills.trainer += 1
      await killed(sidecar)
      sidecar = startProgram(['trainer', '--config', forTrainer])
    } else {
      kills.promoter += 1
      promoter?.kill('SIGKILL')
      await once(promoter!, 'exit')
      startPromoter()
    }
    const entries = await soundFamily(family)
    const trained = countOf(entries, 'train')
    const swapped = countOf(entries, 'promote')
    done = Math.min(trained, CHANGES - EACH_MIN) + Math.min(swapped, CHANGES - EACH_MIN)
    console.info(JSON.stringify({ seconds: Math.round((Date.now() - startedAt) / 1_000), trained, swapped, kills }))
  }
  promoter?.kill('SIGKILL')
  sidecar.kill('SIGTERM')
  expect(await sidecar.ended(20_000)).toBe(0)
  deaths.push(Date.now())
  await killed(daemon)
  expectEveryBarOnce(deaths)

  const before = decidedAt().length
  const last = startProgram(['demo', '--config', forDaemon, '--bars', '5', '--json'])
  expect(await last.ended(60_000)).toBe(0)
  expect(lastJson(last.out())).toMatchObject({
    positionMatchesVenue: true,
    balanceMatchesVenue: true,
    model: `demo/${await readCurrentVersion(family)}`,
  })
  expect(decidedAt().length).toBe(before + 5)
  expectEveryBarOnce(deaths)
  await soundFamily(family)
  expect(Math.min(kills.daemon, kills.trainer, kills.promoter)).toBeGreaterThan(0)
}, 600_000)
