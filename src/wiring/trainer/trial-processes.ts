import { InputError } from '../../core/errors.ts'
import type { TrialResult, TrialRunner } from '../../training/search/trial-runner.port.ts'
import { type JobLimits, runJob } from './job-process.ts'

/** Each trial in a process of its own: one that crashes, hangs or takes too much memory has failed, and no more. `start`: for tests. */
export const trialProcesses = (
  config: string,
  group: string | undefined,
  limits: JobLimits,
  signal: AbortSignal,
  start = runJob,
): TrialRunner => ({
  async run(params, seed, report) {
    const outcome = await start({
      job: { kind: 'trial', config, params, seed, group },
      ...{ limits, signal },
      onMessage(message, answer) {
        if (message.kind === 'step') answer(report(message.step, message.value) === 'go')
      },
    })
    if (outcome.kind === 'done') return outcome.result as TrialResult
    throw new InputError(outcome.why)
  },
})
