import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readCurrentBundle } from '../../../src/adapters/bundle/read-bundle.ts'
import { checkBundle } from '../../../src/model/bundle/bundle.ts'
import { fitCommand } from '../../../src/wiring/commands/fit.ts'
import { modelsAverageCommand } from '../../../src/wiring/commands/models-average.ts'
import { loadModelSettings } from '../../../src/wiring/config/load-config.ts'
import type { Io } from '../../../src/wiring/io.ts'
import { fakeIo } from './fake-io.ts'

const dir = mkdtempSync(join(tmpdir(), 'fit-'))
const out = join(dir, 'family')

/** A short fit of a small network. */
function configOf(epochsMax: number, training = ''): string {
  const model = join(dir, 'model.yaml')
  writeFileSync(
    model,
    `architecture: { name: gru, hidden: 4 }\nheads: { quantiles: { share: 1 } }\ntraining: { epochsMax: ${epochsMax}${training} }\n`,
  )
  const text = readFileSync('config/fit.yaml', 'utf8')
    .replace(/^ {2}model: .*$/m, '')
    .replace(/^fit:$/m, `fit:\n  model: ${model}`)
    .replace(/trainSeeds: .*/, 'trainSeeds: [31]')
    .replace(/evaluationSeeds: .*/, 'evaluationSeeds: [33]')
    .replace(/barsPerSeed: .*/, 'barsPerSeed: 100')
    .replace(/ steps: .*/, ' steps: 1')
    .replace(/symbols: .*/, 'symbols: [BTC/USDT:USDT]')
  const file = join(dir, 'fit.yaml')
  writeFileSync(file, text)
  return file
}

const fitted = async (config: string, resume = false) => {
  const { io, out: lines, err } = fakeIo()
  await fitCommand({ config, out, resume, json: true }, io)
  return { errors: err, summary: JSON.parse(lines.at(-1)!) as { model: string; lost: string[] } }
}

describe('tickwright fit with a model', () => {
  let first: Awaited<ReturnType<typeof fitted>>
  beforeAll(async () => {
    first = await fitted(configOf(2))
  }, 60_000)

  test('writes a bundle with report and optimiser state, tells each epoch and what it does not beat', async () => {
    expect(first.summary.model).toMatch(/^family\/gru-[0-9a-f]{12}$/)
    const found = await readCurrentBundle(out)
    expect([...found.files.keys()].toSorted()).toEqual(['manifest.json', 'model.onnx', 'optimizer.bin', 'report.html'])
    expect(checkBundle(found).manifest.training).toMatchObject({ engine: 'onnx', provider: 'cpu', epochs: 2 })
    expect(first.errors.filter((line) => /^epoch \d: loss [\d.]+, validation/.test(line))).toHaveLength(2)
    expect(first.errors).toEqual(expect.arrayContaining(first.summary.lost))
  })

  test('--resume goes on from the current model, and names it as parent', async () => {
    const second = await fitted(configOf(3), true)
    const { manifest } = checkBundle(await readCurrentBundle(out))
    expect(manifest).toMatchObject({ parent: first.summary.model.split('/')[1], training: { epochs: 3 } })
    expect(second.errors.filter((line) => line.startsWith('epoch '))).toEqual([expect.stringMatching(/^epoch 3:/)])
  }, 60_000)

  test('--resume with other settings is refused before anything is simulated', async () => {
    const { io, err } = fakeIo()
    const config = configOf(4, ', learningRate: 0.5')
    await expect(fitCommand({ config, out, resume: true, json: true }, io)).rejects.toThrow(/resume: training was/)
    expect(err).toEqual([])
  })

  test('engine tfjs says what to install, before anything is simulated', async () => {
    const { io, err } = fakeIo()
    const config = configOf(4, ', engine: tfjs')
    await expect(fitCommand({ config, out, resume: false, json: true }, io)).rejects.toThrow(/tfjs-node-gpu/)
    expect(err).toEqual([])
  })

  test('models average makes one of both, current where there was none', async () => {
    const versions = readdirSync(out).filter((name) => name.startsWith('gru-'))
    const { io, out: lines } = fakeIo()
    const family = join(dir, 'mean')
    await modelsAverageCommand({ models: versions, path: out, root: 'models', out: family, json: true }, io)
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ current: true })
    expect(checkBundle(await readCurrentBundle(family)).manifest.architecture.name).toBe('average')
  })
})

test.each(readdirSync('config').filter((name) => name.includes('model')))('config/%s is fine', (name) => {
  expect(() => loadModelSettings(`config/${name}`)).not.toThrow()
})

test('a request to stop ends the training after its epoch, and what is best so far is packed', async () => {
  const { io, err } = fakeIo()
  let stop: ((why: string) => void) | undefined
  let unregistered = false
  const stopping: Io = {
    ...io,
    onStop: (handler) => {
      stop = handler
      return () => {
        unregistered = true
      }
    },
    err: (line) => {
      err.push(line)
      if (line.startsWith('epoch 2:')) stop?.('SIGINT')
    },
  }
  const family = join(dir, 'stopped')
  await fitCommand({ config: configOf(50), out: family, resume: false, json: false }, stopping)
  const { manifest } = checkBundle(await readCurrentBundle(family))
  expect(manifest.training).toMatchObject({ epochs: 2 })
  expect(err).toContainEqual(expect.stringMatching(/^SIGINT: stops after this epoch/))
  expect(err).toContainEqual(expect.stringMatching(/^stopped on request; keeps epoch \d$/))
  expect(unregistered).toBe(true)
}, 60_000)
