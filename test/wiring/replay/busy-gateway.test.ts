import { Subject } from 'rxjs'
import { expect, test } from 'vitest'
import type { ApprovedOrder } from '../../../src/core/order.ts'
import type { AccountEvent, OrderGateway, Submission } from '../../../src/trading/order-gateway.port.ts'
import { busyGateway } from '../../../src/wiring/replay/busy-gateway.ts'

test('is busy once for each word of the venue, and as long as an answer is owed', async () => {
  const events = new Subject<AccountEvent>()
  let answer: (submission: Submission) => void = () => undefined
  const venue = {
    venue: 'simulated',
    events$: events,
    submit: () =>
      new Promise<Submission>((resolve) => {
        answer = resolve
      }),
  } as unknown as OrderGateway
  const { gateway, isBusy } = busyGateway(venue)
  expect(isBusy()).toBe(false)
  events.next({ kind: 'stream', state: 'up', detail: '' })
  expect([isBusy(), isBusy()]).toEqual([true, false])

  const submitted = gateway.submit({} as ApprovedOrder)
  expect([isBusy(), isBusy()]).toEqual([true, true])
  answer({ kind: 'accepted', venueId: '1' })
  expect(await submitted).toEqual({ kind: 'accepted', venueId: '1' })
  expect([isBusy(), isBusy()]).toEqual([true, false])
})
