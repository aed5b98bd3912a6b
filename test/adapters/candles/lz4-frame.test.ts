import fc from 'fast-check'
import lz4 from 'lz4js'
import { expect, test } from 'vitest'
import { decodeLz4 } from '../../../src/adapters/candles/lz4-frame.ts'

/** Bytes that repeat themselves and overlap their repeats. */
const bytes = fc.array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(300)), { maxLength: 20 }).map((parts) =>
  Uint8Array.from(
    parts.flatMap(
      ([part, times]) =>
        Array(times)
          .fill([...part])
          .flat() as number[],
    ),
  ),
)

test('property: what another library compresses comes back', () => {
  fc.assert(
    fc.property(bytes, (plain) => {
      expect(Buffer.compare(decodeLz4(lz4.compress(plain)), plain)).toBe(0)
    }),
  )
})

test('property: a damaged or shortened frame ends in bytes or a RangeError', () => {
  const frame = lz4.compress(Uint8Array.from({ length: 2_000 }, (_, n) => (n * n) % 97))
  fc.assert(
    fc.property(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, mask, isCut) => {
      try {
        decodeLz4(isCut ? frame.subarray(0, at) : frame.with(at, frame[at]! ^ mask))
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(RangeError)
      }
    }),
    { numRuns: 500 },
  )
})

test('blocks refer to those before them, checksums and size are skipped', () => {
  const header = [0x04, 0x22, 0x4d, 0x18, 0b0101_1100, 0x40, 3, 0, 0, 0, 0, 0, 0, 0, 0]
  const stored = [3, 0, 0, 0x80, 7, 8, 9, 1, 1, 1, 1]
  // No literal, a match of 4 three bytes back, then one literal.
  const linked = [5, 0, 0, 0, 0x00, 3, 0, 0x10, 5, 1, 1, 1, 1]
  expect([...decodeLz4(Uint8Array.from([...header, ...stored, ...linked, 0, 0, 0, 0, 1, 2, 3, 4]))]).toEqual([
    7, 8, 9, 7, 8, 9, 7, 5,
  ])
})

test('a match before the start is damage', () => {
  const frame = [0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0, 5, 0, 0, 0, 0x10, 5, 2, 0, 0, 0, 0, 0, 0]
  expect(() => decodeLz4(Uint8Array.from(frame))).toThrow(RangeError)
})
