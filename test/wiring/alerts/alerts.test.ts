import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { Fill } from '../../../src/core/order.ts'
import { epochMs, lots, ticks } from '../../../src/core/units.ts'
import type { OrderRecord, PositionRecord } from '../../../src/trading/journal-records.ts'
import type { ReconcileReport, TraderEvent } from '../../../src/trading/trader-event.ts'
import { makeAlert } from '../../../src/wiring/alerts/make-alert.ts'
import { sessionAlert } from '../../../src/wiring/alerts/session-alert.ts'
import { traderAlert } from '../../../src/wiring/alerts/trader-alert.ts'
import { gapOf } from '../../market/events.ts'
import { BTCUSDT } from '../../market/instruments.ts'
import { decisionRecord } from '../../trading/support/decisions.ts'

const NOW = epochMs(1_700_000_000_000)
const { symbol } = BTCUSDT
const converters = new Map([[symbol, converter(BTCUSDT)]])
const alertOf = (event: TraderEvent) => traderAlert(event, NOW, converters)

const order: OrderRecord = {
  symbol,
  side: 'buy',
  lots: lots(1_500),
  filledLots: 0,
  appliedLots: 0,
  type: 'limit',
  price: 600_000,
  timeInForce: 'IOC',
  reduceOnly: false,
  clientId: 'tw-test-1',
  decisionId: 'd',
  createdAt: NOW,
  origin: 'own',
  state: 'filled',
  venueId: '1',
  updatedAt: NOW,
  detail: '',
}
const fill: Fill = {
  symbol,
  tradeId: '7',
  clientId: 'tw-test-1',
  venueId: '1',
  side: 'sell',
  price: ticks(600_001),
  lots: lots(250),
  fee: '0.1',
  feeCurrency: 'USDT',
  realisedPnl: '0',
  maker: false,
  at: NOW,
}
const position: PositionRecord = {
  symbol,
  lots: lots(-250),
  entryTicks: '600001',
  openingLots: lots(0),
  openedAt: NOW,
  realised: '0',
  fees: '0',
  updatedAt: NOW,
}
const report: ReconcileReport = {
  reason: 'periodic',
  answered: true,
  positionMatches: true,
  balanceMatches: true,
  fillsFound: 0,
  ordersUnknown: 0,
  mismatches: [],
  cause: '',
}

describe('traderAlert', () => {
  test.each([
    ['filled', 'info'],
    ['rejected', 'warning'],
    ['unknown', 'warning'],
    ['expired', 'info'],
  ] as const)('an order that is %s is told as %s', (state, severity) => {
    const alert = alertOf({ kind: 'order', order: { ...order, state }, correction: false })
    expect(alert).toMatchObject({ kind: 'order', severity, text: `${symbol}: buy 1.500 ${state}` })
  })

  test.each(['intended', 'submitting', 'partial'] as const)('%s is on the way and no news', (state) => {
    expect(alertOf({ kind: 'order', order: { ...order, state }, correction: false })).toBeUndefined()
  })

  test('a fill names size, price and position in the units of people, and its id follows from the trade', () => {
    const alert = alertOf({ kind: 'fill', fill: { ...fill, origin: 'own' }, position })
    expect(alert).toMatchObject({ id: `fill:${symbol}:7`, kind: 'fill' })
    expect(alert?.text).toBe(`${symbol}: sold 0.250 at 60000.1, position -0.250`)
  })

  test.each([
    ['agreement', {}, undefined],
    ['a missing fill', { fillsFound: 1 }, 'warning'],
    ['another balance', { balanceMatches: false }, 'warning'],
    ['another position', { positionMatches: false }, 'critical'],
    ['silence', { answered: false, cause: 'timeout' }, 'critical'],
  ] as const)('a reconciliation that finds %s', (_name, found, severity) => {
    expect(alertOf({ kind: 'reconciled', report: { ...report, ...found }, at: NOW })?.severity).toBe(severity)
  })

  test('a halt is critical', () => {
    expect(alertOf({ kind: 'halt', code: 'journal', detail: 'disk full', at: NOW })).toMatchObject({
      severity: 'critical',
    })
  })
})

describe('sessionAlert', () => {
  const decided = { kind: 'decided', placement: { kind: 'recorded' }, midQuote: 1, cutShort: false } as const

  test('a refusal by risk is told with its code, other decisions are not', () => {
    const verdict = { kind: 'refused', code: 'order-value', detail: 'worth 9' } as const
    const alert = sessionAlert({ ...decided, record: decisionRecord(1, { verdict }) })
    expect(alert).toMatchObject({ kind: 'refusal', severity: 'warning', data: { code: 'order-value' } })
    expect(sessionAlert({ ...decided, record: decisionRecord(1) })).toBeUndefined()
  })

  test('lost data and latches are told', () => {
    expect(sessionAlert({ kind: 'gap', gap: gapOf(1_000, 'sequence') })).toMatchObject({ kind: 'disconnect' })
    const latches = { kill: { at: NOW, detail: 'by hand' } }
    expect(sessionAlert({ kind: 'latched', latches, at: NOW })).toMatchObject({ kind: 'halt', severity: 'critical' })
  })
})

test('an id is at most 200 characters', () => {
  expect(makeAlert(NOW, 'stop', 'info', 'x'.repeat(300), 'text').id).toHaveLength(200)
})
