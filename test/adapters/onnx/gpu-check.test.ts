import { expect, test } from 'vitest'
import { gpuCheck } from '../../gpu/check.ts'
import type { GpuCheck } from '../../gpu/gpu-checks.ts'

const checkOf = (name: string, passed: boolean, working?: readonly string[]): GpuCheck => ({
  name,
  run: async (providers) => ({ passed, findings: providers, ...(working && { working }) }),
})

async function told(providers: readonly string[], checks: readonly GpuCheck[]) {
  const lines: string[] = []
  return { code: await gpuCheck(providers, checks, (line) => void lines.push(line)), lines }
}

test('where there is no GPU it is skipped in one line, and that is fine', async () => {
  const { code, lines } = await told(['cpu'], [checkOf('load', false)])
  expect(code).toBe(0)
  expect(lines).toEqual([expect.stringMatching(/skipped, no GPU/)])
})

test('each check is told for the GPU providers, and one that fails is the exit code', async () => {
  const { code, lines } = await told(['cuda', 'cpu'], [checkOf('load', true), checkOf('parity', false)])
  expect(code).toBe(1)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { check: 'load', passed: true, findings: ['cuda'] },
    { check: 'parity', passed: false, findings: ['cuda'] },
  ])
  expect((await told(['webgpu', 'cpu'], [checkOf('load', true)])).code).toBe(0)
})

test('a provider that does not load is left out of what follows; when none does, nothing follows', async () => {
  const providers = ['cuda', 'webgpu', 'cpu']
  const { lines, code } = await told(providers, [checkOf('load', true, ['webgpu']), checkOf('parity', true)])
  expect(JSON.parse(lines[1]!)).toMatchObject({ check: 'parity', findings: ['webgpu'] })
  expect(code).toBe(0)
  const none = await told(providers, [checkOf('load', false, []), checkOf('parity', true)])
  expect(none.lines).toHaveLength(1)
  expect(none.code).toBe(1)
})
