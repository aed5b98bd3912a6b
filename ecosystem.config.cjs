// pm2 start ecosystem.config.cjs — one daemon per account, and its trainer. docs/operations.md tells the rest.
const shared = {
  script: 'dist/wiring/main.js',
  cwd: __dirname,
  // One process writes one database: never more than one instance, never cluster mode.
  exec_mode: 'fork',
  instances: 1,
  wait_ready: true,
  listen_timeout: 60_000,
  kill_timeout: 20_000,
  // The stop signal goes to the process alone; it ends its own children: the daemon of the demo its exchange simulator after the last
  // look at the ledger, the trainer its training once the checkpoint is whole.
  treekill: false,
  autorestart: true,
  // A crash is followed by a pause of 1 s, 1.5 s … 15 s. A start that lasts under min_uptime counts; 60 of them are a quarter
  // of an hour without the exchange after a reboot.
  exp_backoff_restart_delay: 1_000,
  min_uptime: 60_000,
  max_restarts: 60,
  // A wrong configuration (1) or command line (2) does not heal by starting again. pm2 then shows `waiting restart` for ever.
  stop_exit_codes: [1, 2],
  merge_logs: true,
}

module.exports = {
  apps: [
    {
      ...shared,
      name: 'tickwright',
      // It says `ready` once feed, model and ledger stand. kill_timeout is longer than trading.stopTimeoutMs: orders are handled and
      // state is flushed before pm2 kills.
      args: 'run --config config/paper.yaml',
      max_memory_restart: '800M',
      time: false, // Log lines carry their own.
    },
    {
      ...shared,
      name: 'tickwright-trainer',
      // The daemon's own file: both must agree on bars, features and family. It says `ready` once it has its lock; the daemon's first
      // bars may come later. A training has 5 s to stop, and goes on from its last epoch.
      args: 'trainer --config config/paper.yaml',
      // The trainer with its shadows; a training has trainer.limits.memoryMbMax of its own.
      max_memory_restart: '1G',
      time: true, // Its lines carry none.
    },
  ],
}
