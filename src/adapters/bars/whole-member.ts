import type { FileHandle } from 'node:fs/promises'
import { holdsMember, MEMBER_HEADER, memberLength } from '../tape/gzip-member.ts'

const SEARCH_BYTES = 1_048_576
/** As `gzip-member.ts` writes it: gzip, deflate, with an extra field. */
const START = Buffer.of(0x1f, 0x8b, 8, 4)

/** The gzip member of ours that begins at byte `at` and ends before `size`; none where none does. */
export async function wholeMember(handle: FileHandle, at: number, size: number): Promise<Buffer | undefined> {
  const bytes = memberLength(await bytesAt(handle, at, Math.min(MEMBER_HEADER, size - at)))
  if (bytes === undefined || at + bytes > size) return undefined
  const member = await bytesAt(handle, at, bytes)
  return member.length === bytes ? member : undefined
}

/** Whether another member follows what cannot be read at byte `at`: then that is no cut end, but rot. */
export async function isRot(handle: FileHandle, at: number, size: number): Promise<boolean> {
  for (let from = at + 1; from < size; from += SEARCH_BYTES) {
    // The header of a member may lie across two pieces.
    const piece = await bytesAt(handle, from, Math.min(SEARCH_BYTES + MEMBER_HEADER, size - from))
    if (holdsMember(piece, 0)) return true
  }
  return false
}

/** Whether a file begins as no gzip member of ours, not even as one of which zeros or nothing reached the disk. */
export async function isForeign(handle: FileHandle, size: number): Promise<boolean> {
  const start = await bytesAt(handle, 0, Math.min(START.length, size))
  return start.some((byte) => byte !== 0) && !start.equals(START.subarray(0, start.length))
}

async function bytesAt(handle: FileHandle, at: number, count: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(count), 0, count, at)
  return buffer.subarray(0, bytesRead)
}
