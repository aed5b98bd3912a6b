import { describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import { type EpochMs, epochMs } from '../../../src/core/units.ts'
import { featureSchema } from '../../../src/features/feature-schema.ts'
import type { Adjustment, Forecast, NoForecast } from '../../../src/inference/forecast.ts'
import type { Forecaster } from '../../../src/inference/forecaster.ts'
import type { InForce } from '../../../src/inference/model-service.ts'
import type { Watched } from '../../../src/inference/oversight/oversight.ts'
import type { PolicySettings } from '../../../src/policy/policy-settings.ts'
import { FRESH_GUARD } from '../../../src/risk/guard.ts'
import type { ModelRoute } from '../../../src/wiring/session/ask-models.ts'
import type { SessionEvent } from '../../../src/wiring/session/decider.ts'
import type { DecisionInputs } from '../../../src/wiring/session/decision-inputs.ts'
import type { Desk } from '../../../src/wiring/session/desk.ts'
import { createSession, type SessionParts } from '../../../src/wiring/session/session.ts'
import { snapshotOf, tradeOf, watermarkOf } from '../../market/events.ts'
import { BTCUSDT, ETHUSDT } from '../../market/instruments.ts'
import { BAR_MS, LIMITS, START_AT } from './support/scripted-session.ts'

const SOLUSDT = { ...ETHUSDT, symbol: 'SOL/USDT:USDT', venueSymbol: 'SOLUSDT', base: 'SOL' }
const INSTRUMENTS = [BTCUSDT, ETHUSDT, SOLUSDT]
const BARS = 6
const POLICY: PolicySettings = {
  expectation: 'mean',
  ...{ enterEdgeBps: 0, exitForecastBps: 0, slippageBps: 0, riskPerTradeBps: 50 },
  ...{ kellyFraction: 1, notionalMaxQuote: 5_000, bandFraction: 0, blindBarsMax: 3 },
}

type Answer = 'fail' | { readonly bps: number; readonly afterMs: number }

/** A model that answers what the test says, and keeps what it was shown. */
function model(modelId: string, answer: () => Answer, steps = 2) {
  const shown: string[][] = []
  const say = (said: Answer): Forecast | NoForecast =>
    said === 'fail'
      ? { modelId, failure: 'out of order' }
      : {
          ...{ modelId, provider: 'cpu', horizonBars: 1, levels: [0.5], quantilesBps: [said.bps], meanBps: said.bps },
          ...{ classes: [0.3, 0.4, 0.3], volatilityBps: 10, latencyMs: 0 },
        }
  const forecaster: Forecaster = {
    ...{ modelId, provider: 'cpu', steps, features: 1, horizonBars: 1, thresholdBps: 1 },
    async forecast(windows) {
      shown.push(windows.map(symbolIn))
      const said = answer()
      if (said !== 'fail') await new Promise((resolve) => setTimeout(resolve, said.afterMs))
      return windows.map(() => say(said))
    },
    release: async () => undefined,
  }
  return { forecaster, shown }
}

const symbolIn = (window: object): string => (window as Watched['window']).row.bar.symbol

const sourceOf = (forecaster: Forecaster, expiresAt?: EpochMs) => ({
  steps: forecaster.steps,
  take: (): InForce => ({ forecaster, expiresAt }),
})

/** A session of three instruments, each with one trade and one quote a bar. `commits`: symbols of each. */
async function run(models: readonly ModelRoute[], changes: Partial<SessionParts> = {}) {
  const commits: string[][] = []
  const desk: Desk = {
    position: () => ({ lots: 0, entryTicks: 0 }),
    openLots: () => ({ buy: 0, sell: 0 }),
    freezes: () => new Set(),
    walletQuote: () => 10_000,
    commit(decided) {
      commits.push(decided.map(({ record }) => record.symbol))
      return decided.map(() => ({ kind: 'recorded' }))
    },
  }
  const session = createSession({
    ...{ instruments: INSTRUMENTS, models, desk, clock: { monotonicMs: () => performance.now() } },
    schema: featureSchema({
      barMs: BAR_MS,
      flowPeriods: [],
      returnPeriods: [1],
      volatilityPeriods: [2],
      volumePeriod: 2,
    }),
    settings: { policy: POLICY, limits: LIMITS, collarBps: 5, ledgerTag: 'test' },
    ...{ staleMsMax: 60_000, lateMsMax: 400, guard: FRESH_GUARD },
    exchangeTimeOf: (local) => local,
    resync: () => undefined,
    ...changes,
  })
  const events: SessionEvent[] = []
  session.events$.subscribe((event) => events.push(event))
  const all = async (event: MarketEvent): Promise<void> => {
    for (const { symbol } of INSTRUMENTS) await session.handle({ ...event, symbol })
  }
  await all(snapshotOf(START_AT, 1, [[599_999, 100_000]], [[600_000, 100_000]]))
  for (let bar = 0; bar < BARS; bar += 1) {
    const at = START_AT + bar * BAR_MS
    await all(tradeOf(at + 500, bar + 1, 600_000 - (bar % 2), 3, bar % 2 === 0 ? 'buy' : 'sell'))
    await all(watermarkOf(at + BAR_MS))
  }
  const records = events.flatMap((event) => (event.kind === 'decided' ? [event.record] : []))
  const last = (symbol: string) => records.findLast((one) => one.symbol === symbol)!
  return { records, commits, last }
}

const majors = { group: 'majors', symbols: [BTCUSDT.symbol, SOLUSDT.symbol] }
const ether = { group: 'ether', symbols: [ETHUSDT.symbol] }
const up = () => ({ bps: 50, afterMs: 0 })
const down = () => ({ bps: -50, afterMs: 0 })

describe('two families', () => {
  test('each decides its own instruments in one run; every moment is one commit of all, in their order', async () => {
    const [one, two] = [model('majors/1', up), model('ether/7', () => ({ bps: -50, afterMs: 5 }))]
    const { records, commits, last } = await run([
      { ...ether, source: sourceOf(two.forecaster) },
      { ...majors, source: sourceOf(one.forecaster) },
    ])
    const order = INSTRUMENTS.map(({ symbol }) => symbol)
    expect(commits).toEqual(Array.from({ length: BARS }, () => order))
    expect(INSTRUMENTS.map(({ symbol }) => last(symbol).modelId)).toEqual(['majors/1', 'ether/7', 'majors/1'])
    expect(INSTRUMENTS.map(({ symbol }) => last(symbol).forecast)).toMatchObject([
      { meanBps: 50 },
      { meanBps: -50 },
      { meanBps: 50 },
    ])
    const signs = INSTRUMENTS.map(({ symbol }) => last(symbol).target).map((target) =>
      target.kind === 'target' ? Math.sign(target.lots) : target.reason,
    )
    expect(signs).toEqual([1, -1, 1])
    expect(one.shown.length).toBeGreaterThan(1)
    for (const symbols of one.shown) expect(symbols).toEqual(majors.symbols)
    for (const symbols of two.shown) expect(symbols).toEqual(ether.symbols)
    expect(
      records.every(
        ({ symbol, modelId }) =>
          modelId === null || modelId === (ether.symbols.includes(symbol) ? 'ether/7' : 'majors/1'),
      ),
    ).toBe(true)
  })

  test('are asked at the same time', async () => {
    const log: string[] = []
    const slow = (name: string) => ({
      ...model(name, up).forecaster,
      async forecast(windows: readonly object[]) {
        log.push(`${name} begins`)
        await new Promise((resolve) => setTimeout(resolve, 2))
        log.push(`${name} ends`)
        return windows.map((): NoForecast => ({ modelId: name, failure: 'none' }))
      },
    })
    await run([
      { ...majors, source: sourceOf(slow('a')) },
      { ...ether, source: sourceOf(slow('b')) },
    ])
    expect(log.slice(0, 4)).toEqual(['a begins', 'b begins', 'a ends', 'b ends'])
  })

  test('one that fails leaves the decisions of the other as they are', async () => {
    const broken = model('ether/7', () => 'fail')
    const source = sourceOf(model('majors/1', up).forecaster)
    const { last, commits } = await run([
      { ...majors, source },
      { ...ether, source: sourceOf(broken.forecaster) },
    ])
    expect(last(ETHUSDT.symbol)).toMatchObject({
      modelId: 'ether/7',
      forecast: { failure: 'out of order' },
      target: { kind: 'abstain', reason: 'no-forecast' },
    })
    expect(last(BTCUSDT.symbol)).toMatchObject({ modelId: 'majors/1', target: { reason: 'enter' } })
    expect(commits).toHaveLength(BARS)
  })

  test('one that has expired opens nothing; the other does', async () => {
    const { last } = await run([
      { ...majors, source: sourceOf(model('majors/1', up).forecaster, epochMs(START_AT)) },
      { ...ether, source: sourceOf(model('ether/7', down).forecaster, epochMs(START_AT + 1e9)) },
    ])
    expect(last(BTCUSDT.symbol).target).toMatchObject({ kind: 'abstain', reason: 'model-expired' })
    expect(last(ETHUSDT.symbol).target).toMatchObject({ kind: 'target', reason: 'enter' })
  })

  test('are each watched on their own bars alone', async () => {
    const seen: [string, string][] = []
    const watched = (group: string, sizeFactor: number) => ({
      oversightOf: ({ modelId }: Forecaster) => ({
        step(closed: readonly Watched[]): Readonly<Record<string, Adjustment>> {
          seen.push(...closed.map(({ window }): [string, string] => [`${group} ${modelId}`, window.row.bar.symbol]))
          return Object.fromEntries(closed.map(({ window }) => [window.row.bar.symbol, { sizeFactor }]))
        },
      }),
    })
    const { last } = await run([
      { ...majors, source: sourceOf(model('majors/1', up).forecaster), ...watched('majors', 0.5) },
      { ...ether, source: sourceOf(model('ether/7', up).forecaster), ...watched('ether', 0.25) },
    ])
    expect(seen.slice(0, 3)).toEqual([
      ['majors majors/1', BTCUSDT.symbol],
      ['majors majors/1', SOLUSDT.symbol],
      ['ether ether/7', ETHUSDT.symbol],
    ])
    expect(last(SOLUSDT.symbol).forecast).toMatchObject({ adjustment: { sizeFactor: 0.5 } })
    expect(last(ETHUSDT.symbol).forecast).toMatchObject({ adjustment: { sizeFactor: 0.25 } })
  })

  test('windows are as long as the longer model needs', async () => {
    const lengths = new Set<number>()
    const longer = model('majors/1', up, 4)
    const shorter = model('ether/7', up, 1)
    const forecast: Forecaster['forecast'] = (windows) => {
      for (const { steps } of windows) lengths.add(steps)
      return shorter.forecaster.forecast(windows)
    }
    await run([
      { ...majors, source: sourceOf(longer.forecaster) },
      { ...ether, source: sourceOf({ ...shorter.forecaster, forecast }) },
    ])
    expect([...lengths]).toEqual([4])
  })
})

describe('what is recorded', () => {
  const recorded = async (routes: readonly ModelRoute[]) => {
    const inputs: DecisionInputs[] = []
    await run(routes, { onInputs: (_, said) => inputs.push(said) })
    return inputs.at(-1)!
  }

  test('of two families: both models, by group', async () => {
    const said = await recorded([
      { ...majors, source: sourceOf(model('majors/1', () => 'fail').forecaster) },
      { ...ether, source: sourceOf(model('ether/7', up).forecaster, epochMs(START_AT)) },
    ])
    expect(said).toMatchObject({
      ...{ modelId: 'majors/1', modelExpired: false },
      models: {
        majors: { modelId: 'majors/1', modelExpired: false },
        ether: { modelId: 'ether/7', modelExpired: true },
      },
      failures: { [BTCUSDT.symbol]: 'out of order', [SOLUSDT.symbol]: 'out of order' },
    })
  })

  test('pooled: the one model, and no word of groups', async () => {
    const said = await recorded([{ source: sourceOf(model('demo/1', up).forecaster) }])
    expect(said).toMatchObject({ modelId: 'demo/1', modelExpired: false })
    expect(said).not.toHaveProperty('models')
  })

  test('a run of other groups is not decided again', async () => {
    const routes: ModelRoute[] = [{ source: sourceOf(model('demo/1', up).forecaster) }]
    const pooled = await recorded(routes)
    const source = sourceOf(model('majors/1', up).forecaster)
    const replay = (models: readonly ModelRoute[], said: DecisionInputs) =>
      run(models, { recordedInputs: async (_, endAt) => ({ ...said, endAt }) })
    await expect(replay([{ ...majors, source }], pooled)).rejects.toThrow(
      /recorded with other model\.groups: none; majors/,
    )
    const grouped = { ...pooled, models: { ether: { modelId: 'ether/7', modelExpired: false } } }
    await expect(replay([{ ...majors, source }], grouped)).rejects.toThrow(
      /model\.groups: ether; majors is not among them/,
    )
    await expect(replay(routes, grouped)).rejects.toThrow(/model\.groups: ether; one for all is not among them/)
  })
})
