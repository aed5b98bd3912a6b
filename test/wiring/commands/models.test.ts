import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCurrentVersion } from '../../../src/adapters/bundle/read-bundle.ts'
import { setCurrent, writeBundle } from '../../../src/adapters/bundle/write-bundle.ts'
import { packBundle } from '../../../src/model/bundle/bundle.ts'
import type { ManifestDraft } from '../../../src/model/bundle/manifest.ts'
import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { modelsDiffCommand } from '../../../src/wiring/commands/models-diff.ts'
import { modelsDrawCommand } from '../../../src/wiring/commands/models-draw.ts'
import { modelsListCommand } from '../../../src/wiring/commands/models-list.ts'
import { modelsPromoteCommand, modelsRollbackCommand } from '../../../src/wiring/commands/models-promote.ts'
import { modelsRetireCommand } from '../../../src/wiring/commands/models-retire.ts'
import { modelsShowCommand } from '../../../src/wiring/commands/models-show.ts'
import { modelsVerifyCommand } from '../../../src/wiring/commands/models-verify.ts'
import type { Io } from '../../../src/wiring/io.ts'
import { readHistory } from '../../../src/wiring/models/history.ts'
import { sampleDraft, sampleModel } from '../../model/sample-model.ts'
import { fakeIo } from './fake-io.ts'

let root = ''
const sound = sampleModel()
const better = { ...sound, mean: { ...sound.mean, bias: 0.3 } }

async function write(family: string, version: string, model = sound, change: Partial<ManifestDraft> = {}) {
  const draft = { ...sampleDraft(model), family, version, ...change }
  await writeBundle(join(root, family), version, packBundle(draft, ridgeForecasterGraph(model)))
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'models-'))
  await write('demo', 'a-1')
  await write('demo', 'a-2', better, {
    metrics: { rSquared: 0.1, baselineRSquared: 0.02, pinballSkill: 0.2 },
    architecture: { name: 'ridge-forecaster', parameters: { clip: 9 } },
    parent: 'a-1',
  })
  // The graph of one model under the golden vectors of another, all checksums right.
  const draft = { ...sampleDraft(sound), version: 'a-wrong' }
  await writeBundle(join(root, 'demo'), 'a-wrong', packBundle(draft, ridgeForecasterGraph(better)))
  await write('demo', 'a-torn')
  await appendFile(join(root, 'demo', 'a-torn', 'model.onnx'), 'x')
  await write('other', 'a-1')
  await setCurrent(join(root, 'demo'), 'a-1')
  await setCurrent(join(root, 'other'), 'a-1')
})
afterAll(() => rm(root, { recursive: true }))

async function run<T extends object>(
  command: (options: T & { root: string; json: boolean }, io: Io) => Promise<number>,
  options: T,
  json = false,
) {
  const { io, out } = fakeIo()
  const code = await command({ ...options, root, json }, io)
  return { code, text: out.join('\n') }
}

describe('models list', () => {
  test('every version of every family, the current ones marked, damaged ones refused', async () => {
    const { code, text } = await run(modelsListCommand, {})
    expect(code).toBe(0)
    expect(text).toMatch(/^\* demo\/a-1 +ridge-forecaster +\d+ KiB +2026-01-02T03:04:05.000Z .*rSquared 0 +ok$/m)
    expect(text).toMatch(/^ {2}demo\/a-2 .*pinballSkill 0.2 +ok$/m)
    expect(text).toMatch(/^ {2}demo\/a-torn +refused: .*model\.onnx: SHA-256/m)
    expect(text).toMatch(/^\* other\/a-1 /m)
  })

  test('one family as JSON', async () => {
    const { text } = await run(modelsListCommand, { path: join(root, 'demo') }, true)
    expect(JSON.parse(text)).toMatchObject({
      models: [
        { version: 'a-1', current: true, ok: true },
        { version: 'a-2', current: false, ok: true, metrics: { pinballSkill: 0.2 } },
        { version: 'a-torn', ok: false },
        { version: 'a-wrong', ok: true },
      ],
    })
  })

  test('an empty folder and none', async () => {
    const empty = await mkdtemp(join(root, '.empty-'))
    expect((await run(modelsListCommand, { path: empty })).text).toContain('no model in')
    await expect(run(modelsListCommand, { path: join(root, 'nowhere') })).rejects.toThrow('folder of models')
  })
})

describe('models show', () => {
  test('tells the manifest', async () => {
    const { text } = await run(modelsShowCommand, { model: 'a-2' })
    for (const part of [
      /^demo\/a-2$/m,
      /parent +a-1/,
      /clip +9/,
      /rSquared +0.1 +0.02/,
      /pinballSkill +0.2/,
      /ofi, spread, logReturn/,
    ]) {
      expect(text).toMatch(part)
    }
    const { text: json } = await run(modelsShowCommand, { model: 'demo/current' }, true)
    expect(JSON.parse(json)).toMatchObject({ model: 'demo/a-1', manifest: { version: 'a-1' } })
  })

  test.each([
    ['a-1', 'several families'],
    ['a-9', 'no such version'],
    ['nobody/a-1', 'demo, other'],
    ['demo/a-9', 'a-9'],
    ['demo/../a-1', 'family/version'],
    ['../demo', '".."'],
    ['demo/..', 'version was'],
    ['demo/', 'family/version'],
    ['a-torn', 'SHA-256'],
  ])('%s is refused', async (model, says) => {
    const refused = run(modelsShowCommand, { model })
    await expect(refused).rejects.toThrow(model === '../demo' ? 'demo, other' : says)
  })
})

describe('models verify', () => {
  test('a sound one', async () => {
    const { code, text } = await run(modelsVerifyCommand, { model: 'a-2', all: false })
    expect([code, text]).toEqual([0, 'ok       demo/a-2: manifest, 1 files, graph, 2 golden vectors on cpu'])
  })

  test('all: exit code 1, and what is wrong with each', async () => {
    const { code, text } = await run(modelsVerifyCommand, { all: true })
    expect(code).toBe(1)
    expect(text).toMatch(/refused {2}demo\/a-wrong: .*golden output mean\[0\] was/)
    expect(text).toMatch(/refused {2}demo\/a-torn: .*SHA-256/)
    expect(text.match(/^ok/gm)).toHaveLength(3)
  })

  test('a current that names nothing', async () => {
    await write('third', 'c-1')
    await writeFile(join(root, 'third', 'current'), 'c-2\n')
    const { code, text } = await run(modelsVerifyCommand, { path: join(root, 'third'), all: true }, true)
    expect(code).toBe(1)
    expect(JSON.parse(text)).toMatchObject({
      models: [
        { model: 'third/c-1', ok: true },
        { model: 'third/current', ok: false },
      ],
    })
    await rm(join(root, 'third'), { recursive: true })
  })
})

describe('models diff', () => {
  test('settings, scores, weights and forecasts', async () => {
    const { text } = await run(modelsDiffCommand, { a: 'demo/a-1', b: 'a-2' })
    expect(text).toMatch(/parameters\.clip +8 +9/)
    expect(text).toMatch(/rSquared +0 +0.1 +\+0.1/)
    expect(text).toMatch(/mean_bias +\[1\] +\[1\] +5/) // From 0.05 to 0.3.
    expect(text).toMatch(/mean +0.25 +0.25/)
    expect(text).toMatch(/volatility +0 +0/)
  })

  test('a model and itself', async () => {
    const { text } = await run(modelsDiffCommand, { a: 'demo/a-1', b: 'demo/a-1' }, true)
    const diff = JSON.parse(text) as { settings: unknown[]; tensors: unknown[]; forecasts: { greatest: number }[] }
    expect([diff.settings, diff.tensors]).toEqual([[], []])
    expect(diff.forecasts.map(({ greatest }) => greatest)).toEqual([0, 0, 0, 0])
  })

  test('models that see other windows', async () => {
    const features = { names: ['ofi', 'spread', 'volume'], schemaHash: 'ffffffffffff' }
    await write('wide', 'w-1', sound, { features })
    const { text } = await run(modelsDiffCommand, { a: 'demo/a-1', b: 'w-1' })
    expect(text).toMatch(/\+ volume\n {2}- logReturn/)
    expect(text).toContain('not comparable')
    await rm(join(root, 'wide'), { recursive: true })
  })
})

describe('models promote, rollback, retire', () => {
  test('a model that passes every check decides, the one before comes back, and the history says who did it and why', async () => {
    expect((await run(modelsPromoteCommand, { model: 'a-2', why: 'better' })).text).toBe('demo: a-1 → a-2')
    expect(await readCurrentVersion(join(root, 'demo'))).toBe('a-2')
    expect((await run(modelsPromoteCommand, { model: 'a-2' })).text).toContain('already')
    expect((await run(modelsRollbackCommand, { family: 'demo' }, true)).text).toBe(
      '{"family":"demo","before":"a-2","current":"a-1"}',
    )
    expect(await readCurrentVersion(join(root, 'demo'))).toBe('a-1')
    expect(await readHistory(join(root, 'demo'))).toMatchObject([
      { action: 'promote', version: 'a-2', previous: 'a-1', why: 'better', who: userInfo().username },
      { action: 'rollback', version: 'a-1', previous: 'a-2', why: 'by hand' },
    ])
  })

  test.each(['a-wrong', 'a-torn', 'a-9'])('%s is refused and changes nothing', async (model) => {
    const before = await readHistory(join(root, 'demo'))
    await expect(run(modelsPromoteCommand, { model })).rejects.toThrow()
    expect(await readCurrentVersion(join(root, 'demo'))).toBe('a-1')
    expect(await readHistory(join(root, 'demo'))).toEqual(before)
  })

  test('there is nothing to go back to where nothing has changed, and several families must be told apart', async () => {
    await expect(run(modelsRollbackCommand, { family: 'other' })).rejects.toThrow('nothing to go back to')
    await expect(run(modelsRollbackCommand, {})).rejects.toThrow('name one of: demo, other')
  })

  test('the model that decides cannot be retired; a retired one never decides again', async () => {
    await expect(run(modelsRetireCommand, { model: 'demo/a-1' })).rejects.toThrow('decides now')
    expect((await run(modelsRetireCommand, { model: 'a-2' })).text).toBe('demo: a-2 is retired')
    await expect(run(modelsPromoteCommand, { model: 'a-2' })).rejects.toThrow('retired')
    await expect(run(modelsRollbackCommand, { family: 'demo' })).rejects.toThrow('nothing to go back to')
  })
})

describe('models draw', () => {
  test('a version to standard output, an ONNX file to a file', async () => {
    expect((await run(modelsDrawCommand, { model: 'a-2' })).text).toMatch(/^<svg [\s\S]*demo\/a-2[\s\S]*<\/svg>$/)
    const out = join(root, 'x.svg')
    const model = join(root, 'demo', 'a-1', 'model.onnx')
    expect((await run(modelsDrawCommand, { model, out, depth: 0 })).text).toBe(out)
    expect(await readFile(out, 'utf8')).toContain('>MatMul</text>')
    await rm(out)
  })

  test('a file that is not there', async () => {
    await expect(run(modelsDrawCommand, { model: 'nowhere.onnx' })).rejects.toThrow('nowhere.onnx')
  })
})
