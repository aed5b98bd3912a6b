import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSession } from '../../../src/adapters/tape/read-session.ts'
import { converter } from '../../../src/core/instrument.ts'
import type { MarketEvent, WatermarkEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import { modelService } from '../../../src/inference/model-service.ts'
import { FRESH_GUARD } from '../../../src/risk/guard.ts'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'
import type { WallConfig } from '../../../src/wiring/config/schema.ts'
import { lateMsMax } from '../../../src/wiring/daemon/late-ms-max.ts'
import { type ModelLoader, modelLoader } from '../../../src/wiring/daemon/load-model.ts'
import { runCounter } from '../../../src/wiring/daemon/run-counts.ts'
import { runTape } from '../../../src/wiring/daemon/run-tape.ts'
import { replayRecordedRun } from '../../../src/wiring/replay/replay-recorded-run.ts'
import type { Desk } from '../../../src/wiring/session/desk.ts'
import { createSession } from '../../../src/wiring/session/session.ts'
import { tapeMapper } from '../../../src/wiring/tape/tape-mapper.ts'
import { virtualTime } from '../../adapters/alerts/virtual-time.ts'
import { syntheticFrames } from '../../bench/synthetic-frames.ts'
import { BTCUSDT } from '../../market/instruments.ts'
import { ridgeFamily } from '../daemon/ridge-family.ts'

const dir = mkdtempSync(join(tmpdir(), 'tickwright-recorded-swap-'))
const family = join(dir, 'demo')
afterAll(() => rmSync(dir, { recursive: true }))

const BAR_MS = 1_000
const FRAMES = 8_000
const GRACE_MS = 150
const FLAT: Desk = {
  position: () => ({ lots: 0, entryTicks: 0 }),
  openLots: () => ({ buy: 0, sell: 0 }),
  freezes: () => new Set(),
  walletQuote: () => 10_000,
  commit: (decided) => decided.map(() => ({ kind: 'recorded' })),
}

const demo = loadConfig('config/demo.yaml') as WallConfig
const configOf = (tapes: string) => ({
  ...demo,
  model: { ...demo.model, path: family, provider: 'cpu' as const },
  tape: { dir: tapes, rotateMs: 3_600_000, rotateBytesMax: 1e9, queueBytesMax: 1e8 },
})

let loader: ModelLoader
beforeAll(async () => {
  loader = await modelLoader(configOf(dir), virtualTime().clock)
  await ridgeFamily(family, loader.schema, [
    { version: 'a', seed: 1 },
    { version: 'b', seed: 2 },
    { version: 'short', seed: 3, steps: 2 },
  ])
})

const watermark = (endAt: number): WatermarkEvent => ({
  ...{ kind: 'watermark', symbol: BTCUSDT.symbol },
  ...{ exchangeTime: endAt as EpochMs, receivedAt: (endAt + GRACE_MS) as EpochMs },
})

interface Plan {
  /** Version offered after so many bars. */
  readonly offers: ReadonlyMap<number, string>
  /** Bars at which the model does not answer. */
  readonly mute?: ReadonlySet<number>
}

/** A run over frames of our own making, recorded as a daemon records it. */
async function recordedRun(name: string, { offers, mute = new Set() }: Plan) {
  const tapes = join(dir, name)
  const config = configOf(tapes)
  const { clock, scheduler } = virtualTime(1_700_000_000_000)
  const tape = runTape(config, clock, (error) => expect.unreachable(error.message))
  const service = modelService({
    ...{
      version: 'a',
      inForce: await loader.load('a'),
      load: (version) => loader.load(version),
      keepMs: 1e6,
      scheduler,
    },
    onChange: (change) => change.kind === 'swapped' && tape.model(change.modelId),
  })
  let bars = 0
  const models = {
    steps: service.steps,
    take() {
      bars += 1
      const { forecaster } = service.take()
      const isMute = mute.has(bars)
      const forecast: typeof forecaster.forecast = (windows) =>
        isMute
          ? Promise.resolve(windows.map(() => ({ modelId: forecaster.modelId, failure: 'the run was not over' })))
          : forecaster.forecast(windows)
      return { forecaster: { ...forecaster, forecast }, expiresAt: undefined }
    },
  }
  const session = createSession({
    ...{ instruments: [BTCUSDT], schema: loader.schema, models: [{ source: models }], desk: FLAT, clock },
    settings: { policy: config.policy, limits: config.risk, collarBps: config.trading.collarBps, ledgerTag: 'tag' },
    ...{ staleMsMax: config.feed.staleMsMax, lateMsMax: lateMsMax(config), guard: FRESH_GUARD },
    exchangeTimeOf: (local) => local,
    resync: () => undefined,
    onInputs: tape.inputs,
  })
  const counter = runCounter()
  const decidedBy: (string | null)[] = []
  session.events$.subscribe((event) => {
    counter.onSession(event)
    if (event.kind === 'decided') decidedBy.push(event.record.modelId)
  })
  await tape.begin([BTCUSDT], undefined, [{ modelId: 'demo/a' }])
  const mapper = tapeMapper('binanceusdm', new Map([[BTCUSDT.venueSymbol, converter(BTCUSDT)]]))
  let endAt = 0
  const close = async (): Promise<void> => {
    const event = watermark(endAt)
    tape.heard.event(event)
    await session.handle(event)
    const offered = offers.get(bars)
    if (offered !== undefined) await service.offer(offered)
    endAt += BAR_MS
  }
  for (const { receivedAt, text } of syntheticFrames(FRAMES)) {
    endAt ||= (Math.floor(receivedAt / BAR_MS) + 1) * BAR_MS
    while (receivedAt > endAt + GRACE_MS) await close()
    tape.heard.frame(text, receivedAt, '')
    const outcome = mapper.map({ frame: JSON.parse(text) as unknown, receivedAt, line: 0 })
    const events: readonly MarketEvent[] =
      outcome.kind === 'event' ? [outcome.event] : outcome.kind === 'events' ? outcome.events : []
    for (const event of events) await session.handle(event)
  }
  const { decisionHash } = counter.counts()
  tape.end(bars, decisionHash)
  await tape.close()
  await service.close()
  const files = readdirSync(tapes).map((file) => join(tapes, file))
  return { config, files, decidedBy, decisionHash, bars }
}

async function replayed({ config, files }: { readonly config: WallConfig; readonly files: readonly string[] }) {
  const recorded = await readSession(files[0]!)
  return await replayRecordedRun(
    files,
    config,
    recorded!,
    async () => loader,
    () => 0,
  )
}

describe('a recorded run whose model was swapped', () => {
  test('replays to its hash, each bar by the model that decided it', async () => {
    const run = await recordedRun('swapped', {
      offers: new Map([
        [14, 'b'],
        [18, 'short'],
        [22, 'a'],
      ]),
    })
    expect(run.bars).toBeGreaterThan(24)
    const changes = run.decidedBy.filter((model, at) => model !== null && model !== run.decidedBy[at - 1])
    expect(changes).toEqual(['demo/a', 'demo/b', 'demo/short', 'demo/a'])
    const summary = await replayed(run)
    expect(summary).toMatchObject({ matches: true, decisionHash: run.decisionHash, bars: run.bars })
    expect(summary.models).toEqual(['demo/a', 'demo/b', 'demo/short'])
    const alone = await recordedRun('alone', { offers: new Map() })
    expect(alone.decisionHash).not.toBe(run.decisionHash)
    expect(await replayed(alone)).toMatchObject({ matches: true, models: ['demo/a'] })
  })

  test('bars that had no forecast have none again, with the same reason', async () => {
    const run = await recordedRun('mute', { offers: new Map(), mute: new Set([15, 20]) })
    expect(await replayed(run)).toMatchObject({ matches: true, decisionHash: run.decisionHash })
  })

  test('needs every one of its models, and says which is not there', async () => {
    const run = await recordedRun('gone', { offers: new Map([[14, 'b']]) })
    const own = { ...loader, load: (version: string) => (version === 'b' ? loader.load('gone') : loader.load(version)) }
    const recorded = await readSession(run.files[0]!)
    const replaying = replayRecordedRun(
      run.files,
      run.config,
      recorded!,
      async () => own,
      () => 0,
    )
    await expect(replaying).rejects.toThrow(/run decided by model demo\/b, which cannot be loaded.*gone/)
    const other = { ...loader, load: (version: string) => loader.load(version === 'b' ? 'short' : version) }
    await expect(
      replayRecordedRun(
        run.files,
        run.config,
        recorded!,
        async () => other,
        () => 0,
      ),
    ).rejects.toThrow(/decided by model demo\/b; model.path holds demo\/short/)
  })
})
