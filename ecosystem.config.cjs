// pm2 start ecosystem.config.cjs — one daemon per account. docs/operations.md tells the rest.
module.exports = {
  apps: [
    {
      name: 'tickwright',
      script: 'dist/wiring/main.js',
      args: 'run --config config/paper.yaml',
      cwd: __dirname,
      // One process writes one database: never more than one instance, never cluster mode.
      exec_mode: 'fork',
      instances: 1,
      // The daemon says `ready` once feed, model and ledger stand.
      wait_ready: true,
      listen_timeout: 60_000,
      // Longer than trading.stopTimeoutMs: orders are handled and state is flushed before pm2 kills.
      kill_timeout: 20_000,
      autorestart: true,
      max_restarts: 10,
      min_uptime: 60_000,
      exp_backoff_restart_delay: 1_000,
      // A wrong configuration (1) or command line (2) does not heal by starting again.
      stop_exit_codes: [1, 2],
      max_memory_restart: '800M',
      time: false, // Log lines carry their own.
      merge_logs: true,
    },
  ],
}
