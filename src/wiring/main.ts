#!/usr/bin/env node
import '../adapters/onnx/no-telemetry.ts'

import { readFileSync } from 'node:fs'
import { commands } from './commands.ts'
import { packageFile } from './package-file.ts'
import { processIo } from './process-io.ts'
import { runCli } from './run-cli.ts'

// What nobody caught is a bug or a dead disk: exit code 3, on which a supervisor starts the daemon again (Node's own 1 means bad input).
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (thrown: unknown) => {
    process.stderr.write(`fatal: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
    process.exit(3)
  })
}

const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }
const code = await runCli(process.argv.slice(2), commands, processIo(), version)
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
process.exit(code) // Native libraries may hold the event loop open.
