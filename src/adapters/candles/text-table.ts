import type { Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { PassThrough, Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createInflateRaw } from 'node:zlib'
import { InputError, messageOf, TickwrightError } from '../../core/errors.ts'
import type { RawTable } from '../../market/candles/table.ts'
import { CsvRows } from './csv-rows.ts'
import { jsonRows } from './json-rows.ts'
import type { Choose } from './wanted-rows.ts'

/** JSON is parsed whole; uncompressed. */
const JSON_BYTES_MAX = 256 * 2 ** 20
/** Where the first bracket of a JSON file is looked for. */
const HEAD_BYTES = 64
const PIECE_BYTES = 2 ** 20

/** Streams a CSV or JSON file, gzipped or not; `hash` gets its bytes. */
export function textTable(file: string, isGzip: boolean, hash: Hash, choose: Choose): Promise<RawTable> {
  const source = createReadStream(file, { highWaterMark: PIECE_BYTES })
  const unzip = isGzip ? createGunzip({ chunkSize: PIECE_BYTES }) : new PassThrough()
  return readPieces(file, source, unzip, choose, (piece) => hash.update(piece))
}

/** The same from a member of a zip archive: its bytes as they stand there. */
export function memberTable(file: string, bytes: Uint8Array, isDeflated: boolean, choose: Choose): Promise<RawTable> {
  const unzip = isDeflated ? createInflateRaw({ chunkSize: PIECE_BYTES }) : new PassThrough()
  return readPieces(file, Readable.from([bytes]), unzip, choose, () => undefined)
}

async function readPieces(
  file: string,
  source: Readable,
  unzip: Transform,
  choose: Choose,
  onPiece: (piece: Uint8Array) => void,
): Promise<RawTable> {
  let table: RawTable | undefined
  try {
    await pipeline(
      source,
      async function* (pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) {
          onPiece(piece)
          yield piece
        }
      },
      unzip,
      async (pieces: AsyncIterable<Uint8Array>) => {
        table = await tableOf(file, pieces, choose)
      },
    )
  } catch (thrown) {
    if (thrown instanceof TickwrightError) throw thrown
    const isZlib = thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_')
    const what = isZlib ? 'its compressed data are cut off or damaged' : 'cannot read it'
    throw new InputError(`${file}: ${what}: ${messageOf(thrown)}`, { file }, thrown)
  }
  return table!
}

async function tableOf(file: string, pieces: AsyncIterable<Uint8Array>, choose: Choose): Promise<RawTable> {
  const csv = new CsvRows(file, choose)
  let json: Uint8Array[] | undefined
  let length = 0
  for await (const piece of pieces) {
    if (length === 0 && /^\s*\[/.test(Buffer.from(piece.subarray(0, HEAD_BYTES)).toString('latin1'))) json = []
    length += piece.length
    if (json === undefined) {
      csv.feed(piece)
      continue
    }
    if (length > JSON_BYTES_MAX)
      throw new InputError(`${file}: a JSON file has at most ${JSON_BYTES_MAX} bytes`, { file })
    json.push(piece)
  }
  return json === undefined ? csv.end() : jsonRows(file, Buffer.concat(json).toString('utf8'), choose)
}
