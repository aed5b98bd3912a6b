import { autoProviders } from '../../src/adapters/onnx/auto-providers.ts'
import { GPU_CHECKS, type GpuCheck } from './gpu-checks.ts'

/** `npm run gpu-check`: a JSON line for each check. Exit code 0 also where there is no GPU, 1 when a check fails. */
export async function gpuCheck(
  providers: readonly string[],
  checks: readonly GpuCheck[],
  out: (line: string) => void,
): Promise<0 | 1> {
  let gpus: readonly string[] = providers.filter((provider) => provider !== 'cpu')
  if (gpus.length === 0) {
    out('gpu-check: skipped, no GPU that onnxruntime-node could use is to be seen on this machine (docs/gpu.md)')
    return 0
  }
  let code: 0 | 1 = 0
  for (const { name, run } of checks) {
    const result = await run(gpus)
    if (!result.passed) code = 1
    out(JSON.stringify({ check: name, ...result }))
    gpus = result.working ?? gpus
    if (gpus.length === 0) break
  }
  return code
}

/** `--providers a,b`: these in place of what the machine seems to have. */
function asked(args: readonly string[]): readonly string[] | undefined {
  const at = args.indexOf('--providers')
  return at < 0 ? undefined : (args[at + 1] ?? '').split(',')
}

if (process.argv[1]?.endsWith('check.ts')) {
  const providers = asked(process.argv) ?? autoProviders()
  process.exitCode = await gpuCheck(providers, GPU_CHECKS, (line) => void process.stdout.write(`${line}\n`))
}
