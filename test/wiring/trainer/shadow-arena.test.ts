import { describe, expect, test } from 'vitest'
import { arenaBench, atSecond, marketBar, stubModel, windowOf } from './support/arena-bench.ts'

const blind = () => stubModel('blind', 'blind')
const sees = () => stubModel('sees', 'sees')

describe('a challenger', () => {
  test('that is better passes at the first look: 100 bars of which the outcome and a baseline are known', async () => {
    const { show, arena } = arenaBench({ old: blind, new: sees })
    const found = await show(1, 200)
    await arena.close()
    expect(found).toMatchObject({ judged: [{ version: 'new', passed: true, over: 'old' }] })
    expect(found!.second).toBe(121) // 20 outcomes before the baseline says anything, and one bar of horizon.
  })

  test('that is no better is refused at that look', async () => {
    const { show } = arenaBench({ old: blind, new: blind })
    expect(await show(1, 200)).toMatchObject({ judged: [{ version: 'new', passed: false, over: 'old' }] })
  })

  test('that never answers is refused when its time is over, not before', async () => {
    const { show, forecasts } = arenaBench({ old: blind, new: () => stubModel('mute', 'mute') })
    expect(await show(1, 200)).toMatchObject({
      second: 150,
      judged: [{ passed: false, why: expect.stringMatching(/^150 live bars/) }],
    })
    expect(forecasts).toEqual([])
  })

  test('is shown bars that begin after it was made, and after the champion came into force; each is told once', async () => {
    const { show, forecasts, challengers } = arenaBench({ old: blind, new: sees })
    await show(1, 8, challengers('new'), atSecond(4))
    expect(forecasts).toEqual([5, 6, 7, 8].map((second) => ['new', second]))
  })

  test.each([
    [
      'it cannot be loaded',
      () => {
        throw new Error('it is damaged')
      },
      /cannot be run: it is damaged/,
    ],
    ['it looks ahead otherwise', () => stubModel('far', 'blind', 2), /2 bars, the model that decides 1/],
  ])('is refused when %s', async (_name, make, why) => {
    const { show, problems } = arenaBench({ old: blind, new: make })
    expect(await show(1, 3)).toMatchObject({ second: 1, judged: [{ passed: false, why: expect.stringMatching(why) }] })
    expect(problems).toEqual([])
  })

  test('is refused when it decides already', async () => {
    const { show, held } = arenaBench({ old: blind, new: sees })
    held.current = 'new'
    expect(await show(1, 3)).toMatchObject({ judged: [{ passed: false, why: 'it decides already' }] })
  })

  test('whose comparison breaks off is refused, and the others go on', async () => {
    const breaks = () => ({ ...blind(), forecast: () => Promise.reject(new Error('out of order')) })
    const { show, challengers, forecasts } = arenaBench({ old: blind, new: breaks, other: sees })
    const found = await show(1, 3, challengers('new', 'other'))
    expect(found).toMatchObject({
      second: 1,
      judged: [{ version: 'new', passed: false, why: expect.stringMatching(/broke off: out of order/) }],
    })
    expect(forecasts).toEqual([['other', 1]])
  })
})

describe('the model that decides', () => {
  test('is another one: comparisons begin anew, and what was loaded is let go', async () => {
    const first = sees()
    const made = [first, sees()]
    const { show, held, challengers, loaded, problems } = arenaBench({
      ...{ old: blind, next: blind },
      new: () => made.shift()!,
    })
    await show(1, 110)
    held.current = 'next'
    expect(await show(111, 215, challengers('new'))).toBeUndefined()
    expect(first.released).toBe(1)
    expect(loaded).toEqual(['old', 'new', 'next', 'new'])
    expect(problems).toEqual([])
  })

  test('cannot be run in shadow: challengers wait for another one, and are told of once', async () => {
    const broken = (): never => {
      throw new Error('another schema')
    }
    const { show, held, loaded, problems, forecasts } = arenaBench({ old: broken, next: blind, new: sees })
    expect(await show(1, 5)).toBeUndefined()
    expect(loaded).toEqual(['old'])
    expect(problems).toEqual([expect.stringMatching(/challengers wait: old.*another schema/)])
    held.current = 'next'
    await show(6, 6)
    expect(forecasts).toEqual([['new', 6]])
  })

  test('is not known for a moment: nothing is lost by it', async () => {
    let fails = false
    const champion = async () => {
      if (fails) throw new Error('too many open files')
      return 'old'
    }
    const { show, loaded, problems } = arenaBench({ old: blind, new: sees }, { champion })
    await show(1, 5)
    fails = true
    await show(6, 10)
    fails = false
    await show(11, 15)
    expect(loaded).toEqual(['old', 'new'])
    expect(problems).toHaveLength(1)
  })

  test('is none: the challenger has only the baseline to beat', async () => {
    const { show, held } = arenaBench({ new: sees })
    held.current = undefined
    expect(await show(1, 200)).toMatchObject({ judged: [{ passed: true, over: undefined }] })
  })
})

test('tainted bars and holes: no forecast on a tainted bar, and no outcome across either', async () => {
  const { arena, challengers, forecasts } = arenaBench({ old: blind, new: sees }, { barsMax: 10_000 })
  const known: number[] = []
  const probe = arenaBench(
    { old: blind, new: sees },
    {
      barsMax: 9,
      baseline(outcomes) {
        known.push(...outcomes.map(({ at }) => at / 1_000 - atSecond(0) / 1_000))
        return { name: 'none', outcomes: [] }
      },
    },
  )
  for (const second of [1, 2, 3, 4, 6, 7, 8, 9, 10]) {
    const bar = marketBar(second, second === 3 ? { taints: ['gap'] } : {})
    for (const { arena: one } of [{ arena }, probe]) {
      await one.sync(challengers('new'))
      await one.step([windowOf(bar)])
    }
  }
  expect(forecasts.map(([, second]) => second)).toEqual([1, 2, 4, 6, 7, 8, 9, 10])
  // 2 ends in the tainted bar, 4 in the hole, 10 is still open.
  expect(known).toEqual([1, 6, 7, 8, 9])
})
