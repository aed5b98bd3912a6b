import { Subject } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import { inbox } from '../../../src/wiring/daemon/inbox.ts'
import { markOf, watermarkOf } from '../../market/events.ts'

const kindsOf = (events: readonly MarketEvent[]) =>
  events.map((event) => (event.kind === 'gap' ? `gap:${event.reason}` : event.kind))

describe('inbox', () => {
  test('an event that found the queue full is told as a gap before the next of its instrument', async () => {
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const handled: MarketEvent[] = []
    const handle = (event: MarketEvent) => {
      handled.push(event)
      return event.kind === 'watermark' ? gate : undefined
    }
    const source = new Subject<MarketEvent>()
    inbox([source], { handle }, 1, (error) => {
      throw error
    })
    source.next(watermarkOf(1_000))
    source.next(markOf(1_100, 1))
    source.next(markOf(1_200, 2)) // One too many.
    release()
    await new Promise(setImmediate)
    source.next(markOf(1_300, 3))
    expect(kindsOf(handled)).toEqual(['watermark', 'mark', 'gap:overflow', 'mark'])
    expect(handled.at(-1)).toMatchObject({ markPrice: 3 })
  })

  test('what breaks in a step is told once and ends the stream', async () => {
    const errors: unknown[] = []
    const source = new Subject<MarketEvent>()
    const handle = () => Promise.reject(new Error('disk full'))
    inbox([source], { handle }, 8, (error) => errors.push(error))
    source.next(watermarkOf(1_000))
    source.next(watermarkOf(2_000))
    await new Promise(setImmediate)
    expect(errors).toEqual([new Error('disk full')])
  })
})
