import { describe, expect, test } from 'vitest'
import { loadTfjs } from '../../../src/adapters/tfjs/load-tfjs.ts'
import { InputError } from '../../../src/core/errors.ts'

const notFound = (what: string): Error =>
  Object.assign(new Error(`Cannot find ${what} imported from /app/load-tfjs.js`), { code: 'ERR_MODULE_NOT_FOUND' })

async function refusal(error: unknown): Promise<InputError> {
  const thrown: unknown = await loadTfjs(() => Promise.reject(error)).catch((reason: unknown) => reason)
  expect(thrown).toBeInstanceOf(InputError)
  return thrown as InputError
}

describe('loadTfjs', () => {
  test('the package is absent: says what to install, and that engine: onnx needs nothing', async () => {
    const { message } = await refusal(notFound("package '@tensorflow/tfjs-node-gpu'"))
    expect(message).toContain('npm install @tensorflow/tfjs-node-gpu@4.22.0')
    expect(message).toContain('CUDA 11.2')
    expect(message).toContain('engine: onnx')
  })

  test.each([
    ['something it needs is absent', notFound("package 'node-fetch'"), 'node-fetch'],
    ['a file of its own is absent', notFound("module '/app/node_modules/@tensorflow/tfjs-node-gpu/x.js'"), 'x.js'],
    ['its binary does not load', new Error('libcudart.so.11.0: cannot open shared object file'), 'libcudart.so.11.0'],
  ])('%s: says that it is installed and why it does not load', async (_what, error, named) => {
    const { message, cause } = await refusal(error)
    expect(message).toContain('is installed and does not load')
    expect(message).toContain(named)
    expect(message).not.toContain('npm install')
    expect(cause).toBe(error)
  })

  test('the namespace is handed on once its backend is ready, from under `default` or not', async () => {
    let readied = 0
    const ready = async () => {
      readied += 1
    }
    const stub = { ready }
    expect(await loadTfjs(async () => ({ default: stub }))).toBe(stub)
    expect(await loadTfjs(async () => stub)).toBe(stub)
    expect(readied).toBe(2)
  })

  test('a backend that does not come up is named', async () => {
    const stub = { ready: () => Promise.reject(new Error('no GPU')) }
    await expect(loadTfjs(async () => stub)).rejects.toThrow('does not load: no GPU')
  })
})
