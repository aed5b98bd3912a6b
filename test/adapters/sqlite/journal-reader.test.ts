import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openJournalReader } from '../../../src/adapters/sqlite/journal-reader.ts'
import { openState } from '../../../src/adapters/sqlite/open-state.ts'
import { epochMs } from '../../../src/core/units.ts'
import { traderBench } from '../../trading/support/bench.ts'
import { decided, decisionRecord } from '../../trading/support/decisions.ts'

test('status and why read while the daemon writes', async () => {
  const bench = await traderBench()
  await bench.trader.start()
  bench.trader.record(decisionRecord(0, { forecast: { modelId: 'm', failure: 'no session' }, modelId: 'm' }))
  const { order, record } = decided(1)
  bench.trader.place(order, record, bench.time.clock.monotonicMs() - 4)
  await bench.trader.settled()
  bench.venue.deliver()
  const reader = openJournalReader(bench.path)
  bench.trader.record(decisionRecord(2))

  expect(reader.summary()).toMatchObject({
    mode: 'test',
    venue: 'fake',
    bars: 3,
    counts: { decisions: 3, ordersDecided: 1, intents: 1, fills: 1 },
    ordersByState: { filled: 1 },
    positions: [{ symbol: order.symbol, lots: 10 }],
    balances: [{ currency: 'USDT', wallet: '9990' }],
    openOrders: [],
    latches: [],
    alerts: [],
    alertsPending: 0,
  })
  expect(reader.latestDecision()?.decision).toEqual(decisionRecord(2))
  expect(reader.decisionAt(0)).toEqual({
    index: 0,
    decision: decisionRecord(0, { forecast: { modelId: 'm', failure: 'no session' }, modelId: 'm' }),
  })
  const story = reader.decisionAt(record.decisionId)
  expect(story).toMatchObject({
    index: 1,
    decision: { clientId: order.clientId, latency: { commitMs: 0, closeToSendMs: 4 } },
    story: { order: { state: 'filled', clientId: order.clientId }, fills: [{ tradeId: 't1' }] },
  })
  for (const bar of [1, '1', -2, '-2', record.barEndAt, String(record.barEndAt)]) {
    expect(reader.decisionAt(bar)).toEqual(story)
  }
  for (const bar of [3, -4, 1.5, 'nothing', epochMs(record.barEndAt + 1)])
    expect(reader.decisionAt(bar)).toBeUndefined()
  expect(reader.decisionAt(1, 'ETH/USDT:USDT')).toBeUndefined()
  const { createdAt } = order
  expect(reader.sentOrders(createdAt, createdAt)).toEqual([{ ...story?.story, latency: story?.decision.latency }])
  expect(reader.sentOrders(epochMs(createdAt + 1), epochMs(createdAt + 2))).toEqual([])
  reader.close()
  await bench.close()
})

test('no file, no database, another program’s: each refused by name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickwright-reader-'))
  const path = join(folder, 'x.sqlite')
  expect(() => openJournalReader(path)).toThrow(`state file ${path} does not exist`)
  writeFileSync(path, 'no database'.repeat(500))
  expect(() => openJournalReader(path)).toThrow(`state file ${path} cannot be read`)
  writeFileSync(path, '')
  expect(() => openJournalReader(path)).toThrow(`state file ${path} cannot be read`)
  rmSync(folder, { recursive: true })
})

test('alerts are told newest first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickwright-reader-'))
  const path = join(folder, 'x.sqlite')
  const state = openState(path, { mode: 'test', venue: 'fake' })
  const alert = { at: epochMs(1), severity: 'info', kind: 'start', text: 'up', data: { bars: 1 } } as const
  for (let n = 0; n < 12; n++) state.outbox.add({ ...alert, id: `a${n}` }, ['one', 'two'])
  const reader = openJournalReader(path)
  const { alerts, alertsPending } = reader.summary()
  expect(alerts.map(({ id }) => id)).toEqual(['a11', 'a10', 'a9', 'a8', 'a7', 'a6', 'a5', 'a4', 'a3', 'a2'])
  expect(alerts[0]).toEqual({ ...alert, id: 'a11' })
  expect(alertsPending).toBe(12)
  reader.close()
  state.close()
  rmSync(folder, { recursive: true })
})
