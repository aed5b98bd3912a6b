import { spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTapeFile } from '../../../src/adapters/tape/tape-file.ts'
import { InputError } from '../../../src/core/errors.ts'
import { tapeFolder, wholeTape } from './tape-folder.ts'

const folder = tapeFolder()

/** Three members of three lines; `n` counts the lines from 0. */
const MEMBER_LINES = 3
let bytes: Buffer
/** Where each member ends. */
const ends: number[] = []
beforeAll(async () => {
  const file = await createTapeFile(folder.at('whole.gz'))
  for (let member = 0; member < 3; member += 1) {
    const lines = Array.from({ length: MEMBER_LINES }, (_, nth) => {
      const n = member * MEMBER_LINES + nth
      return `${1_700_000_000_000 + n}000000 {"n":${n},"x":"${Math.sin(n)}"}\n`
    })
    await file.append(lines.join(''))
    ends.push(file.bytes)
  }
  await file.close()
  bytes = await readFile(folder.at('whole.gz'))
})

async function read(name: string, content: Uint8Array): Promise<{ lines: number; truncatedMembers: number }> {
  const file = folder.at(name)
  await writeFile(file, content)
  const { frames, truncatedMembers } = await wholeTape(file)
  expect(frames.map(({ frame }) => (frame as { n: number }).n)).toEqual(frames.map((_, nth) => nth))
  return { lines: frames.length, truncatedMembers }
}

const membersBefore = (cut: number): number => ends.filter((end) => end <= cut).length

describe('the end is missing', () => {
  test('cut at every byte: all whole members, then as many whole lines as can be had', async () => {
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const whole = membersBefore(cut)
      const got = read('cut.gz', bytes.subarray(0, cut)).catch((thrown: unknown) => thrown)
      if (whole === 0) {
        const nothing = await got
        // The first member is the session's line, on disk before anything else: without it there is no tape yet.
        if (nothing instanceof Error) expect(nothing).toBeInstanceOf(InputError)
        continue
      }
      const { lines, truncatedMembers } = (await got) as Awaited<ReturnType<typeof read>>
      expect([cut, truncatedMembers]).toEqual([cut, ends.includes(cut) ? 0 : 1])
      expect(lines).toBeGreaterThanOrEqual(whole * MEMBER_LINES)
      expect(lines).toBeLessThanOrEqual((whole + 1) * MEMBER_LINES)
    }
    // Without its last byte, of the check sum, all of the text is there.
    expect((await read('nearly.gz', bytes.subarray(0, -1))).lines).toBe(3 * MEMBER_LINES)
  })

  test('zeros from any byte on, as a file system leaves blocks that never reached the disk', async () => {
    for (let cut = ends[0]!; cut < bytes.length; cut += 1) {
      const { lines } = await read(
        'zeros.gz',
        Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(bytes.length - cut)]),
      ).catch((thrown: unknown) => expect.fail(`zeros from ${cut}: ${String(thrown)}`))
      expect(lines).toBeGreaterThanOrEqual(membersBefore(cut) * MEMBER_LINES)
    }
  })
})

describe('rot is an error, not an end', () => {
  test('any byte of a member that others follow', async () => {
    const survived: number[] = []
    for (let at = ends[0]!; at < ends[1]!; at += 1) {
      const rotten = Buffer.from(bytes)
      rotten[at]! ^= 0xff
      await read('rotten.gz', rotten).then(
        () => survived.push(at - ends[0]!),
        (thrown: unknown) => {
          expect(thrown).toBeInstanceOf(InputError)
          expect((thrown as Error).message).toMatch(/rotten\.gz, line 4: .*corrupt/)
        },
      )
    }
    // Time stamp, flags and system of the header: they mean nothing to us.
    expect(survived.every((offset) => offset >= 4 && offset < 10)).toBe(true)
  })

  test('a member of another program behind ours', async () => {
    const mixed = Buffer.concat([bytes, gzipSync('1700000000000000000 {}\n')])
    await expect(read('mixed.gz', mixed)).rejects.toThrow(/another program begins at byte/)
  })

  test('two tapes of ours one behind the other are one', async () => {
    const { lines, truncatedMembers } = await read('joined.gz', bytes.subarray(0, ends[2]))
    expect([lines, truncatedMembers]).toEqual([9, 0])
    await writeFile(folder.at('two.gz'), Buffer.concat([bytes, bytes]))
    expect((await wholeTape(folder.at('two.gz'))).frames).toHaveLength(18)
  })
})

test('kill -9 while writing: the file opens, and what is older than a second is in it', async () => {
  const dir = folder.at('killed')
  const script = fileURLToPath(new URL('./record-forever.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  const old = await new Promise<number>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-200)
      const last = Number(said.trimEnd().split('\n').at(-1)?.split(' ')[0])
      if (last < 500) return
      child.kill('SIGKILL')
      child.stdout.removeAllListeners('data')
      child.once('close', () => resolve(last))
    })
  })
  const [name = ''] = await readdir(dir)
  const { frames } = await wholeTape(path.join(dir, name))
  const numbers = frames.filter(({ control }) => !control).map(({ frame }) => (frame as { nth: number }).nth)
  expect(numbers).toEqual(numbers.map((_, nth) => nth))
  expect(numbers.length).toBeGreaterThan(old)
})
