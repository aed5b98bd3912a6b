import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { sampleModel } from '../../model/sample-model.ts'

const model = sampleModel()
const LOADS = {
  'onnx-runtime': `onnxRuntime().load(graph, { steps: ${model.steps}, features: ${model.features} }, 'cpu')`,
  'worker-runtime': `workerRuntime().load(graph, { steps: ${model.steps}, features: ${model.features} }, 'cpu')`,
  'onnx-engine': "onnxEngine({ provider: 'cpu', threads: 1 }).load(graph)",
}

test.each(Object.entries(LOADS))('a model loaded by %s leaves nothing in the home folder', async (module, load) => {
  const home = mkdtempSync(path.join(tmpdir(), 'tickwright-home-'))
  try {
    const graph = path.join(home, 'model.onnx')
    writeFileSync(graph, ridgeForecasterGraph(model))
    const name = load.slice(0, load.indexOf('('))
    const program = path.join(home, 'program.mjs')
    writeFileSync(
      program,
      `
      import { readFileSync } from 'node:fs'
      import { ${name} } from '${path.resolve('dist/adapters/onnx', `${module}.js`)}'
      const graph = readFileSync('${graph}')
      await ${load}
      process.exit(0)`,
    )
    const env = { PATH: process.env['PATH'], HOME: home }
    await promisify(execFile)(process.execPath, [program], { env })
    expect(readdirSync(home)).toEqual(['model.onnx', 'program.mjs'])
  } finally {
    rmSync(home, { recursive: true })
  }
})
