import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSession } from '../../../src/adapters/tape/read-session.ts'
import { converter, type Instrument } from '../../../src/core/instrument.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import { modelService } from '../../../src/inference/model-service.ts'
import { FRESH_GUARD } from '../../../src/risk/guard.ts'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'
import type { WallConfig } from '../../../src/wiring/config/schema.ts'
import { lateMsMax } from '../../../src/wiring/daemon/late-ms-max.ts'
import { type ModelLoader, modelLoader } from '../../../src/wiring/daemon/load-model.ts'
import { runCounter } from '../../../src/wiring/daemon/run-counts.ts'
import { runTape } from '../../../src/wiring/daemon/run-tape.ts'
import { type ModelFamily, modelFamilies, ofFamily } from '../../../src/wiring/models/model-families.ts'
import { replayRecordedRun } from '../../../src/wiring/replay/replay-recorded-run.ts'
import type { Desk } from '../../../src/wiring/session/desk.ts'
import { createSession } from '../../../src/wiring/session/session.ts'
import { tapeMapper } from '../../../src/wiring/tape/tape-mapper.ts'
import { virtualTime } from '../../adapters/alerts/virtual-time.ts'
import { syntheticFrames } from '../../bench/synthetic-frames.ts'
import { BTCUSDT } from '../../market/instruments.ts'
import { openFiles, tellsOpenFiles } from '../../support/open-files.ts'
import { ridgeFamily } from '../daemon/ridge-family.ts'

const dir = mkdtempSync(join(tmpdir(), 'tickwright-recorded-groups-'))
afterAll(() => rmSync(dir, { recursive: true }))

const BAR_MS = 1_000
const GRACE_MS = 150
const ETHUSDT: Instrument = { ...BTCUSDT, symbol: 'ETH/USDT:USDT', venueSymbol: 'ETHUSDT', base: 'ETH' }
const INSTRUMENTS = [BTCUSDT, ETHUSDT]
const FLAT: Desk = {
  position: () => ({ lots: 0, entryTicks: 0 }),
  openLots: () => ({ buy: 0, sell: 0 }),
  freezes: () => new Set(),
  walletQuote: () => 10_000,
  commit: (decided) => decided.map(() => ({ kind: 'recorded' })),
}

const tapes = join(dir, 'tapes')
const demo = loadConfig('config/demo.yaml') as WallConfig
const config = {
  ...demo,
  symbols: INSTRUMENTS.map(({ symbol }) => symbol),
  model: {
    ...demo.model,
    ...{ path: join(dir, 'models'), provider: 'cpu' as const },
    groups: { majors: [BTCUSDT.symbol], others: [ETHUSDT.symbol] },
  },
  tape: { dir: tapes, rotateMs: 3_600_000, rotateBytesMax: 1e9, queueBytesMax: 1e8 },
}
const families = modelFamilies(config)

let loaders: ReadonlyMap<string | undefined, ModelLoader>
const loaderOf = async ({ group }: Pick<ModelFamily, 'group'>): Promise<ModelLoader> => loaders.get(group)!
beforeAll(async () => {
  const clock = virtualTime().clock
  loaders = new Map(
    await Promise.all(
      families.map(async (one) => [one.group, await modelLoader(ofFamily(config, one), clock)] as const),
    ),
  )
  const [majors, others] = families
  const { schema } = await loaderOf(majors!)
  // The same names in both: whose model it is, the group says.
  await ridgeFamily(majors!.path, schema, [
    { version: 'a', seed: 1 },
    { version: 'b', seed: 2 },
  ])
  await ridgeFamily(others!.path, schema, [
    { version: 'a', seed: 3, steps: 6 },
    { version: 'b', seed: 4 },
  ])
})

/** The same frame of an instrument; a snapshot says whose it is. */
const frameOf = (text: string, venueSymbol: string): string =>
  text
    .replace('{"lastUpdateId"', '{"symbol":"BTCUSDT","lastUpdateId"')
    .replaceAll('BTCUSDT', venueSymbol)
    .replaceAll('btcusdt', venueSymbol.toLowerCase())

/** Frames of one instrument, and the same of the other, recorded as a daemon records them; of the others, b decides after some bars. */
async function recordedRun() {
  const { clock, scheduler } = virtualTime(1_700_000_000_000)
  const tape = runTape(config, clock, (error) => expect.unreachable(error.message))
  const open = await Promise.all(
    families.map(async ({ group, symbols }) => {
      const loader = await loaderOf({ group })
      const source = modelService({
        ...{ version: 'a', inForce: await loader.load('a'), load: (version: string) => loader.load(version) },
        ...{ keepMs: 1e6, scheduler },
        onChange: (change) => change.kind === 'swapped' && tape.model(change.modelId, group),
      })
      return { group, symbols, source }
    }),
  )
  const session = createSession({
    ...{ instruments: INSTRUMENTS, schema: (await loaderOf(families[0]!)).schema, models: open, desk: FLAT, clock },
    settings: { policy: config.policy, limits: config.risk, collarBps: config.trading.collarBps, ledgerTag: 'tag' },
    ...{ staleMsMax: config.feed.staleMsMax, lateMsMax: lateMsMax(config), guard: FRESH_GUARD },
    exchangeTimeOf: (local) => local,
    resync: () => undefined,
    onInputs: tape.inputs,
  })
  const counter = runCounter()
  const said: { symbol: string; meanBps: number }[] = []
  session.events$.subscribe((event) => {
    counter.onSession(event)
    if (event.kind !== 'decided') return
    const { symbol, forecast } = event.record
    if (forecast && 'meanBps' in forecast) said.push({ symbol, meanBps: forecast.meanBps })
  })
  await tape.begin(
    INSTRUMENTS,
    undefined,
    open.map(({ group, source }) => ({ group, modelId: source.inForce.forecaster.modelId })),
  )
  const mapper = tapeMapper(
    'binanceusdm',
    new Map(INSTRUMENTS.map((instrument) => [instrument.venueSymbol, converter(instrument)])),
  )
  let endAt = 0
  let bars = 0
  const close = async (): Promise<void> => {
    for (const { symbol } of INSTRUMENTS) {
      const stamp = { exchangeTime: endAt as EpochMs, receivedAt: (endAt + GRACE_MS) as EpochMs }
      const event = { kind: 'watermark', symbol, ...stamp } as const
      tape.heard.event(event)
      await session.handle(event)
    }
    bars += 1
    if (bars === 18) await open[1]!.source.offer('b')
    endAt += BAR_MS
  }
  const hear = async (text: string, receivedAt: EpochMs): Promise<void> => {
    tape.heard.frame(text, receivedAt, '')
    const outcome = mapper.map({ frame: JSON.parse(text) as unknown, receivedAt, line: 0 })
    const events: readonly MarketEvent[] =
      outcome.kind === 'event' ? [outcome.event] : outcome.kind === 'events' ? outcome.events : []
    for (const event of events) await session.handle(event)
  }
  for (const { receivedAt, text } of syntheticFrames(8_000)) {
    endAt ||= (Math.floor(receivedAt / BAR_MS) + 1) * BAR_MS
    while (receivedAt > endAt + GRACE_MS) await close()
    for (const { venueSymbol } of INSTRUMENTS) await hear(frameOf(text, venueSymbol), receivedAt)
  }
  const { decisionHash, decisions } = counter.counts()
  tape.end(decisions, decisionHash)
  await tape.close()
  for (const { source } of open) await source.close()
  return { files: readdirSync(tapes).map((file) => join(tapes, file)), said, decisionHash }
}

test('a recorded run of two families decides the same again, each instrument by the model that decided it', async () => {
  const { files, said, decisionHash } = await recordedRun()
  const of = ({ symbol }: Instrument) => said.filter((one) => one.symbol === symbol)
  expect(of(BTCUSDT).length).toBeGreaterThan(10)
  expect(of(ETHUSDT).length).toBeGreaterThan(10)
  expect(of(ETHUSDT).map(({ meanBps }) => meanBps)).not.toEqual(of(BTCUSDT).map(({ meanBps }) => meanBps))
  const session = (await readSession(files[0]!))!
  const summary = await replayRecordedRun(files, config, session, loaderOf, () => 0)
  expect(summary).toMatchObject({ matches: true, decisionHash })
  expect(summary.models).toEqual(['demo/a', 'demo/a', 'demo/b'])

  // Each family's folder for the other's: other models under the same names.
  const crossed = async ({ group }: ModelFamily) => loaderOf({ group: group === 'majors' ? 'others' : 'majors' })
  expect(await replayRecordedRun(files, config, session, crossed, () => 0)).toMatchObject({ matches: false })

  const pooled = { ...config, model: { ...config.model, groups: undefined } }
  await expect(replayRecordedRun(files, pooled, session, loaderOf, () => 0)).rejects.toThrow(
    /its models were majors, others; the configuration has one for all: use the model\.groups of the run/,
  )
  const renamed = {
    ...config,
    model: { ...config.model, groups: { majors: [BTCUSDT.symbol], rest: [ETHUSDT.symbol] } },
  }
  await expect(replayRecordedRun(files, renamed, session, loaderOf, () => 0)).rejects.toThrow(
    /its models were majors, others; the configuration has rest/,
  )
  // Refused or not, nothing stays open.
  if (tellsOpenFiles) expect(openFiles(tapes)).toEqual([])
})
