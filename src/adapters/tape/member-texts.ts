import { type FileHandle, open } from 'node:fs/promises'
import { holdsMember, MEMBER_HEADER, memberLength, salvageMember, unpackMember } from './gzip-member.ts'

interface Member {
  readonly text: string
  readonly bytes: number
}

const SEARCH_BYTES = 1_048_576
const GZIP = Buffer.of(0x1f, 0x8b, 8)
const EXTRA_FLAG = 4
const PLAIN_HEADER = 10

/**
 * Texts of a file of our own gzip members. The last of them may be cut, or never have reached the disk (zeros stand for it then): its
 * whole lines are handed out as far as they can be had, and `onCut` is called. Throws when anything of ours follows what cannot be
 * read: that is no cut, but a rotten file.
 */
export async function* memberTexts(file: string, onCut: () => void): AsyncGenerator<string> {
  const handle = await open(file)
  let next: Promise<Member | undefined> | undefined
  try {
    const { size } = await handle.stat()
    let at = 0
    next = readMember(handle, at, size)
    while (at < size) {
      const member = await next
      if (member === undefined) {
        onCut()
        yield await cutEnd(handle, at, size)
        return
      }
      at += member.bytes
      // Unpacked on another thread while the lines of this one are being read.
      next = at < size ? readMember(handle, at, size) : undefined
      yield member.text
    }
  } finally {
    await next?.catch(() => undefined)
    await handle.close()
  }
}

/** None when no whole, sound member begins there. */
async function readMember(handle: FileHandle, at: number, size: number): Promise<Member | undefined> {
  const bytes = memberLength(await bytesAt(handle, at, Math.min(MEMBER_HEADER, size - at)))
  if (bytes === undefined || at + bytes > size) return undefined
  const text = await unpackMember(await bytesAt(handle, at, bytes))
  return typeof text === 'string' ? { text, bytes } : undefined
}

async function cutEnd(handle: FileHandle, at: number, size: number): Promise<string> {
  for (let from = at + 1; from < size; from += SEARCH_BYTES) {
    // The header of a member may lie across two pieces.
    const piece = await bytesAt(handle, from, Math.min(SEARCH_BYTES + MEMBER_HEADER, size - from))
    if (holdsMember(piece, 0)) throw new Error(`a member at byte ${at} is corrupt, and others follow it`)
  }
  const header = await bytesAt(handle, at, Math.min(MEMBER_HEADER, size - at))
  if (isForeign(header)) throw new Error(`a gzip member of another program begins at byte ${at}`)
  const bytes = memberLength(header)
  return bytes === undefined ? '' : salvageMember(await bytesAt(handle, at, Math.min(bytes, size - at)))
}

/** Zeros may stand for the end of what would have been a header of ours; no other program's data begin with so many. */
function isForeign(header: Buffer): boolean {
  if (header.length < MEMBER_HEADER || !header.subarray(0, GZIP.length).equals(GZIP)) return false
  return header[GZIP.length] !== EXTRA_FLAG && header.subarray(PLAIN_HEADER).some((byte) => byte !== 0)
}

async function bytesAt(handle: FileHandle, at: number, count: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(count), 0, count, at)
  return buffer.subarray(0, bytesRead)
}
