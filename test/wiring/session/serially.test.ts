import { lastValueFrom, of, Subject, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { serially } from '../../../src/wiring/session/serially.ts'

const never = () => {
  throw new Error('overflow')
}

/** A promise that the test settles. */
function gate() {
  let open: () => void = never
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open }
}

describe('serially', () => {
  test('steps without a promise run at once, in order', () => {
    const seen: number[] = []
    of(1, 2, 3)
      .pipe(serially((n) => void seen.push(n), 1, never))
      .subscribe()
    expect(seen).toEqual([1, 2, 3])
  })

  test('events behind a pending step wait for it and keep their order', async () => {
    const { promise, open } = gate()
    const seen: number[] = []
    const step = (n: number) => {
      seen.push(n)
      return n === 1 ? promise : undefined
    }
    const done = lastValueFrom(of(1, 2, 3).pipe(serially(step, 8, never), toArray()))
    expect(seen).toEqual([1])
    open()
    expect(await done).toEqual([1, 2, 3])
    expect(seen).toEqual([1, 2, 3])
  })

  test('at the bound an event overflows, and the queue still drains', async () => {
    const { promise, open } = gate()
    const source = new Subject<number>()
    const lost: number[] = []
    const done = lastValueFrom(
      source.pipe(
        serially(
          (n) => (n === 1 ? promise : undefined),
          2,
          (n) => lost.push(n),
        ),
        toArray(),
      ),
    )
    for (const n of [1, 2, 3, 4]) source.next(n)
    source.complete()
    open()
    expect(await done).toEqual([1, 2, 3])
    expect(lost).toEqual([4])
  })

  test('an event that a step causes comes after the step', () => {
    const source = new Subject<number>()
    const order: string[] = []
    source
      .pipe(
        serially(
          (n) => {
            order.push(`begin ${n}`)
            if (n === 1) source.next(2)
            order.push(`end ${n}`)
            return undefined
          },
          8,
          never,
        ),
      )
      .subscribe()
    source.next(1)
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  test('a failing step ends the stream with its error', async () => {
    const failing = of(1, 2).pipe(serially(() => Promise.reject(new Error('bug')), 8, never))
    await expect(lastValueFrom(failing)).rejects.toThrow('bug')
    const throwing = of(1, 2).pipe(
      serially(
        () => {
          throw new Error('bug')
        },
        8,
        never,
      ),
    )
    await expect(lastValueFrom(throwing)).rejects.toThrow('bug')
  })
})
