import { promisify } from 'node:util'
import { constants, gunzip, gzip } from 'node:zlib'
import { messageOf } from '../../core/errors.ts'

const gzipAsync = promisify(gzip)
const gunzipAsync = promisify(gunzip)

/** RFC 1952: magic, deflate, FLG with FEXTRA alone. */
const START = Buffer.of(0x1f, 0x8b, 8, 4)
const PLAIN_HEADER = 10
const EXTRA_AT = PLAIN_HEADER
/** XLEN 8; subfield `TW` of 4 bytes. */
const EXTRA = Buffer.of(8, 0, 0x54, 0x57, 4, 0)
const LENGTH_AT = EXTRA_AT + EXTRA.length
/** Bytes of the header of one of our members. */
export const MEMBER_HEADER = LENGTH_AT + 4
/** Bytes of one member unpacked; the writer stays far below. Guards against a rotten length. */
const PLAIN_BYTES_MAX = 256 * 1_024 * 1_024

/**
 * One gzip member that tells its own length (as BGZF does): subfield `TW` of the extra field holds the bytes of the whole member, 32
 * bits, little-endian. Every gzip reader passes it over; ours tells by it where a cut file ends from what is rotten in its middle.
 */
export async function gzipMember(text: string): Promise<Buffer> {
  const plain = await gzipAsync(text)
  const header = Buffer.alloc(MEMBER_HEADER)
  plain.copy(header, 0, 0, PLAIN_HEADER)
  START.copy(header)
  EXTRA.copy(header, EXTRA_AT)
  header.writeUInt32LE(plain.length + MEMBER_HEADER - PLAIN_HEADER, LENGTH_AT)
  return Buffer.concat([header, plain.subarray(PLAIN_HEADER)])
}

/** Bytes of the member that begins with `header`; none when it is no member of ours. */
export function memberLength(header: Uint8Array): number | undefined {
  if (header.length < MEMBER_HEADER) return undefined
  const bytes = Buffer.from(header.buffer, header.byteOffset, MEMBER_HEADER)
  if (!bytes.subarray(0, START.length).equals(START)) return undefined
  if (!bytes.subarray(EXTRA_AT, LENGTH_AT).equals(EXTRA)) return undefined
  const length = bytes.readUInt32LE(LENGTH_AT)
  return length > MEMBER_HEADER ? length : undefined
}

/** Whether a member of ours begins anywhere in `bytes`, from `from` on. */
export function holdsMember(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(START, from); at >= 0; at = bytes.indexOf(START, at + 1)) {
    if (memberLength(bytes.subarray(at)) !== undefined) return true
  }
  return false
}

/** Text of a whole member; what is wrong with it otherwise. */
export async function unpackMember(member: Uint8Array): Promise<string | Error> {
  try {
    return (await gunzipAsync(member, { maxOutputLength: PLAIN_BYTES_MAX })).toString('utf8')
  } catch (thrown) {
    return new Error(messageOf(thrown))
  }
}

/** As much of a cut member as can be unpacked, whole lines only. */
export async function salvageMember(member: Uint8Array): Promise<string> {
  const settings = { maxOutputLength: PLAIN_BYTES_MAX, finishFlush: constants.Z_SYNC_FLUSH }
  const text = await gunzipAsync(member, settings).then(
    (plain) => plain.toString('utf8'),
    () => '',
  )
  return text.slice(0, text.lastIndexOf('\n') + 1)
}
