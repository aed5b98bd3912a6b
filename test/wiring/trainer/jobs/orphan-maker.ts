import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runJob } from '../../../../src/wiring/trainer/job-process.ts'

// Begins a job that never ends and tells its pid; the test kills this process.
const script = fileURLToPath(new URL('scripted-job.ts', import.meta.url))
await runJob(
  {
    job: { kind: 'train', config: '', until: 0, because: 'hang' },
    limits: { memoryMbMax: 2_000, runMsMax: 60_000 },
    onMessage: (message) => message.kind === 'progress' && process.stdout.write(`${message.text}\n`),
  },
  () =>
    fork(script, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--import', 'tsx'],
    }),
)
