import { expect, test } from 'vitest'
import { Book, topLevels } from '../../src/market/book.ts'
import { addOrderFlow, orderFlow } from '../../src/market/order-flow.ts'

const before = { bidTicks: 100, bidLots: 7, askTicks: 102, askLots: 9 }

// Cont, Kukanov, Stoikov 2014 §2: the three cases of each side, and both together.
test.each([
  { name: 'nothing changes', now: {}, expected: 0 },
  { name: 'bid up: the whole new queue', now: { bidTicks: 101, bidLots: 3 }, expected: 3 },
  { name: 'bid equal, queue grows', now: { bidLots: 10 }, expected: 3 },
  { name: 'bid equal, queue shrinks', now: { bidLots: 2 }, expected: -5 },
  { name: 'bid down: minus the whole old queue', now: { bidTicks: 99, bidLots: 50 }, expected: -7 },
  { name: 'ask up: plus the whole old queue', now: { askTicks: 103, askLots: 50 }, expected: 9 },
  { name: 'ask equal, queue grows', now: { askLots: 12 }, expected: -3 },
  { name: 'ask equal, queue shrinks', now: { askLots: 4 }, expected: 5 },
  { name: 'ask down: minus the whole new queue', now: { askTicks: 101, askLots: 4 }, expected: -4 },
  { name: 'both sides up', now: { bidTicks: 101, bidLots: 2, askTicks: 103, askLots: 1 }, expected: 11 },
  { name: 'both sides down', now: { bidTicks: 99, bidLots: 2, askTicks: 101, askLots: 1 }, expected: -8 },
])('$name -> $expected', ({ now, expected }) => {
  expect(orderFlow(before, { ...before, ...now })).toBe(expected)
})

test('every level follows the same formula; a level that appears or goes counts whole', () => {
  const book = new Book()
  const [old, now] = [topLevels(), topLevels()]
  const sums = new Float64Array(10)
  book.apply([100, 7, 99, 5, 98, 1], [102, 9, 103, 4])
  book.readTop(old)
  // 99 grows by 1; 98 goes: level 3 is empty; 104 appears on level 3 of the asks.
  book.apply([99, 6, 98, 0], [104, 8])
  book.readTop(now)
  addOrderFlow(old, now, sums)
  expect([...sums]).toEqual([0, 1, -1 - 8, 0, 0, 0, 0, 0, 0, 0])
})
