import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDecimals } from '../../../src/adapters/candles/decimal-row.ts'
import { numberOf } from '../../../src/adapters/candles/number-text.ts'
import { InputError } from '../../../src/core/errors.ts'
import { candleFolder, readCandles, rowsOf, valuesOf } from './folder.ts'

const fileOf = candleFolder()

const HEADER = 'ts,open,high,low,close,volume'
const TWO = '1,2,3,1,2.5,10\n2,2,3,1,2.25,0\n'
const ROWS = [
  [1, 2, 3, 1, 2.5, 10],
  [2, 2, 3, 1, 2.25, 0],
]

/** An archive with one member, as `zip` makes it. */
function zipOf(content: string, method: 0 | 8, members = 1): Buffer {
  const body = method === 8 ? deflateRawSync(content) : Buffer.from(content)
  const sizes = Buffer.alloc(12)
  sizes.writeUInt32LE(0, 0)
  sizes.writeUInt32LE(body.length, 4)
  sizes.writeUInt32LE(content.length, 8)
  const local = Buffer.concat([
    Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, method, 0, 0, 0, 0, 0]),
    sizes,
    Buffer.from([3, 0, 2, 0]),
    Buffer.from('a.c\0\0'),
  ])
  const central = Buffer.concat([
    Buffer.from([0x50, 0x4b, 1, 2, 20, 0, 20, 0, 0, 0, method, 0, 0, 0, 0, 0]),
    sizes,
    Buffer.alloc(18),
    Buffer.from('a.c'),
  ])
  central.writeUInt16LE(3, 28)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(members, 10)
  end.writeUInt32LE(local.length + body.length, 16)
  return Buffer.concat([local, body, central, end])
}

describe('what a text file is, its bytes say, whatever its name', () => {
  test.each<[name: string, content: string | Uint8Array]>([
    ['CSV', `${HEADER}\n${TWO}`],
    ['CSV without a header', TWO],
    [
      'CSV with CRLF, byte-order mark and quoted names',
      `\uFEFF"ts","open","high","low","close","volume"\r\n${TWO.replaceAll('\n', '\r\n')}`,
    ],
    ['CSV without a line feed at its end', `${HEADER}\n${TWO.trimEnd()}`],
    ['CSV with empty lines at its end', `${HEADER}\n${TWO}\n\n`],
    ['gzipped CSV', gzipSync(`${HEADER}\n${TWO}`)],
    ['two gzip members', Buffer.concat([gzipSync(`${HEADER}\n`), gzipSync(TWO)])],
    ['deflated zip', zipOf(`${HEADER}\n${TWO}`, 8)],
    ['stored zip', zipOf(TWO, 0)],
    ['JSON', JSON.stringify(ROWS)],
    ['JSON with texts, as exchanges send numbers', ` \n${JSON.stringify(ROWS.map((row) => row.map(String)))}`],
    ['gzipped JSON', gzipSync(JSON.stringify(ROWS))],
    ['zipped JSON', zipOf(JSON.stringify(ROWS), 8)],
  ])('%s', async (name, content) => {
    expect(rowsOf(await readCandles(fileOf(`${name}.dat`, content)))).toEqual(ROWS)
  })

  test('a file longer than one piece', async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => `${n},1.${n},2.5,0.25,${n / 8},1e-3`)
    const table = await readCandles(fileOf('long.csv', lines.join('\n')))
    expect(table.rows).toBe(60_000)
    expect(valuesOf(table, 'close')).toEqual(lines.map((_, n) => n / 8))
    expect(valuesOf(table, 'open')).toEqual(lines.map((_, n) => Number(`1.${n}`)))
    expect(valuesOf(table, 'volume').every((value) => value === 1e-3)).toBe(true)
  })
})

describe('a file that is none is refused by name', () => {
  const gzipped = gzipSync(`${HEADER}\n${TWO.repeat(500)}`)
  const zipped = zipOf(TWO.repeat(500), 8)
  test.each<[name: string, content: string | Uint8Array, message: string]>([
    ['empty', '', 'it is empty'],
    ['empty lines', '\n\n', 'it is empty'],
    ['an empty gzip', gzipSync(''), 'it is empty'],
    ['text in a number', `${HEADER}\n${TWO}3,2,3,1,abc,1\n`, 'line 4: close is "abc"; it must be a number'],
    ['a hexadecimal', `${HEADER}\n${TWO}3,2,3,1,0x10,1\n`, 'line 4: close is "0x10"; it must be a number'],
    ['a date', `${HEADER}\n2025-01-01,1,1,1,1,1\n`, 'line 2: ts is "2025-01-01"; it must be a number'],
    ['a line cut off', `${HEADER}\n${TWO}3,2,3`, 'line 4: it has 3 values; the first line has 6'],
    ['a line too long', `${HEADER}\n${TWO}3,2,3,1,2,1,0\n`, 'line 4: it has 7 values; the first line has 6'],
    ['an empty line', `${HEADER}\n\n${TWO}`, 'line 2: it is empty; only the end of the file may be'],
    [
      'an unknown column',
      'ts,open,high,low,close,volume,oi\n',
      'column "oi" is unknown; the plain layout has ts, open',
    ],
    ['semicolons', HEADER.replaceAll(',', ';'), 'columns ts;open;high;low;close;volume are no known layout'],
    ['no line feeds', 'x'.repeat(70_000), 'line 1: it is longer than 65536 bytes'],
    ['a gzip cut off', gzipped.subarray(0, -20), 'its compressed data are cut off or damaged: unexpected end of file'],
    ['a gzip damaged', gzipped.with(40, gzipped[40]! ^ 255), 'its compressed data are cut off or damaged'],
    ['a zip cut off', zipped.subarray(0, -30), 'this zip archive is cut off or damaged'],
    ['a zip of two', zipOf(TWO, 8, 2), 'it is a zip archive of 2 files; one is due'],
    ['JSON cut off', '[[1,2,3,1,2,1],', 'it is no JSON'],
    ['JSON of objects', '[{"ts":1}]', 'row 1: it must be an array of numbers'],
    ['JSON with a short row', '[[1,2,3,1,2,1],[2,1]]', 'row 2: it must be an array of 6 numbers'],
    ['JSON with text', '[[1,2,3,1,2,1],[2,1,1,1,"x",1]]', 'row 2: close is "x"; it must be a number'],
    ['JSON with a boolean', '[[1,2,3,1,true,1]]', 'row 1: close is true; it must be a number'],
    ['JSON without rows', '[]', 'it holds no rows'],
    ['Feather 1', 'FEA1....', 'it is a Feather v1 file; write it anew as Feather v2'],
    ['an Arrow stream', Buffer.from([255, 255, 255, 255, 0]), 'it is an Arrow stream'],
  ])('%s', async (name, content, message) => {
    const file = fileOf(`${name}.bad`, content)
    await expect(readCandles(file)).rejects.toThrow(InputError)
    await expect(readCandles(file)).rejects.toThrow(`${file}: ${message}`)
  })

  test.each([
    ['/nowhere/bars.csv', 'cannot read it: ENOENT'],
    ['/', 'it must be a file, no folder'],
  ])('%s', async (file, message) => {
    await expect(readCandles(file)).rejects.toThrow(`${file}: ${message}`)
  })
})

describe('numbers', () => {
  test.each([
    ['1.5', 1.5],
    [' -1e-3 ', -1e-3],
    ['.5', 0.5],
    ['5.', 5],
    ['+2E2', 200],
    ['', Number.NaN],
    ['NaN', Number.NaN],
    ['null', Number.NaN],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['0x1', undefined],
    ['1 2', undefined],
    ['1_000', undefined],
    ['True', undefined],
  ])('%j -> %d', (text, value) => {
    expect(numberOf(text)).toBe(value)
  })

  /** One line of two cells, the first unwanted. */
  const fast = (cell: string): number | undefined => {
    const bytes = Buffer.from(`xx,${cell}`)
    const into = new Float64Array(1)
    return readDecimals(bytes, 0, bytes.length, Int32Array.of(-1, 0), [into], 0) ? into[0] : undefined
  }

  test('property: the fast way gives the nearest double, as the language does, or nothing', () => {
    const decimal = fc.tuple(fc.boolean(), fc.bigInt(0n, 10n ** 17n), fc.nat(17)).map(([isNegative, digits, point]) => {
      const text = String(digits).padStart(point + 1, '0')
      return `${isNegative ? '-' : ''}${text.slice(0, text.length - point)}.${text.slice(text.length - point)}`
    })
    let read = 0
    fc.assert(
      fc.property(decimal, (text) => {
        const value = fast(text)
        if (value === undefined) return
        read += 1
        expect(value).toBe(Number(text))
      }),
      { numRuns: 2_000 },
    )
    expect(read).toBeGreaterThan(200)
    expect(fast('1735689600000123')).toBe(1735689600000123)
  })

  test.each(['', '-', '.', '1.2.3', '1e5', '12345678901234567', '9007199254740993', '1,2', ' 1', 'nan'])(
    '%j is left to the careful way',
    (text) => {
      expect(fast(text)).toBeUndefined()
    },
  )
})
