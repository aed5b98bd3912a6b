import fc from 'fast-check'
import { expect } from 'vitest'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameMapper } from '../../../src/market/frame-mapper.ts'
import { sequencer } from '../../../src/market/sequencer.ts'

const KINDS = ['event', 'events', 'excluded', 'malformed', 'ignored']

/**
 * For mappers that keep state: their own frames, any JSON and resets, in any order through one of them, as a feed drives it (a loss
 * resets it). Never throws; the book of `symbol` is whole or void, never crossed.
 */
export function expectSoundInAnyOrder(
  frames: Readonly<Record<string, unknown>>,
  make: () => FrameMapper,
  symbol: string,
): void {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...Object.values(frames)) },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.constant('reset') },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const mapper = make()
      const own = sequencer()
      for (const [at, frame] of steps.entries()) {
        if (frame === 'reset') mapper.reset(symbol)
        const outcome = mapper.map(frame, at as EpochMs)
        expect(KINDS).toContain(outcome.kind)
        if (outcome.kind === 'malformed') mapper.reset(symbol)
        const events = outcome.kind === 'event' ? [outcome.event] : outcome.kind === 'events' ? outcome.events : []
        for (const event of events) {
          if (event.symbol === symbol && own.step(event, () => undefined)) mapper.reset(symbol)
        }
        expect(own.book.crossed).toBe(false)
      }
    }),
  )
}
