import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TERMINAL } from '../../src/core/order.ts'
import { lots } from '../../src/core/units.ts'
import type { AccountEvent } from '../../src/trading/order-gateway.port.ts'
import { approved } from './support/approved.ts'
import { traderBench } from './support/bench.ts'
import { decided } from './support/decisions.ts'
import { BTC, type Fate } from './support/fake-venue.ts'

const FATES: readonly Fate[] = ['ok', 'reject', 'lose-request', 'lose-response', 'hang', 'vanish']

/** Lets `turns` microtasks pass: each is a boundary at which the process may die. */
async function pass(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve()
}

// Faults 5-8: intent committed and not sent, sent without an answer, answered and not committed, filled and not committed.
describe.each(FATES)('the process dies after an order that meets the fate %s', (fate) => {
  test.each([0, 1, 2, 3, 5, 13, 34])('%i microtasks later', async (turns) => {
    const bench = await traderBench()
    await bench.trader.start()
    bench.venue.script.fate = fate
    const { order, record } = decided(1)
    bench.trader.place(order, record)
    await pass(turns)
    await bench.crash()
    bench.expectAgreement()
    expect(bench.venue.submitted).toEqual([order.clientId])
    expect(TERMINAL.has(bench.journal.order(order.clientId)!.state)).toBe(true)
    expect(bench.trader.place(order, record)).toEqual({ kind: 'duplicate' }) // The bar met again sends nothing.
    expect(bench.trader.freezes(BTC.symbol)).toEqual(new Set())
    await bench.close()
  })

  test('while its frames come in', async () => {
    for (const frames of [1, 2, 3]) {
      const bench = await traderBench()
      await bench.trader.start()
      bench.venue.script.fate = fate
      const { order, record } = decided(1)
      bench.trader.place(order, record)
      bench.venue.deliver((all) => all.slice(0, frames))
      await bench.crash()
      bench.expectAgreement()
      await bench.close()
    }
  })
})

type Op =
  | {
      readonly op: 'place'
      readonly fate: Fate
      readonly fillLots: number
      readonly side: 'buy' | 'sell'
      readonly gtc: boolean
    }
  | { readonly op: 'deliver'; readonly seed: number; readonly dropped: number; readonly repeated: number }
  | {
      readonly op: 'by-hand' | 'fill-more' | 'cancel' | 'crash' | 'silence' | 'hide' | 'reconnect' | 'wait' | 'transfer'
    }

const ops = fc.array(
  fc.oneof(
    fc.record({
      op: fc.constant('place' as const),
      fate: fc.constantFrom(...FATES.filter((fate) => fate !== 'hang' && fate !== 'vanish')),
      fillLots: fc.nat(10),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      gtc: fc.boolean(),
    }),
    fc.record({ op: fc.constant('deliver' as const), seed: fc.nat(1000), dropped: fc.nat(2), repeated: fc.nat(2) }),
    fc.record({
      op: fc.constantFrom<Exclude<Op['op'], 'place' | 'deliver'>>(
        ...(['by-hand', 'fill-more', 'cancel', 'crash', 'silence', 'hide', 'reconnect', 'wait', 'transfer'] as const),
      ),
    }),
  ),
  { minLength: 3, maxLength: 18 },
)

type Bench = Awaited<ReturnType<typeof traderBench>>

/** Drops, repeats and reorders frames, a pure function of the numbers. */
function arranged(frames: AccountEvent[], { seed, dropped, repeated }: Extract<Op, { op: 'deliver' }>): AccountEvent[] {
  const kept = frames.slice(dropped)
  const all = [...kept, ...kept.slice(0, repeated)]
  return all
    .map((frame, at) => ({ frame, key: ((at + 1) * (seed * 2 + 1) * 7919) % 1009 }))
    .sort((a, b) => a.key - b.key)
    .map(({ frame }) => frame)
}

async function perform(bench: Bench, op: Op, index: number): Promise<void> {
  const { venue } = bench
  switch (op.op) {
    case 'place': {
      venue.script.fate = op.fate
      venue.script.fillLots = op.fillLots
      const { order, record } = decided(index, { side: op.side, timeInForce: op.gtc ? 'GTC' : 'IOC' })
      bench.trader.place(order, record)
      return pass(op.fillLots)
    }
    case 'deliver':
      return venue.deliver((frames) => arranged(frames, op))
    case 'by-hand':
      venue.script.fillLots = 3
      return void venue.byHand(approved({ clientId: `web-${index}`, lots: lots(3) }))
    case 'fill-more': {
      const open = [...venue.orders.values()].find(({ state }) => state === 'open' || state === 'partial')
      return open && venue.execute(open.clientId, 1)
    }
    case 'cancel':
      return void (await bench.trader.cancelAll())
    case 'crash':
      venue.setSilent(false)
      return bench.crash()
    case 'silence':
      return venue.setSilent(true)
    case 'hide':
      return venue.hideFor(3_000)
    case 'reconnect':
      venue.pending.length = 0
      venue.emit({ kind: 'stream', state: 'down', detail: '' })
      return venue.emit({ kind: 'stream', state: 'up', detail: '' })
    case 'wait':
      await bench.trader.settled()
      return bench.time.advance(10_000)
    case 'transfer':
      return venue.transfer(5)
  }
}

test('whatever happens, in whatever order: once the venue answers again, ledger and venue agree', async () => {
  await fc.assert(
    fc.asyncProperty(ops, async (sequence) => {
      const bench = await traderBench()
      await bench.trader.start()
      for (const [index, op] of sequence.entries()) await perform(bench, op, index)
      bench.venue.setSilent(false)
      bench.time.advance(10_000)
      await bench.trader.settled()
      bench.venue.deliver()
      await bench.trader.settled()
      const first = await bench.trader.reconcile('reconnect')
      const second = await bench.trader.reconcile('reconnect')
      expect([first.positionMatches, second.positionMatches, second.balanceMatches]).toEqual([true, true, true])
      bench.expectAgreement()
      expect([...bench.trader.freezes(BTC.symbol)].filter((reason) => reason !== 'stream-down')).toEqual([])
      await bench.close()
    }),
    { numRuns: 40, seed: 42 },
  )
})
