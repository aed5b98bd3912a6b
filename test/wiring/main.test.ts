import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Of the built program, as users run it. */
const pathOf = (file: string) => fileURLToPath(new URL(`../../dist/wiring/${file}`, import.meta.url))

function run(...args: readonly string[]) {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  children.push(child)
  const said = { out: '', err: '' }
  child.stdout!.on('data', (chunk) => {
    said.out += String(chunk)
  })
  child.stderr!.on('data', (chunk) => {
    said.err += String(chunk)
  })
  return { child, said, closed: once(child, 'close') as Promise<[code: number | null]> }
}

describe('the program', () => {
  test.each([
    [0, ['check-config', '--config', 'config/demo.yaml'], 'out', 'config/demo.yaml: fine (mode demo)\n'],
    [1, ['check-config', '--config', 'nowhere.yaml'], 'err', 'error: config nowhere.yaml cannot be read: ENOENT'],
    [2, ['check-config'], 'err', "error: required option '--config <file>' not specified"],
  ] as const)('exit code %i', async (expected, args, stream, text) => {
    const { said, closed } = run(pathOf('main.js'), ...args)
    expect((await closed)[0]).toBe(expected)
    expect(said[stream]).toContain(text)
    expect(said[stream === 'out' ? 'err' : 'out']).toBe('')
  })
})

/** Says what it was told, and ends when asked to if `obeys`. */
const stoppable = (obeys: boolean) =>
  run(
    '--input-type=module',
    '-e',
    `import { processIo } from ${JSON.stringify(pathOf('process-io.js'))}
    const io = processIo()
    const alive = setInterval(() => undefined, 1_000)
    const unregister = io.onStop((why) => {
      io.out('asked: ' + why)
      if (!${obeys}) return
      unregister()
      clearInterval(alive)
      process.disconnect?.()
    })
    io.out('up')
    io.ready()`,
  )

describe('processIo', () => {
  test.each(['SIGINT', 'SIGTERM', 'shutdown message'] as const)('%s asks to stop, once ready was said', async (why) => {
    const { child, said, closed } = stoppable(true)
    expect((await once(child, 'message'))[0]).toBe('ready')
    if (why === 'shutdown message') child.send('shutdown')
    else child.kill(why)
    expect((await closed)[0]).toBe(0)
    expect(said.out).toBe(`up\nasked: ${why}\n`)
  })

  test('a second request ends a stop that hangs', async () => {
    const { child, said, closed } = stoppable(false)
    await once(child, 'message')
    child.kill('SIGINT')
    while (!said.out.includes('asked')) await once(child.stdout!, 'data')
    child.kill('SIGINT')
    expect((await closed)[0]).toBe(3)
    expect(said.err).toContain('stopped at once on the second request')
  })

  test('a reader that goes away does not end the work', async () => {
    const { child, said, closed } = stoppable(true)
    child.stdout!.destroy()
    await once(child, 'message')
    child.kill('SIGTERM')
    expect((await closed)[0]).toBe(0)
    expect(said.err).toBe('')
  })
})
