/** "TwRt": tells our files from any other SQLite database. */
export const APPLICATION_ID = 0x54775274

/** States that are over, as an SQL list. */
export const TERMINAL_SQL = `('filled', 'cancelled', 'expired', 'rejected', 'absent')`

const TYPES_SQL = `('limit', 'market', 'stop-market', 'stop-limit', 'take-profit-market', 'take-profit-limit', 'trailing-stop')`

/**
 * One entry per schema version, applied in order, each in one transaction with its `user_version`. Never edited once released.
 * Times: epoch ms with fraction (REAL). Money: decimal strings (TEXT), settle currency unless a column says otherwise.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;

  -- Counted by triggers, so that the count does not depend on the code it checks.
  CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 0)
  ) STRICT;
  INSERT INTO counters VALUES ('decisions', 0), ('ordersDecided', 0), ('intents', 0), ('fills', 0);

  -- Exactly one row per instrument and closed bar.
  CREATE TABLE decisions (
    decision_id         TEXT PRIMARY KEY,
    symbol              TEXT NOT NULL,
    bar_start_at        REAL NOT NULL,              -- epoch ms, exchange clock
    bar_end_at          REAL NOT NULL,              -- epoch ms, exchange clock
    open                REAL,                       -- quote currency; NULL: not a number
    high                REAL,
    low                 REAL,
    close               REAL,
    buy_volume          REAL NOT NULL,              -- base units
    sell_volume         REAL NOT NULL,              -- base units
    trade_count         INTEGER NOT NULL CHECK (trade_count >= 0),
    ofi                 REAL,                       -- base units, best level
    taints              TEXT NOT NULL CHECK (json_valid(taints)),
    bid_ticks           REAL,                       -- ticks; NULL: book void
    ask_ticks           REAL,
    bid_size            REAL,                       -- base units
    ask_size            REAL,
    feature_schema_hash TEXT NOT NULL,
    feature_hash        TEXT,
    forecast            TEXT CHECK (forecast IS NULL OR json_valid(forecast)),
    model_id            TEXT,
    provider            TEXT,
    target              TEXT NOT NULL CHECK (json_valid(target)),
    verdict             TEXT NOT NULL CHECK (json_valid(verdict)),
    client_id           TEXT UNIQUE,
    feature_ms          REAL,                       -- milliseconds per hop
    forecast_ms         REAL,
    decide_ms           REAL,
    commit_ms           REAL,
    close_to_send_ms    REAL,
    position_lots       INTEGER NOT NULL,           -- signed lots before the decision
    equity              TEXT NOT NULL,
    UNIQUE (symbol, bar_end_at),
    CHECK (bar_end_at > bar_start_at)
  ) STRICT;
  CREATE INDEX decisions_by_time ON decisions (bar_end_at, symbol);
  CREATE TRIGGER count_decision AFTER INSERT ON decisions BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'decisions';
    UPDATE counters SET value = value + (NEW.client_id IS NOT NULL) WHERE name = 'ordersDecided';
  END;

  -- What we wanted, committed before anything is sent; never changed.
  CREATE TABLE intents (
    client_id     TEXT PRIMARY KEY CHECK (length(client_id) BETWEEN 1 AND 36),
    decision_id   TEXT NOT NULL UNIQUE REFERENCES decisions (decision_id),
    symbol        TEXT NOT NULL,
    type          TEXT NOT NULL CHECK (type IN ('limit', 'market')),
    price_ticks   INTEGER NOT NULL CHECK (price_ticks > 0),
    lots          INTEGER NOT NULL CHECK (lots > 0),
    side          TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    created_at    REAL NOT NULL
  ) STRICT;
  CREATE TRIGGER count_intent AFTER INSERT ON intents BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'intents';
  END;
  CREATE TRIGGER keep_intent BEFORE UPDATE ON intents BEGIN SELECT RAISE(ABORT, 'an intent never changes'); END;

  -- Orders of ours and, as external, those that no intent explains.
  CREATE TABLE orders (
    client_id     TEXT PRIMARY KEY,
    intent_id     TEXT REFERENCES intents (client_id),
    decision_id   TEXT REFERENCES decisions (decision_id),
    origin        TEXT NOT NULL CHECK (origin IN ('own', 'external')),
    symbol        TEXT NOT NULL,
    side          TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    lots          INTEGER NOT NULL CHECK (lots > 0),
    type          TEXT NOT NULL CHECK (type IN ('limit', 'market')),
    price         INTEGER NOT NULL CHECK (price >= 0), -- ticks; 0: external market order
    time_in_force TEXT NOT NULL CHECK (time_in_force IN ('IOC', 'GTC', 'GTX')),
    reduce_only   INTEGER NOT NULL CHECK (reduce_only IN (0, 1)),
    created_at    REAL NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('intended', 'submitting', 'unknown', 'open', 'partial') OR state IN ${TERMINAL_SQL}),
    venue_id      TEXT,
    filled_lots   INTEGER NOT NULL CHECK (filled_lots >= 0),
    applied_lots  INTEGER NOT NULL CHECK (applied_lots >= 0), -- sum of its fills
    updated_at    REAL NOT NULL,                      -- epoch ms, venue clock, newest report
    detail        TEXT NOT NULL,
    CHECK ((origin = 'own') = (intent_id IS NOT NULL)),
    CHECK (intent_id IS NULL OR intent_id = client_id)
  ) STRICT;
  CREATE INDEX orders_open ON orders (created_at) WHERE state NOT IN ${TERMINAL_SQL};
  CREATE INDEX orders_by_venue ON orders (symbol, venue_id);

  CREATE TABLE fills (
    symbol       TEXT NOT NULL,
    trade_id     TEXT NOT NULL,
    client_id    TEXT NOT NULL,                      -- empty: the venue did not say
    venue_id     TEXT NOT NULL,
    origin       TEXT NOT NULL CHECK (origin IN ('own', 'external', 'opening')), -- opening: older than the ledger
    side         TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    price        INTEGER NOT NULL CHECK (price > 0),  -- ticks
    lots         INTEGER NOT NULL CHECK (lots > 0),
    fee          TEXT NOT NULL,                      -- in fee_currency; a rebate is negative
    fee_currency TEXT NOT NULL,
    realised_pnl TEXT NOT NULL,
    maker        INTEGER NOT NULL CHECK (maker IN (0, 1)),
    at           REAL NOT NULL,                      -- epoch ms, venue clock
    PRIMARY KEY (symbol, trade_id)
  ) STRICT;
  CREATE INDEX fills_by_time ON fills (at);
  CREATE INDEX fills_by_symbol ON fills (symbol, at);
  CREATE INDEX fills_by_order ON fills (client_id);
  CREATE INDEX fills_by_venue ON fills (symbol, venue_id);
  CREATE TRIGGER count_fill AFTER INSERT ON fills WHEN NEW.origin <> 'opening' BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'fills';
  END;

  CREATE TABLE positions (
    symbol       TEXT PRIMARY KEY,
    lots         INTEGER NOT NULL,                   -- signed
    entry_ticks  TEXT NOT NULL,                      -- mean entry price in ticks
    opening_lots INTEGER NOT NULL,                   -- signed, found at the venue when the ledger began
    opened_at    REAL NOT NULL,
    realised     TEXT NOT NULL,
    fees         TEXT NOT NULL,
    updated_at   REAL NOT NULL
  ) STRICT;

  -- wallet = start + realised - fees + cash
  CREATE TABLE balances (
    currency     TEXT PRIMARY KEY,
    start        TEXT NOT NULL,
    realised     TEXT NOT NULL,
    fees         TEXT NOT NULL,
    cash         TEXT NOT NULL,
    wallet       TEXT NOT NULL,
    venue_wallet TEXT NOT NULL,
    updated_at   REAL NOT NULL
  ) STRICT;

  -- Funding, transfers, and differences that nothing explains.
  CREATE TABLE cash (
    currency TEXT NOT NULL,
    amount   TEXT NOT NULL,
    reason   TEXT NOT NULL,
    at       REAL NOT NULL,
    UNIQUE (currency, at, reason, amount)
  ) STRICT;

  CREATE TABLE latches (
    name   TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    at     REAL NOT NULL
  ) STRICT;

  CREATE TABLE alerts (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 200),
    at       REAL NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    kind     TEXT NOT NULL,
    text     TEXT NOT NULL,
    data     TEXT NOT NULL CHECK (json_valid(data))
  ) STRICT;

  -- What each sink owes; neither delivered nor dropped: still to do.
  CREATE TABLE deliveries (
    seq             INTEGER NOT NULL REFERENCES alerts (seq) ON DELETE CASCADE,
    sink            TEXT NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at REAL NOT NULL,
    delivered_at    REAL,
    dropped_at      REAL,
    error           TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (seq, sink)
  ) STRICT;
  CREATE INDEX deliveries_due ON deliveries (sink, next_attempt_at) WHERE delivered_at IS NULL AND dropped_at IS NULL;
  `,
  `
  -- From the order handed to the socket to the venue's answer; NULL: none came.
  ALTER TABLE decisions ADD COLUMN send_to_answer_ms REAL;
  `,
  `
  -- Orders that wait for a price or end at a time. A CHECK cannot be altered: both tables are made anew, the child dropped first.
  CREATE TABLE intents_new (
    client_id     TEXT PRIMARY KEY CHECK (length(client_id) BETWEEN 1 AND 36),
    decision_id   TEXT NOT NULL UNIQUE REFERENCES decisions (decision_id),
    symbol        TEXT NOT NULL,
    type          TEXT NOT NULL CHECK (type IN ${TYPES_SQL}),
    price_ticks   INTEGER NOT NULL CHECK (price_ticks > 0),
    lots          INTEGER NOT NULL CHECK (lots > 0),
    side          TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    created_at    REAL NOT NULL
  ) STRICT;
  INSERT INTO intents_new SELECT * FROM intents ORDER BY rowid;

  CREATE TABLE orders_new (
    client_id     TEXT PRIMARY KEY,
    intent_id     TEXT REFERENCES intents_new (client_id),
    decision_id   TEXT REFERENCES decisions (decision_id),
    origin        TEXT NOT NULL CHECK (origin IN ('own', 'external')),
    symbol        TEXT NOT NULL,
    side          TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    lots          INTEGER NOT NULL CHECK (lots > 0),
    type          TEXT NOT NULL CHECK (type IN ${TYPES_SQL}),
    price         INTEGER NOT NULL CHECK (price >= 0), -- ticks; 0: external market order
    time_in_force TEXT NOT NULL CHECK (time_in_force IN ('IOC', 'FOK', 'GTC', 'GTX', 'GTD')),
    reduce_only   INTEGER NOT NULL CHECK (reduce_only IN (0, 1)),
    created_at    REAL NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('intended', 'submitting', 'unknown', 'open', 'partial') OR state IN ${TERMINAL_SQL}),
    venue_id      TEXT,
    filled_lots   INTEGER NOT NULL CHECK (filled_lots >= 0),
    applied_lots  INTEGER NOT NULL CHECK (applied_lots >= 0), -- sum of its fills
    updated_at    REAL NOT NULL,                      -- epoch ms, venue clock, newest report
    detail        TEXT NOT NULL,
    expires_at    REAL,                               -- epoch ms, of GTD
    "trigger"     TEXT CHECK ("trigger" IS NULL OR json_valid("trigger")),       -- {ticks, by}
    trailing      TEXT CHECK (trailing IS NULL OR json_valid(trailing)),         -- {callbackBps, by, activationTicks}
    protection    TEXT CHECK (protection IS NULL OR json_valid(protection)),     -- {stopLoss, takeProfit}: triggers
    position_side TEXT CHECK (position_side IN ('long', 'short')),               -- hedge mode; NULL: the net position
    CHECK ((origin = 'own') = (intent_id IS NOT NULL)),
    CHECK (intent_id IS NULL OR intent_id = client_id)
  ) STRICT;
  INSERT INTO orders_new SELECT *, NULL, NULL, NULL, NULL, NULL FROM orders ORDER BY rowid;
  DROP TABLE orders;
  DROP TABLE intents;
  ALTER TABLE intents_new RENAME TO intents;
  ALTER TABLE orders_new RENAME TO orders;

  CREATE TRIGGER count_intent AFTER INSERT ON intents BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'intents';
  END;
  CREATE TRIGGER keep_intent BEFORE UPDATE ON intents BEGIN SELECT RAISE(ABORT, 'an intent never changes'); END;
  CREATE INDEX orders_open ON orders (created_at) WHERE state NOT IN ${TERMINAL_SQL};
  CREATE INDEX orders_by_venue ON orders (symbol, venue_id);
  `,
]
