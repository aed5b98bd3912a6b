import type { OrderIntent } from '../../../src/core/order.ts'
import { epochMs, lots } from '../../../src/core/units.ts'
import { clientOrderId } from '../../../src/trading/client-order-id.ts'
import type { DecisionRecord } from '../../../src/trading/journal-records.ts'
import { approved } from './approved.ts'
import { BTC, START_AT } from './fake-venue.ts'

const BAR_MS = 60_000

export function decisionRecord(index: number, fields: Partial<DecisionRecord> = {}): DecisionRecord {
  const barEndAt = epochMs(START_AT + index * BAR_MS)
  return {
    decisionId: `${BTC.symbol}@${barEndAt}`,
    symbol: BTC.symbol,
    barStartAt: epochMs(barEndAt - BAR_MS),
    barEndAt,
    bar: { open: 100, high: 101, low: 99, close: 100, buyVolume: 1, sellVolume: 2, tradeCount: 3, ofi: -1, taints: [] },
    bidTicks: 999,
    askTicks: 1001,
    bidSize: 1,
    askSize: 2,
    featureSchemaHash: 'schema',
    featureHash: 'features',
    forecast: null,
    modelId: null,
    provider: null,
    target: { kind: 'target', lots: 1, edgeBps: 3, costBps: 1, reason: 'enter' },
    verdict: { kind: 'none' },
    clientId: null,
    latency: {
      featureMs: 0.1,
      forecastMs: 0.2,
      decideMs: 0.1,
      commitMs: null,
      closeToSendMs: null,
      sendToAnswerMs: null,
    },
    positionLots: 0,
    equity: '10000',
    ...fields,
  }
}

/** The decision of bar `index` and the order made from it. */
export function decided(index: number, fields: Partial<OrderIntent> = {}) {
  const plain = decisionRecord(index)
  const clientId = clientOrderId('test', plain.decisionId)
  const order = approved({ clientId, decisionId: plain.decisionId, lots: lots(10), ...fields })
  return { record: decisionRecord(index, { clientId, verdict: { kind: 'approved' } }), order }
}
