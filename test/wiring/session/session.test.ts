import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import { gapOf, watermarkOf } from '../../market/events.ts'
import { BAR_MS, LIMITS, START_AT, scriptedSession } from './support/scripted-session.ts'

const BARS = 10
const strongUp = () => 50

describe('session', () => {
  test('one decision for every closed bar: tainted, warming up, then traded', async () => {
    const bench = await scriptedSession(strongUp)
    await bench.open()
    await bench.bars(0, BARS)
    const decisions = bench.decisions()
    expect(decisions).toHaveLength(BARS)
    expect(new Set(decisions.map(({ record }) => record.decisionId)).size).toBe(BARS)
    expect(bench.journal.counts()).toMatchObject({ decisions: BARS, intents: 1, fills: 1 })
    const reasons = decisions.map(({ record }) => record.target.reason)
    expect(reasons.slice(0, 2)).toEqual(['warm-up', 'warm-up'])
    expect(reasons).toContain('enter')
    const { record, placement } = decisions.find((one) => one.record.target.reason === 'enter')!
    expect(record.verdict.kind).toBe('approved')
    expect(placement).toMatchObject({ kind: 'sent', clientId: record.clientId })
    expect(bench.trader.position('BTC/USDT:USDT')?.lots).toBe(record.target.kind === 'target' ? record.target.lots : 0)
  })

  test('equity is the wallet and the open profit at mid', async () => {
    const bench = await scriptedSession(strongUp)
    await bench.open()
    await bench.bars(0, BARS)
    const lots = bench.trader.position('BTC/USDT:USDT')?.lots ?? 0
    const wallet = Number(bench.trader.money('USDT')?.wallet)
    // Bought at 60,000.0; the mid is half a tick lower.
    expect(bench.equity()).toBeCloseTo(wallet - 0.05 * lots * 0.001, 9)
    expect(lots).toBeGreaterThan(0)
  })

  test('a gap taints the bar: the model is not asked about it', async () => {
    let asked = 0
    const bench = await scriptedSession(() => {
      asked += 1
      return 0
    })
    await bench.open()
    await bench.bars(0, 6)
    const before = asked
    await bench.send(gapOf(START_AT + 6 * BAR_MS + 100))
    await bench.send(watermarkOf(START_AT + 7 * BAR_MS))
    const last = bench.decisions().at(-1)!
    expect(asked).toBe(before)
    expect(last.record.forecast).toBeNull()
    expect(last.record.bar.taints.length).toBeGreaterThan(0)
    expect(bench.events.filter(({ kind }) => kind === 'gap')).toHaveLength(1)
  })

  test('a model that fails is an abstention, never a zero', async () => {
    const bench = await scriptedSession(() => 'fail')
    await bench.open()
    await bench.bars(0, BARS)
    const last = bench.decisions().at(-1)!.record
    expect(last.target).toMatchObject({ kind: 'abstain', reason: 'no-forecast' })
    expect(bench.journal.counts().intents).toBe(0)
  })

  test('of bars that close together the older are recorded and not traded', async () => {
    const bench = await scriptedSession(strongUp)
    await bench.open()
    await bench.bars(0, 4)
    const intents = bench.journal.counts().intents
    await bench.send(watermarkOf(START_AT + 7 * BAR_MS))
    const reasons = bench.decisions().slice(-3)
    expect(reasons.slice(0, 2).map(({ record }) => record.target.reason)).toEqual(['stale', 'stale'])
    expect(bench.journal.counts().decisions).toBe(7)
    expect(bench.journal.counts().intents).toBeGreaterThanOrEqual(intents)
  })

  test('a bar that closes too late is not traded', async () => {
    const late = await scriptedSession(strongUp, { exchangeTimeOf: (local) => local + 500 })
    await late.open()
    await late.bars(0, BARS)
    expect(new Set(late.decisions().map(({ record }) => record.target.reason))).toEqual(new Set(['stale']))
    const inTime = await scriptedSession(strongUp, { exchangeTimeOf: (local) => local + 390 })
    await inTime.open()
    await inTime.bars(0, BARS)
    expect(inTime.journal.counts().intents).toBe(1)
  })

  test('risk refuses past a limit, with its code, and nothing is sent', async () => {
    const bench = await scriptedSession(strongUp, { limits: { ...LIMITS, orderNotionalMaxQuote: 1 } })
    await bench.open()
    await bench.bars(0, BARS)
    const refused = bench
      .decisions()
      .flatMap(({ record }) => (record.verdict.kind === 'refused' ? [record.verdict] : []))
    expect(refused[0]?.code).toBe('order-value')
    expect(bench.journal.counts().intents).toBe(0)
  })

  test('an expired model takes no new entries', async () => {
    const bench = await scriptedSession(strongUp, { modelExpiresAt: epochMs(START_AT) })
    await bench.open()
    await bench.bars(0, BARS)
    expect(bench.journal.counts().intents).toBe(0)
    expect(bench.decisions().at(-1)?.record.target).toMatchObject({ kind: 'abstain', reason: 'model-expired' })
  })

  test('a loss past the daily limit latches once, says so, and freezes entries', async () => {
    const bench = await scriptedSession(strongUp, { limits: { ...LIMITS, dailyLossMaxQuote: 100 } })
    await bench.open()
    bench.session.stepGuard({ kind: 'equity', at: bench.at(0), equityQuote: 10_200 })
    await bench.bars(0, BARS)
    expect(bench.events.filter(({ kind }) => kind === 'latched')).toHaveLength(1)
    expect(bench.session.guard().latches['daily-loss']).toBeDefined()
    expect(bench.journal.counts().intents).toBe(0)
  })

  test('after a stop no bar is decided; flatten closes the position by one order of its own', async () => {
    const bench = await scriptedSession(strongUp)
    await bench.open()
    await bench.bars(0, BARS)
    bench.session.stop()
    await bench.bars(BARS, BARS + 2)
    expect(bench.decisions()).toHaveLength(BARS)
    bench.session.flatten(epochMs(START_AT + (BARS + 2) * BAR_MS + 1))
    await turn()
    const last = bench.decisions().at(-1)!
    expect(last).toMatchObject({ cutShort: true, record: { target: { kind: 'target', lots: 0 } } })
    expect(bench.trader.position('BTC/USDT:USDT')?.lots).toBe(0)
  })
})

test('a reversal whose entry is refused still exits', async () => {
  // Long first; then the forecast turns while a latch forbids entries.
  const bench = await scriptedSession((bar) => (bar < 4 ? 50 : -50))
  await bench.open()
  await bench.bars(0, 7)
  expect(bench.trader.position('BTC/USDT:USDT')?.lots).toBeGreaterThan(0)
  bench.session.stepGuard({ kind: 'kill', at: bench.at(7), detail: 'by hand' })
  await bench.bars(7, 10)
  const exit = bench.decisions().find(({ record }) => record.target.reason === 'exit')
  expect(exit?.record.verdict.kind).toBe('approved')
  expect(bench.trader.position('BTC/USDT:USDT')?.lots).toBe(0)
})
