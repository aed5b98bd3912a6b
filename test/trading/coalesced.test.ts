import { expect, test } from 'vitest'
import { coalesced } from '../../src/trading/coalesced.ts'

test('one at a time; calls during a run share the next one, with the first such argument', async () => {
  const started: string[] = []
  const finish: (() => void)[] = []
  const run = coalesced(async (name: string) => {
    started.push(name)
    await new Promise<void>((resolve) => finish.push(resolve))
    return name
  })
  const first = run('a')
  const [second, third] = [run('b'), run('c')]
  expect(started).toEqual(['a'])
  finish[0]!()
  expect(await first).toBe('a')
  await Promise.resolve()
  expect(started).toEqual(['a', 'b'])
  const fourth = run('d')
  finish[1]!()
  expect(await Promise.all([second, third])).toEqual(['b', 'b'])
  await Promise.resolve()
  finish[2]!()
  expect(await fourth).toBe('d')
})

test('a run that fails does not block the next', async () => {
  let count = 0
  const run = coalesced(async () => {
    if (count++ === 0) throw new Error('first')
    return count
  })
  const [first, second] = [run(undefined), run(undefined)]
  await expect(first).rejects.toThrow('first')
  expect(await second).toBe(2)
})
