import { describe, expect, test } from 'vitest'
import { openState } from '../../../src/adapters/sqlite/open-state.ts'
import { converter } from '../../../src/core/instrument.ts'
import { signalAlert } from '../../../src/wiring/alerts/signal-alert.ts'
import { type Signal, signalDesk } from '../../../src/wiring/daemon/signal-desk.ts'
import { BTCUSDT } from '../../market/instruments.ts'
import { decided } from '../../trading/support/decisions.ts'

describe('signalDesk', () => {
  test('tells an approved order instead of sending it, and remembers the position it stands for', () => {
    const { journal } = openState(':memory:', { mode: 'signal', venue: 'test' })
    const desk = signalDesk(journal, 10_000)
    const signals: Signal[] = []
    desk.signals$.subscribe((signal) => signals.push(signal))
    const one = decided(1)
    expect(desk.commit([one])).toEqual([{ kind: 'recorded' }])
    expect(signals).toHaveLength(1)
    const { symbol, lots, side } = one.order
    const signed = side === 'buy' ? lots : -lots
    expect(desk.position(symbol).lots).toBe(signed)
    expect(signalDesk(journal, 10_000).position(symbol).lots).toBe(signed)
    expect(journal.counts()).toMatchObject({ decisions: 1, intents: 0 })
    const alert = signalAlert(signals[0]!, new Map([[symbol, converter({ ...BTCUSDT, symbol })]]))
    expect(alert).toMatchObject({ kind: 'signal', severity: 'info' })
    expect(alert.text).toContain(side)
  })

  test('a bar met again after a restart says nothing twice', () => {
    const { journal } = openState(':memory:', { mode: 'signal', venue: 'test' })
    signalDesk(journal, 10_000).commit([decided(1)])
    const again = signalDesk(journal, 10_000)
    const signals: Signal[] = []
    again.signals$.subscribe((signal) => signals.push(signal))
    expect(again.commit([decided(1)])).toEqual([{ kind: 'duplicate' }])
    expect(signals).toEqual([])
  })
})
