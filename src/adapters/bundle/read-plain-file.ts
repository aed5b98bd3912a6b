import { constants, type FileHandle, open } from 'node:fs/promises'
import { InputError, messageOf } from '../../core/errors.ts'

/** No link is followed, and a pipe that nobody writes to does not hold us up. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Reads a file of at most `bytesMax` bytes. Refuses by `InputError`, before a byte is read, what is no plain file (link, folder, pipe,
 * device) and what is too large; looks at the opened file, so that nobody can put another in its place meanwhile.
 */
export async function readPlainFile(file: string, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(file, FLAGS).catch((error: unknown) => {
    if (codeOf(error) === 'ELOOP') throw noPlainFile(file)
    throw new InputError(`${file}: cannot read it: ${messageOf(error)}`, { file }, error)
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw noPlainFile(file)
    if (stats.size > bytesMax) throw new InputError(`${file}: ${stats.size} bytes; at most ${bytesMax}`, { file })
    return await readExactly(handle, file, stats.size)
  } finally {
    await handle.close()
  }
}

async function readExactly(handle: FileHandle, file: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size)
  let at = 0
  while (at < size) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at)
    if (bytesRead === 0) throw new InputError(`${file}: it shrank while it was read`, { file })
    at += bytesRead
  }
  return bytes
}

const noPlainFile = (file: string): InputError =>
  new InputError(`${file}: it must be a plain file, no link and no folder`, { file })

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
