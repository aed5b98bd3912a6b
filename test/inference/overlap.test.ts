import { describe, expect, test } from 'vitest'
import { overlap } from '../../src/inference/overlap.ts'

const memory = new Float32Array(new SharedArrayBuffer(4 * 20))
memory.set(Array.from({ length: 20 }, (_, at) => at))
const view = (from: number, length = 6): Float32Array => memory.subarray(from, from + length)

describe('overlap', () => {
  test('windows at equal distances are one stretch of memory', () => {
    const found = overlap([view(2), view(5), view(8)])
    expect(found?.stride).toBe(3)
    expect(found?.values.buffer).toBe(memory.buffer)
    expect([...found!.values]).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
  })

  test.each<[string, readonly Float32Array[]]>([
    ['nothing', []],
    ['a lone window: copying it is cheaper', [view(2)]],
    ['memory of one thread', [new Float32Array(20).subarray(0, 6), new Float32Array(20).subarray(3, 9)]],
    ['another memory', [view(0), new Float32Array(new SharedArrayBuffer(80)).subarray(3, 9)]],
    ['backwards', [view(5), view(2)]],
    ['the same twice', [view(2), view(2)]],
    ['unequal distances', [view(0), view(3), view(7)]],
    ['unequal lengths', [view(0), view(3, 5)]],
  ])('%s is none', (_name, windows) => {
    expect(overlap(windows)).toBeUndefined()
  })
})
