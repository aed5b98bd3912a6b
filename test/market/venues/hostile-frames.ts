import fc from 'fast-check'
import { expect } from 'vitest'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { FrameMapper, FrameOutcome } from '../../../src/market/frame-mapper.ts'

const deep = (): unknown => {
  let value: unknown = 0
  for (let depth = 0; depth < 2_000; depth += 1) value = [value]
  return value
}

/** What stands where a field belongs. */
const HOSTILE: readonly unknown[] = [
  ...[
    '',
    ' ',
    '-1',
    '+1',
    '0',
    '1e308',
    'NaN',
    'Infinity',
    '0x10',
    'garbage',
    '1,5',
    '1.',
    '.',
    '9'.repeat(40),
    '\u0000',
    '١',
  ],
  ...[-1, 0, 0.5, 1e308, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, true, null, undefined],
  ...[[], {}, [[]], [null], [[null, null]], ['60000.10', '1'], [{}], [['1e308', '1e308']], [['', '']]],
  ...[
    JSON.parse('{"__proto__": {"polluted": true}}'),
    JSON.parse('{"constructor": {"prototype": {"polluted": true}}}'),
    deep(),
  ],
]

type Path = readonly (string | number)[]

function* paths(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) yield* paths(value[key as never], [...path, key])
}

function replaced(frame: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(frame) as Record<string, unknown>
  let at = copy
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
  const key = path.at(-1)!
  if (value !== undefined) at[key] = value
  else if (Array.isArray(at)) at.splice(Number(key), 1)
  else delete at[key]
  return copy
}

/** Ticks of a level in the book: a fraction is one of an old tick size. */
const isBookTicks = (value: number): boolean => value > 0 && value <= Number.MAX_SAFE_INTEGER
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

function isSoundEvent(event: MarketEvent): boolean {
  if (!isCount(event.exchangeTime)) return false
  switch (event.kind) {
    case 'book': {
      const rows = [...event.bids, ...event.asks]
      return (
        [event.firstId, event.lastId].every(isCount) &&
        rows.every((value, at) => (at % 2 === 1 ? isCount(value) : isBookTicks(value)))
      )
    }
    case 'quote':
      return [event.bidLots, event.askLots].every(isCount) && [event.bidTicks, event.askTicks].every(isBookTicks)
    case 'trade':
      return isCount(event.price) && isCount(event.size) && event.price > 0 && event.size > 0 && isSide(event.side)
    case 'liquidation':
      return isCount(event.price) && isCount(event.size) && event.price > 0 && isSide(event.side)
    case 'mark': // Any of them may be unknown.
      return !(
        event.markPrice <= 0 ||
        event.indexPrice <= 0 ||
        (event.openInterest ?? 0) < 0 ||
        event.nextFundingAt < 0
      )
    default:
      return true
  }
}

const isSide = (side: string): boolean => side === 'buy' || side === 'sell'

/** No bad number got through, and what is not an event says why. */
function isSound(outcome: FrameOutcome): boolean {
  switch (outcome.kind) {
    case 'malformed':
      return outcome.field !== '' && outcome.rule !== '' && outcome.value.length <= VALUE_LENGTH_MAX
    case 'event':
      return isSoundEvent(outcome.event)
    case 'events':
      return outcome.events.length > 0 && outcome.events.every(isSoundEvent)
    default:
      return true
  }
}

const VALUE_LENGTH_MAX = 80

/** Plain code, not one `expect` per value: there are tens of thousands. */
export function expectSound(outcome: FrameOutcome): void {
  if (!isSound(outcome)) throw new Error(`unsound: ${JSON.stringify(outcome)}`)
}

/** Every field of every frame replaced by every hostile value: never throws, lets no bad number through, pollutes nothing. */
export function expectHardened(frames: Readonly<Record<string, unknown>>, mapper: () => FrameMapper['map']): void {
  let tried = 0
  for (const frame of Object.values(frames)) {
    for (const path of paths(frame)) {
      for (const value of HOSTILE) {
        expectSound(mapper()(replaced(frame, path, value), 1 as never, 'BTCUSDT'))
        tried += 1
      }
    }
  }
  expect(tried).toBeGreaterThan(1_000)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
}

/** Any JSON at all, and any JSON in the place of any field. */
export function expectTotal(frames: Readonly<Record<string, unknown>>, mapper: () => FrameMapper['map']): void {
  fc.assert(
    fc.property(fc.jsonValue(), (frame) => {
      expectSound(mapper()(frame, 1 as never))
    }),
    { numRuns: 300 },
  )
  const places = Object.values(frames).flatMap((frame) => [...paths(frame)].map((path) => ({ frame, path })))
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), ({ frame, path }, value) => {
      expectSound(mapper()(replaced(frame, path, value), 1 as never))
    }),
    { numRuns: 1_000 },
  )
}
