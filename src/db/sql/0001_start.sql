-- Orders as stores tell them, listings, match rules, purchase orders, and the log of all that happened.
-- Never edited after release: changes are a new file. Money is whole: prices in ten-thousandths, sums in minor units.
-- Times are RFC 3339 UTC text, but for those that are searched or compared, which are whole seconds or nanoseconds.

CREATE TABLE store (
  id   INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL
);

-- One row for every command that changed something, or tried to.
CREATE TABLE run (
  id      INTEGER PRIMARY KEY,
  command TEXT NOT NULL,
  at      TEXT NOT NULL
);

-- A file or API pull that orders came from.
CREATE TABLE source (
  id            INTEGER PRIMARY KEY,
  run           INTEGER NOT NULL REFERENCES run,
  store         INTEGER NOT NULL REFERENCES store,
  name          TEXT NOT NULL,
  format        TEXT NOT NULL,
  -- Hash of bytes, format and settings: the same again has nothing new to say.
  sha256        TEXT NOT NULL,
  newest        INTEGER,            -- seconds; NULL when the source has no timestamps
  modified      INTEGER NOT NULL,   -- nanoseconds
  imported_at   TEXT NOT NULL,
  rows          INTEGER NOT NULL,
  orders        INTEGER NOT NULL,
  lines         INTEGER NOT NULL,
  rejected      INTEGER NOT NULL
);
CREATE INDEX source_by_hash ON source (sha256);

CREATE TABLE orders (
  id            INTEGER PRIMARY KEY,
  store         INTEGER NOT NULL REFERENCES store,
  key           TEXT NOT NULL,      -- 1001, or 1001~2 for a second order with that number
  number        TEXT NOT NULL,
  external_id   TEXT,
  state         TEXT NOT NULL,      -- follows from the rest; kept so that open orders are found without history
  has_head      INTEGER NOT NULL,   -- 0 while only continuation lines have been seen
  source        INTEGER NOT NULL REFERENCES source,
  placed_at     INTEGER,            -- seconds, as ship_by
  payment       TEXT,               -- paid, partly_refunded, refunded, not_paid:word, unknown:word
  cancelled     INTEGER,
  test          INTEGER,
  fulfilled     INTEGER,
  currency      TEXT,
  subtotal      INTEGER,
  discount      INTEGER,
  total         INTEGER,
  refunded      INTEGER,
  pieces        INTEGER,
  ship_name     TEXT, ship_company TEXT, ship_line1 TEXT, ship_line2 TEXT, ship_city TEXT,
  ship_region   TEXT, ship_postcode TEXT, ship_country TEXT, ship_phone TEXT, ship_email TEXT,
  has_billing   INTEGER NOT NULL DEFAULT 0,
  email         TEXT,
  note          TEXT,
  gift_message  TEXT,
  method        TEXT,
  ship_by       INTEGER,
  risk          TEXT,
  tax_id        TEXT,
  email_hash    INTEGER,            -- same buyer within a day: POSSIBLE_DUPLICATE
  ship_hash     INTEGER,
  UNIQUE (store, key)
);
CREATE UNIQUE INDEX orders_external ON orders (external_id, store);
CREATE INDEX orders_open ON orders (state, store) WHERE state IN ('ready', 'partly_ordered');
CREATE INDEX orders_email ON orders (email_hash);
CREATE INDEX orders_ship ON orders (ship_hash);

-- How many orders stand in each state, so that `status` does not count history.
CREATE TABLE order_count (
  store INTEGER NOT NULL REFERENCES store,
  state TEXT NOT NULL,
  n     INTEGER NOT NULL,
  PRIMARY KEY (store, state)
) WITHOUT ROWID;

CREATE TABLE line (
  order_id          INTEGER NOT NULL REFERENCES orders,
  position          INTEGER NOT NULL,
  key               TEXT NOT NULL,  -- =external line id, or ordinal:sku
  sku               TEXT NOT NULL,
  title             TEXT NOT NULL,
  variant           TEXT NOT NULL,
  personalisation   TEXT,
  ordered           INTEGER NOT NULL,
  removed           INTEGER,
  shipped_elsewhere INTEGER,
  bought            INTEGER NOT NULL DEFAULT 0,
  shipped           INTEGER NOT NULL DEFAULT 0,
  delivered         INTEGER NOT NULL DEFAULT 0,
  unit_price        INTEGER,
  price_currency    TEXT,
  requires_shipping INTEGER,
  cancelled         INTEGER,
  first_source      INTEGER NOT NULL,   -- source; not checked for each line, it is the one being imported
  last_source       INTEGER NOT NULL,
  PRIMARY KEY (order_id, key)
) WITHOUT ROWID;

-- Every change of an order after it was first seen.
CREATE TABLE history (
  id        INTEGER PRIMARY KEY,
  order_id  INTEGER NOT NULL REFERENCES orders,
  field     TEXT NOT NULL,
  old       TEXT NOT NULL,
  new       TEXT NOT NULL,
  at        TEXT NOT NULL,
  source    INTEGER REFERENCES source,   -- NULL: a person, see cause
  cause     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX history_of_order ON history (order_id);

-- Holds that an import left or a person put. What follows from the order itself is worked out anew each time.
CREATE TABLE standing_hold (
  order_id  INTEGER NOT NULL REFERENCES orders,
  code      TEXT NOT NULL,
  message   TEXT NOT NULL,
  hint      TEXT NOT NULL,
  evidence  TEXT NOT NULL,
  at        TEXT NOT NULL,
  PRIMARY KEY (order_id, code, evidence)
) WITHOUT ROWID;

-- Append-only: what people decided, and why.
CREATE TABLE decision (
  id          INTEGER PRIMARY KEY,
  order_id    INTEGER NOT NULL REFERENCES orders,
  what        TEXT NOT NULL,   -- hold, release, address
  code        TEXT NOT NULL,
  release_key TEXT NOT NULL,
  reason      TEXT NOT NULL,
  message     TEXT NOT NULL,
  at          TEXT NOT NULL,
  actor       TEXT NOT NULL
);
CREATE INDEX decision_of_order ON decision (order_id);

CREATE TABLE listing (
  supplier        TEXT NOT NULL,
  listing_id      TEXT NOT NULL,
  title           TEXT NOT NULL,
  options         TEXT NOT NULL,
  price           INTEGER,
  shipping        INTEGER,
  currency        TEXT,
  pack_size       INTEGER NOT NULL,
  min_quantity    INTEGER NOT NULL,
  stock           INTEGER,
  ships_from      TEXT NOT NULL,
  ships_to        TEXT NOT NULL,
  method          TEXT NOT NULL,
  processing_days INTEGER,
  transit_days_min INTEGER,
  transit_days_max INTEGER,
  url             TEXT NOT NULL,
  checked_at      TEXT,
  accepted_price  INTEGER,
  accepted_currency TEXT,
  gone            INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (supplier, listing_id)
) WITHOUT ROWID;

CREATE TABLE match_rule (
  store       TEXT NOT NULL,      -- empty: any
  sku         TEXT NOT NULL,
  supplier    TEXT NOT NULL,
  listing_id  TEXT NOT NULL,
  quantity    INTEGER NOT NULL,
  country     TEXT NOT NULL,      -- empty: any
  priority    INTEGER NOT NULL,
  part        INTEGER NOT NULL,   -- 0: the whole
  fingerprint TEXT,
  PRIMARY KEY (sku, store, country, priority, part)
) WITHOUT ROWID;

-- Never deleted. The ship-to is a frozen copy of the order's own block.
CREATE TABLE purchase_order (
  id           INTEGER PRIMARY KEY,
  order_id     INTEGER NOT NULL REFERENCES orders,
  counter      INTEGER NOT NULL,
  reference    TEXT NOT NULL UNIQUE,
  supplier     TEXT NOT NULL,
  state        TEXT NOT NULL,
  -- Purchase orders of one plan of one order: the parts of a bundle are bought together.
  batch        TEXT NOT NULL,
  ship_to      TEXT NOT NULL,          -- JSON
  ship_to_hash TEXT NOT NULL,
  method       TEXT NOT NULL,
  ships_from   TEXT NOT NULL,
  expected     INTEGER NOT NULL,       -- minor units
  currency     TEXT NOT NULL,
  check_code   TEXT NOT NULL DEFAULT '',
  sheet        INTEGER REFERENCES sheet,
  made_at      TEXT NOT NULL,
  UNIQUE (order_id, counter)
);
CREATE INDEX purchase_order_open ON purchase_order (state)
  WHERE state IN ('draft', 'sending', 'unknown', 'handed_off', 'placed', 'cancel_asked');

CREATE TABLE purchase_line (
  purchase_order INTEGER NOT NULL REFERENCES purchase_order,
  position       INTEGER NOT NULL,     -- of the order line
  sku            TEXT NOT NULL,
  listing_id     TEXT NOT NULL,
  title          TEXT NOT NULL,
  options        TEXT NOT NULL,
  packs          INTEGER NOT NULL,
  units          INTEGER NOT NULL,     -- of the order line
  unit_cost      INTEGER NOT NULL,     -- ten-thousandths, in the currency of the purchase order
  PRIMARY KEY (purchase_order, position, listing_id)
) WITHOUT ROWID;

-- A supplier may split one purchase order.
CREATE TABLE supplier_order (
  purchase_order INTEGER NOT NULL REFERENCES purchase_order,
  supplier_id    TEXT NOT NULL,
  asks           INTEGER,
  asks_currency  TEXT,
  PRIMARY KEY (purchase_order, supplier_id)
) WITHOUT ROWID;

-- Append-only: every attempt with its exact bytes, committed before the first of them leaves.
CREATE TABLE attempt (
  id             INTEGER PRIMARY KEY,
  purchase_order INTEGER NOT NULL REFERENCES purchase_order,
  body           BLOB NOT NULL,
  at             TEXT NOT NULL,
  outcome        TEXT,                 -- NULL while nobody knows
  why            TEXT
);

-- Append-only: what a supplier said it recorded, compared with the order.
CREATE TABLE recorded_proof (
  id             INTEGER PRIMARY KEY,
  purchase_order INTEGER NOT NULL REFERENCES purchase_order,
  verdict        TEXT NOT NULL,
  fields         TEXT NOT NULL,        -- JSON
  at             TEXT NOT NULL
);
CREATE INDEX recorded_proof_of ON recorded_proof (purchase_order);

-- Append-only: every step of every purchase order.
CREATE TABLE purchase_step (
  id             INTEGER PRIMARY KEY,
  purchase_order INTEGER NOT NULL REFERENCES purchase_order,
  old            TEXT NOT NULL,
  new            TEXT NOT NULL,
  at             TEXT NOT NULL,
  cause          TEXT NOT NULL,
  actor          TEXT NOT NULL
);
CREATE INDEX purchase_step_of ON purchase_step (purchase_order);

-- A file in a supplier's outbox: committed under its temporary name, then renamed.
CREATE TABLE sheet (
  id        INTEGER PRIMARY KEY,
  supplier  TEXT NOT NULL,
  path      TEXT NOT NULL UNIQUE,
  temporary TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  made_at   TEXT NOT NULL,
  named     INTEGER NOT NULL DEFAULT 0   -- 1 once it has its name; then a person may move it away
);

-- Which database this is: the journal of references outside it carries the same word.
CREATE TABLE identity (
  word TEXT NOT NULL
);
INSERT INTO identity (word) VALUES (lower(hex(randomblob(8))));
