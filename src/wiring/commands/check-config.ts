import type { CheckConfigOptions } from '../command-options.ts'
import { isModelFile, isSweepFile, loadAnyConfig, loadModelSettings, loadSweepFile } from '../config/load-config.ts'
import { readSecrets } from '../config/read-secrets.ts'
import type { Io } from '../io.ts'

/** Checks the file and says which environment variables it still needs. Throws `InputError` for what is wrong. */
export async function checkConfigCommand(options: CheckConfigOptions, io: Io): Promise<number> {
  if (isModelFile(options.config)) {
    loadModelSettings(options.config)
    io.out(`${options.config}: fine (a model)`)
    return 0
  }
  if (isSweepFile(options.config)) {
    loadSweepFile(options.config)
    io.out(`${options.config}: fine (a sweep)`)
    return 0
  }
  const config = loadAnyConfig(options.config)
  if (config.mode !== 'fit') readSecrets(config, io.env)
  io.out(`${options.config}: fine (mode ${config.mode})`)
  return 0
}
