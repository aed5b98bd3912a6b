import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'

/** Name of the browser on this computer, or undefined. */
export const browserName = (): string | undefined =>
  ['chromium', 'chromium-browser', 'google-chrome'].find((name) => spawnSync(name, ['--version']).status === 0)

export interface PageOptions {
  readonly width: number
  readonly height: number
  readonly dark?: boolean
}

export interface OpenPage {
  /** What a script in the page gives, as JSON. */
  evaluate<T>(script: string): Promise<T>
  /** A real click at pixels of the window. */
  click(x: number, y: number): Promise<void>
  /** PNG of the window. */
  screenshot(): Promise<Buffer>
  /** Errors, warnings and uncaught exceptions so far; addresses that were asked for. */
  readonly complaints: readonly string[]
  readonly requests: readonly string[]
  close(): Promise<void>
}

type Reply = { id?: number; method?: string; params?: Record<string, unknown>; result?: unknown; error?: unknown }

/** Opens a file in a browser without a window, by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). */
export async function openPage(name: string, file: string, options: PageOptions): Promise<OpenPage> {
  const profile = mkdtempSync(join(tmpdir(), 'tickwright-browser-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage']
  // A group of its own: the browser's helpers outlive it by a moment and would go on writing into the profile.
  const child = spawn(name, [...flags, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'], {
    detached: true,
  })
  const root = new URL(await addressOf(child))
  const targets = (await (await fetch(`http://${root.host}/json`)).json()) as {
    type: string
    webSocketDebuggerUrl: string
  }[]
  const socket = new WebSocket(targets.find(({ type }) => type === 'page')!.webSocketDebuggerUrl)
  await new Promise((done, fail) => socket.once('open', done).once('error', fail))
  const { send, complaints, requests, loaded } = speak(socket)
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`)
  const { width, height, dark = false } = options
  await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 })
  const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]
  await send('Emulation.setEmulatedMedia', { features })
  await send('Page.navigate', { url: `file://${file}` })
  await loaded
  return {
    complaints,
    requests,
    evaluate: async <T>(script: string) => {
      const reply = (await send('Runtime.evaluate', {
        expression: script,
        returnByValue: true,
        awaitPromise: true,
      })) as {
        result: { value: T }
        exceptionDetails?: { exception?: { description?: string } }
      }
      if (reply.exceptionDetails) throw new Error(reply.exceptionDetails.exception?.description ?? 'the script threw')
      return reply.result.value
    },
    click: async (x, y) => {
      for (const type of ['mousePressed', 'mouseReleased'])
        await send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 })
    },
    screenshot: async () =>
      Buffer.from(((await send('Page.captureScreenshot', { format: 'png' })) as { data: string }).data, 'base64'),
    close: async () => {
      // 'close' comes when the last process that holds the browser's output is gone, 'exit' before.
      const gone = new Promise((done) => child.once('close', done))
      socket.close()
      process.kill(-child.pid!, 'SIGKILL')
      await gone
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

/** The browser prints its address once it listens. */
const addressOf = (child: ChildProcess): Promise<string> =>
  new Promise((done, fail) => {
    let text = ''
    child.once('error', fail).once('exit', () => fail(new Error(`the browser ended: ${text.slice(-500)}`)))
    child.stderr!.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-20_000)
      const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1]
      if (address !== undefined) done(address)
    })
  })

function speak(socket: WebSocket) {
  const waiting = new Map<number, { done(value: unknown): void; fail(error: Error): void }>()
  const complaints: string[] = []
  const requests: string[] = []
  let last = 0
  let onLoad = (): void => undefined
  const loaded = new Promise<void>((done) => {
    onLoad = done
  })
  socket.on('message', (data: Buffer) => {
    const { id, method, params, result, error } = JSON.parse(data.toString()) as Reply
    if (method === 'Page.loadEventFired') onLoad()
    if (method === 'Network.requestWillBeSent') requests.push((params as { request: { url: string } }).request.url)
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') complaints.push(JSON.stringify(params))
    if (method === 'Runtime.consoleAPICalled') complaints.push(JSON.stringify(params))
    const asked = id === undefined ? undefined : waiting.get(id)
    if (id === undefined || asked === undefined) return
    waiting.delete(id)
    if (error === undefined) asked.done(result)
    else asked.fail(new Error(JSON.stringify(error)))
  })
  const send = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((done, fail) => {
      last += 1
      waiting.set(last, { done, fail })
      socket.send(JSON.stringify({ id: last, method, params }))
    })
  return { send, complaints, requests, loaded }
}
