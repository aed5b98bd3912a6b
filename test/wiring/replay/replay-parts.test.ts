import { describe, expect, test } from 'vitest'
import { tapeScheduler } from '../../../src/wiring/replay/tape-scheduler.ts'
import { decisionHash } from '../../../src/wiring/session/decision-hash.ts'
import { decisionRecord } from '../../trading/support/decisions.ts'

describe('tapeScheduler', () => {
  test('a wait ends when the tape has reached its time, earlier waits first', async () => {
    const scheduler = tapeScheduler()
    scheduler.advance(1_000)
    const woken: string[] = []
    void scheduler.sleep(200).then(() => woken.push('later'))
    void scheduler.sleep(100).then(() => woken.push('sooner'))
    expect(scheduler.advance(1_099)).toBe(false)
    await Promise.resolve()
    expect(woken).toEqual([])
    expect(scheduler.advance(1_200)).toBe(true)
    await Promise.resolve()
    expect(woken).toEqual(['sooner', 'later'])
  })

  test('an abort ends a wait, and after the end nothing waits', async () => {
    const scheduler = tapeScheduler()
    const abort = new AbortController()
    const aborted = scheduler.sleep(1_000_000, abort.signal)
    abort.abort()
    await aborted
    const pending = scheduler.sleep(1_000_000)
    scheduler.finish()
    await pending
    await scheduler.sleep(1_000_000)
    expect(scheduler.advance(2_000_000)).toBe(false)
  })
})

describe('decisionHash', () => {
  const hashOf = (...records: ReturnType<typeof decisionRecord>[]) => {
    const hash = decisionHash()
    for (const record of records) hash.add(record)
    return hash.digest()
  }

  test('does not see how long anything took, nor on which provider', () => {
    const slow = { featureMs: 9, forecastMs: 9, decideMs: 9, commitMs: 9, closeToSendMs: 9, sendToAnswerMs: 9 }
    expect(hashOf(decisionRecord(1, { latency: slow, provider: 'cuda' }))).toBe(hashOf(decisionRecord(1)))
  })

  test.each([
    ['target', { target: { kind: 'abstain', reason: 'warm-up', edgeBps: 0, costBps: 0 } }],
    ['verdict', { verdict: { kind: 'refused', code: 'collar', detail: '' } }],
    ['features', { featureHash: 'other' }],
    ['position', { positionLots: 1 }],
    ['equity', { equity: '10000.1' }],
  ] as const)('sees a change of %s', (_what, change) => {
    expect(hashOf(decisionRecord(1, change))).not.toBe(hashOf(decisionRecord(1)))
  })

  test('sees the order of decisions', () => {
    expect(hashOf(decisionRecord(1), decisionRecord(2))).not.toBe(hashOf(decisionRecord(2), decisionRecord(1)))
  })
})
