import { expect, test } from 'vitest'
import { eachOrNone, releaseAll } from '../../src/core/each-or-none.ts'

const one = (name: string, released: string[], fails = false) => ({
  name,
  release: () => {
    released.push(name)
    return fails ? Promise.reject(new Error(`${name} is gone`)) : Promise.resolve()
  },
})

test('all that were made, in their order; released they are by whoever has them', async () => {
  const released: string[] = []
  const made = await eachOrNone(
    ['a', 'b'],
    (name) => Promise.resolve(one(name, released)),
    (thing) => thing,
  )
  expect(made.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(released).toEqual([])
})

test('when one cannot be made, those before are released, whatever that comes to, and the others never made', async () => {
  const released: string[] = []
  const asked: string[] = []
  const all = eachOrNone(
    ['a', 'b', 'c', 'd'],
    (name) => {
      asked.push(name)
      return name === 'c' ? Promise.reject(new Error('no c')) : Promise.resolve(one(name, released, name === 'a'))
    },
    (thing) => thing,
  )
  await expect(all).rejects.toThrow('no c')
  expect(asked).toEqual(['a', 'b', 'c'])
  expect(released).toEqual(['a', 'b'])
})

test('one that is gone keeps no other from being released', async () => {
  const released: string[] = []
  await releaseAll([one('a', released, true), one('b', released)])
  expect(released).toEqual(['a', 'b'])
})
