import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readCurrentBundle, readCurrentVersion } from '../../../src/adapters/bundle/read-bundle.ts'
import { checkBundle } from '../../../src/model/bundle/bundle.ts'
import { fitCommand } from '../../../src/wiring/commands/fit.ts'
import { modelsAverageCommand } from '../../../src/wiring/commands/models-average.ts'
import { person } from '../../../src/wiring/commands/models-promote.ts'
import { loadModelSettings } from '../../../src/wiring/config/load-config.ts'
import type { Io } from '../../../src/wiring/io.ts'
import { readHistory } from '../../../src/wiring/models/history.ts'
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
    .replace(/trainSeeds:[^\]]*]/, 'trainSeeds: [31]')
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
    const lines = first.errors.map((line) => JSON.parse(line) as { kind: string; text: string; epoch?: number })
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(['progress']))
    const epochs = lines.filter(({ epoch }) => epoch !== undefined)
    expect(epochs).toMatchObject([
      { epoch: 1, of: 2, text: expect.stringMatching(/^epoch 1: loss [\d.]+, validation/) as string },
      { epoch: 2, of: 2, secondsLeftMax: 0, validationLoss: expect.any(Number) as number },
    ])
    expect(lines.map(({ text }) => text)).toEqual(expect.arrayContaining(first.summary.lost))
  })

  test('the history tells who made it, when and why, with its scores, and that it decides', async () => {
    const entries = await readHistory(out)
    const version = first.summary.model.split('/')[1]!
    const { metrics } = checkBundle(await readCurrentBundle(out)).manifest
    const by = { version, who: person(), why: `fit --config ${join(dir, 'fit.yaml')}: on simulated flow` }
    expect(entries).toEqual([
      { ...by, action: 'train', at: entries[0]!.at, numbers: metrics },
      { ...by, action: 'promote', at: entries[0]!.at },
    ])
    expect(Math.abs(Date.parse(entries[0]!.at) - Date.now())).toBeLessThan(120_000)
  })

  test('--resume goes on from the current model, and names it as parent', async () => {
    const second = await fitted(configOf(3), true)
    const { manifest } = checkBundle(await readCurrentBundle(out))
    expect(manifest).toMatchObject({ parent: first.summary.model.split('/')[1], training: { epochs: 3 } })
    const [, , ...after] = await readHistory(out)
    expect(after.map(({ action, previous }) => [action, previous])).toEqual([
      ['train', undefined],
      ['promote', first.summary.model.split('/')[1]],
    ])
    expect(after[0]!.why).toContain('--resume')
    const epochs = second.errors.map((line) => JSON.parse(line) as object).filter((one) => 'epoch' in one)
    expect(epochs).toMatchObject([{ epoch: 3, of: 3, secondsLeftMax: 0 }])
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
    const [made, promoted, ...more] = await readHistory(family)
    const version = await readCurrentVersion(family)
    const why = `the average of ${versions.map((one) => `family/${one}`).join(', ')}`
    expect(made).toMatchObject({ action: 'train', version, who: person(), why })
    expect(promoted).toMatchObject({ action: 'promote', version, why })
    expect(more).toEqual([])
  })

  test('one that joins a family that has a current model is written down, and does not decide', async () => {
    const [first, second] = readdirSync(out).filter((name) => name.startsWith('gru-'))
    const before = await readHistory(out)
    const current = await readCurrentVersion(out)
    const { io, out: lines } = fakeIo()
    await modelsAverageCommand({ models: [first!, second!, first!], path: out, root: 'models', out, json: true }, io)
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ current: false })
    expect(await readCurrentVersion(out)).toBe(current)
    const [made, ...more] = (await readHistory(out)).slice(before.length)
    expect(made).toMatchObject({ action: 'train', version: expect.stringMatching(/^average-/) as string })
    expect(more).toEqual([])
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
