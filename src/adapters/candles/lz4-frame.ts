/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
const MAGIC = 0x184d2204
const VERSION = 1
const UNCOMPRESSED = 0x80000000
/** By the table of block maximum sizes, 64 KiB to 4 MiB. */
const blockMaxOf = (id: number): number => (id >= 4 && id <= 7 ? 2 ** (8 + 2 * id) : 0)
/** The format cannot do better: a byte of length stands for 255. */
const RATIO_MAX = 255
const MATCH_MIN = 4

/** Decompresses one frame, in time and room bounded by its length. Throws `RangeError` for what is none; checksums are not looked at. */
export function decodeLz4(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const flags = view.getUint8(4)
  const blockMax = blockMaxOf((view.getUint8(5) >> 4) & 7)
  if (view.getUint32(0, true) !== MAGIC || flags >> 6 !== VERSION || blockMax === 0) throw damaged()
  const hasBlockSum = (flags & 0x10) !== 0
  let at = 7 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0)
  const blocks: { from: number; to: number; isPlain: boolean }[] = []
  for (let head = view.getUint32(at, true); head !== 0; head = view.getUint32(at, true)) {
    const from = at + 4
    const to = from + (head % UNCOMPRESSED)
    if (to > frame.length) throw damaged()
    blocks.push({ from, to, isPlain: head >= UNCOMPRESSED })
    at = to + (hasBlockSum ? 4 : 0)
  }
  const into = new Uint8Array(Math.min(blocks.length * blockMax, RATIO_MAX * frame.length))
  let size = 0
  // Blocks may refer to those before them.
  for (const { from, to, isPlain } of blocks) {
    const block = frame.subarray(from, to)
    size = isPlain ? copyInto(into, size, block) : decodeBlock(block, into, size)
  }
  return into.slice(0, size)
}

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md; returns the new end of `into`. */
function decodeBlock(block: Uint8Array, into: Uint8Array, start: number): number {
  let at = 0
  let size = start
  const byte = (): number => {
    if (at >= block.length) throw damaged()
    at += 1
    return block[at - 1]!
  }
  const extended = (nibble: number): number => {
    let length = nibble
    for (let more = nibble === 15 ? 255 : 0; more === 255; length += more) more = byte()
    return length
  }
  while (at < block.length) {
    const token = byte()
    const literals = extended(token >> 4)
    if (at + literals > block.length) throw damaged()
    size = copyInto(into, size, block.subarray(at, at + literals))
    at += literals
    if (at === block.length) return size
    const offset = byte() + 256 * byte()
    const end = size + extended(token & 15) + MATCH_MIN
    if (offset === 0 || offset > size || end > into.length) throw damaged()
    // Byte by byte: a match may overlap what it makes.
    for (; size < end; size += 1) into[size] = into[size - offset]!
  }
  return size
}

function copyInto(into: Uint8Array, size: number, bytes: Uint8Array): number {
  if (size + bytes.length > into.length) throw damaged()
  into.set(bytes, size)
  return size + bytes.length
}

const damaged = (): RangeError => new RangeError('an LZ4 frame is damaged')
