import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { openState } from '../../../src/adapters/sqlite/open-state.ts'
import { InputError } from '../../../src/core/errors.ts'
import { epochMs, lots, ticks } from '../../../src/core/units.ts'
import type { Forecast } from '../../../src/inference/forecast.ts'
import { decisionIdOf } from '../../../src/policy/decision.ts'
import type { Journal } from '../../../src/trading/journal.port.ts'
import type { DecisionRecord } from '../../../src/trading/journal-records.ts'
import { statusCommand } from '../../../src/wiring/commands/status.ts'
import { whyCommand } from '../../../src/wiring/commands/why.ts'
import type { Mode } from '../../../src/wiring/config/schema.ts'
import { BTCUSDT } from '../../market/instruments.ts'
import { fakeIo } from './fake-io.ts'

const BTC = 'BTC/USDT:USDT'
const T0 = 1_700_000_000_000

const forecast: Forecast = {
  modelId: 'demo-1',
  provider: 'cpu',
  horizonBars: 5,
  levels: [0.05, 0.5, 0.95],
  quantilesBps: [-2, 0.8, 3.9],
  meanBps: 0.9,
  classes: [0.2, 0.3, 0.5],
  volatilityBps: 2.25,
  latencyMs: 0.1,
}

function decision(bar: number, changed: Partial<DecisionRecord> = {}): DecisionRecord {
  const barEndAt = epochMs(T0 + bar * 1_000)
  return {
    decisionId: decisionIdOf(changed.symbol ?? BTC, barEndAt),
    symbol: BTC,
    barStartAt: epochMs(barEndAt - 1_000),
    barEndAt,
    bar: {
      open: 27_000,
      high: 27_001,
      low: 26_999,
      close: 27_000.1,
      buyVolume: 1.5,
      sellVolume: 1,
      tradeCount: 12,
      ofi: 0.25,
      taints: [],
    },
    bidTicks: 270_000,
    askTicks: 270_001,
    bidSize: 1,
    askSize: 2,
    featureSchemaHash: 'f'.repeat(64),
    featureHash: 'a'.repeat(64),
    forecast,
    modelId: 'demo-1',
    provider: 'cpu',
    target: { kind: 'abstain', reason: 'edge-below-cost', edgeBps: 0.9, costBps: 1.2 },
    verdict: { kind: 'none' },
    clientId: null,
    latency: {
      featureMs: 0.02,
      forecastMs: 0.1,
      decideMs: 0.01,
      commitMs: null,
      closeToSendMs: null,
      sendToAnswerMs: null,
    },
    positionLots: 0,
    equity: '10000',
    ...changed,
  }
}

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'inspect-'))
})

function fill(mode: Mode, write: (journal: Journal) => void): void {
  const state = openState(join(dir, `${mode}.sqlite`), { mode, venue: 'binanceusdm/demo' })
  write(state.journal)
  state.close()
}

function traded(journal: Journal): void {
  journal.setMeta('model', JSON.stringify({ modelId: 'demo/lstm-2', provider: 'cuda' }))
  const entering = decision(3, {
    target: { kind: 'target', lots: 12, edgeBps: 2, costBps: 1.2, reason: 'enter' },
    verdict: { kind: 'approved' },
    clientId: 'tw-1',
    latency: {
      featureMs: 0.02,
      forecastMs: 0.1,
      decideMs: 0.01,
      commitMs: 1.5,
      closeToSendMs: 2.25,
      sendToAnswerMs: 8.5,
    },
  })
  journal.recordDecision(
    decision(1, {
      bar: { ...decision(1).bar, taints: ['gap'] },
      forecast: null,
      modelId: null,
      featureHash: null,
      target: { kind: 'abstain', reason: 'tainted', edgeBps: 0, costBps: 0 },
    }),
  )
  journal.recordDecision(
    decision(2, {
      target: { kind: 'target', lots: 5, edgeBps: 2, costBps: 1, reason: 'enter' },
      verdict: { kind: 'refused', code: 'daily-loss', detail: 'lost 500 of at most 500' },
    }),
  )
  journal.transaction(() => {
    journal.recordDecision(entering)
    journal.addIntent({
      clientId: 'tw-1',
      decisionId: entering.decisionId,
      symbol: BTC,
      side: 'buy',
      lots: lots(12),
      type: 'limit',
      price: ticks(270_010),
      timeInForce: 'IOC',
      reduceOnly: false,
      createdAt: entering.barEndAt,
    })
  })
  journal.addFill({
    symbol: BTC,
    tradeId: '77',
    clientId: 'tw-1',
    venueId: '9',
    side: 'buy',
    price: ticks(270_001),
    lots: lots(12),
    fee: '0.16',
    feeCurrency: 'USDT',
    realisedPnl: '0',
    maker: false,
    at: epochMs(T0 + 3_010),
    origin: 'own',
  })
  journal.setMeta('instruments', JSON.stringify([BTCUSDT]))
  journal.setLatch({ name: 'kill', reason: 'by hand', at: epochMs(T0) })
}

const why = async (bar?: string, more: object = {}) => {
  const { io, out } = fakeIo()
  expect(await whyCommand({ state: dir, json: false, ...(bar === undefined ? {} : { bar }), ...more }, io)).toBe(0)
  return out.join('\n')
}

describe('why', () => {
  beforeEach(() => fill('demo', traded))

  test('tells a trade: bar, features, forecast, costs, risk, order, fill, latency', async () => {
    const text = await why()
    for (const part of [
      `Decision ${BTC}@1700000003000 (number 2)`,
      '2023-11-14T22:13:22.000Z to 2023-11-14T22:13:23.000Z: open 27000, high 27001, low 26999, close 27000.1; 12 trades',
      'order-flow imbalance 0.25; at the close bid 27000.0, ask 27000.1.',
      'window aaaaaaaaaaaa of schema ffffffffffff',
      'over 5 bars mean +0.9 bps, quantiles (bps) 5 %: -2, 50 %: +0.8, 95 %: +3.9; down 20 %, flat 30 %, up 50 %; volatility 2.25 bps (model demo-1, cpu)',
      'enter: hold 0.012 BTC; edge +2 bps, cost 1.2 bps; held 0.000 BTC, equity 10000',
      'Risk:      approved.',
      'tw-1: buy 0.012 BTC, limit 27001.0, IOC; intended, 0.000 BTC filled; venue id unknown',
      'buy 0.012 BTC at 27000.1 as taker, fee 0.16 USDT, realised 0 (trade 77)',
      'features 0.02, forecast 0.1, decision 0.01, commit 1.5, close to send 2.25, send to answer 8.5 ms',
    ]) {
      expect(text).toContain(part)
    }
  })

  test('tells a refusal with its code', async () => {
    expect(await why('2')).toContain('refused (daily-loss): lost 500 of at most 500.')
  })

  test('tells an abstention with its reason', async () => {
    const text = await why('3')
    expect(text).toContain('Tainted:   gap.')
    expect(text).toContain('the model was not asked')
    expect(text).toContain('nothing (tainted): data of the bar')
    expect(text).toContain('Order:     none.')
  })

  test.each([
    ['1', 3],
    ['-1', 3],
    ['0', 3],
    ['3', 1],
    ['2023-11-14T22:13:21.000Z', 2],
    ['2023-11-14T22:13:21.999Z', 2],
    ['2023-11-14T22:13:22.000Z', 3],
    [`${BTC}@1700000001000`, 1],
    ['1700000002000', 2],
  ])('bar %s is decision %i', async (bar, expected) => {
    expect(await why(bar, { symbol: BTC })).toContain(`@${T0 + expected * 1_000} `)
  })

  test.each(['4', '2023-11-14T23:00:00Z', 'nonsense', `${BTC}@1`])('bar %s: a clear error', async (bar) => {
    await expect(why(bar)).rejects.toThrow(`bar was "${bar}": no decision is there`)
    await expect(why(bar)).rejects.toThrow(InputError)
  })

  test('another symbol has none', async () => {
    await expect(why('1', { symbol: 'ETH/USDT:USDT' })).rejects.toThrow('no decision of ETH/USDT:USDT yet')
  })

  test('--json is one object', async () => {
    const { io, out } = fakeIo()
    await whyCommand({ state: dir, json: true }, io)
    expect(JSON.parse(out.at(-1)!)).toMatchObject({
      index: 2,
      decision: { clientId: 'tw-1' },
      story: { fills: [{ tradeId: '77' }] },
    })
  })

  test('two databases: the mode must be named', async () => {
    fill('paper', () => undefined)
    await expect(why()).rejects.toThrow('holds demo, paper: name one with --mode')
    expect(await why('1', { mode: 'demo' })).toContain('Decision')
    await expect(why('1', { mode: 'paper' })).rejects.toThrow('there is no decision yet')
  })
})

describe('status', () => {
  const status = async (more: object = {}) => {
    const { io, out } = fakeIo()
    expect(await statusCommand({ state: dir, json: false, ...more }, io)).toBe(0)
    return out.join('\n')
  }

  test('a table of what the daemon holds and does', async () => {
    fill('demo', traded)
    const text = await status()
    for (const part of [
      'mode          demo on binanceusdm/demo, not running',
      'model         demo/lstm-2 (cuda)',
      'bars          3 bars, 3 decisions, 1 orders, 1 fills',
      `last decision 2023-11-14T22:13:23.000Z enter: hold 0.012 BTC; tickwright why ${BTC}@1700000003000`,
      'positions     none',
      'open orders   tw-1 BTC/USDT:USDT buy 0.012 BTC at 27001.0, intended',
      'latches       kill since 2023-11-14T22:13:20.000Z: by hand',
      'alerts        0 waiting',
    ]) {
      expect(text).toContain(part)
    }
  })

  test('an empty database', async () => {
    fill('paper', () => undefined)
    expect(await status()).toContain('last decision none yet')
  })

  test('sees a running daemon, also while it writes', async () => {
    const state = openState(join(dir, 'demo.sqlite'), { mode: 'demo', venue: 'binanceusdm/demo' })
    state.journal.recordDecision(decision(1))
    expect(await status()).toContain('binanceusdm/demo, running')
    state.close()
    expect(await status()).toContain('binanceusdm/demo, not running')
  })

  test('--json is one object, with every database of the folder', async () => {
    fill('demo', traded)
    fill('paper', () => undefined)
    const { daemons } = JSON.parse(await status({ json: true })) as { daemons: object[] }
    expect(daemons).toMatchObject([
      { mode: 'demo', running: false, bars: 3, last: { index: 2 } },
      { mode: 'paper', bars: 0, last: null },
    ])
    expect(JSON.parse(await status({ json: true, mode: 'paper' }))).toMatchObject({ daemons: [{ mode: 'paper' }] })
  })

  test('no database: a clear error', async () => {
    await expect(status()).rejects.toThrow('holds no demo.sqlite, paper.sqlite')
    await expect(status({ mode: 'live' })).rejects.toThrow('holds no live.sqlite: start the daemon once')
  })

  test('no database of ours: a clear error', async () => {
    writeFileSync(
      join(dir, 'demo.sqlite'),
      'not a database, but long enough to be looked at as one, or so one would think',
    )
    await expect(status()).rejects.toThrow(InputError)
  })
})
