-- Parcels and what became of them, what stores were told, and when each source last worked.
-- Never edited after release. Times are RFC 3339 UTC text, but for those that are compared, which are whole seconds.

-- A tracking number of a supplier. Never deleted: a number that another took the place of stays with `superseded_by`.
-- A number is not unique for ever: carriers use them again, so whoever adds one looks at those that are young.
CREATE TABLE parcel (
  id             INTEGER PRIMARY KEY,
  supplier       TEXT NOT NULL,
  number         TEXT NOT NULL,          -- normalised
  as_said        TEXT NOT NULL,
  carrier        TEXT,                   -- id in the table of carriers; NULL: nobody knows
  carrier_said   TEXT NOT NULL,          -- the word that came with the number
  source         TEXT NOT NULL,          -- api, sheet, hand, email
  shipped_at     TEXT,                   -- as the source said; NULL: it did not
  added_at       INTEGER NOT NULL,       -- seconds
  status         TEXT NOT NULL,          -- core::parcel; unknown:word stays what it is
  status_at      INTEGER,                -- of the newest event, seconds
  first_scan     INTEGER,                -- of the first event that counts, seconds
  -- Who brings it to the door, under which number, once that is known.
  last_number    TEXT,
  last_carrier   TEXT,
  goes_to        TEXT,                   -- alpha-2 that the carrier names
  -- Where it was delivered, and what comparing that with the ship-to says: same, different, unavailable.
  arrival        TEXT,
  arrival_fields TEXT,                   -- JSON
  delivered      INTEGER NOT NULL DEFAULT 0,   -- 1: delivered, and not elsewhere
  asked_at       INTEGER,                -- when a status was last asked for, seconds
  transit_days   INTEGER,                -- as counted in `transit`; NULL: not counted
  watched        INTEGER NOT NULL DEFAULT 1,   -- 0: its end is known, or another number took its place
  superseded_by  INTEGER REFERENCES parcel
);
CREATE INDEX parcel_number ON parcel (number);
CREATE INDEX parcel_watched ON parcel (status) WHERE watched = 1;
-- Of these, those whose status somebody tells.
CREATE INDEX parcel_asked ON parcel (asked_at) WHERE watched = 1 AND asked_at IS NOT NULL;

-- What is in a parcel: several lines, several purchase orders of one customer. Zero units: it is of that line, and nobody says
-- how many are in it.
CREATE TABLE parcel_line (
  parcel         INTEGER NOT NULL REFERENCES parcel,
  purchase_order INTEGER NOT NULL REFERENCES purchase_order,
  position       INTEGER NOT NULL,       -- of the order line
  units          INTEGER NOT NULL,       -- of the order line
  PRIMARY KEY (parcel, purchase_order, position)
) WITHOUT ROWID;
CREATE INDEX parcel_line_of ON parcel_line (purchase_order);

-- Append-only: what carriers said, once each.
CREATE TABLE parcel_event (
  id       INTEGER PRIMARY KEY,
  parcel   INTEGER NOT NULL REFERENCES parcel,
  at       INTEGER NOT NULL,             -- seconds
  status   TEXT NOT NULL,
  words    TEXT NOT NULL,
  country  TEXT NOT NULL, region TEXT NOT NULL, city TEXT NOT NULL, postcode TEXT NOT NULL,
  early    INTEGER NOT NULL,             -- 1: before the purchase order was made, so of an earlier parcel
  seen_at  TEXT NOT NULL,
  UNIQUE (parcel, at, status, words, city)
);

-- Append-only: every step of every parcel.
CREATE TABLE parcel_step (
  id     INTEGER PRIMARY KEY,
  parcel INTEGER NOT NULL REFERENCES parcel,
  old    TEXT NOT NULL,
  new    TEXT NOT NULL,
  at     TEXT NOT NULL,
  cause  TEXT NOT NULL,
  actor  TEXT NOT NULL
);
CREATE INDEX parcel_step_of ON parcel_step (parcel);

-- A number as a tracker knows it.
CREATE TABLE registration (
  tracker  TEXT NOT NULL,
  parcel   INTEGER NOT NULL REFERENCES parcel,
  state    TEXT NOT NULL,                -- registered, refused
  carrier  TEXT NOT NULL,                -- the tracker's own key
  why      TEXT NOT NULL,
  at       TEXT NOT NULL,
  PRIMARY KEY (tracker, parcel)
) WITHOUT ROWID;

-- One parcel told to one order of a store. Saved as sent before the first byte leaves; never deleted. A second row only for what
-- came into the parcel after the first was done.
CREATE TABLE push (
  id        INTEGER PRIMARY KEY,
  parcel    INTEGER NOT NULL REFERENCES parcel,
  order_id  INTEGER NOT NULL REFERENCES orders,
  channel   TEXT NOT NULL,               -- api, or the name of an upload file's template
  state     TEXT NOT NULL,               -- planned sent done refused unknown
  code      TEXT NOT NULL DEFAULT '',
  why       TEXT NOT NULL DEFAULT '',
  frozen    TEXT NOT NULL DEFAULT '',    -- JSON, as it was sent
  store_id  TEXT NOT NULL DEFAULT '',    -- the store's own key of the parcel, or the file's path
  sent_at   INTEGER,                     -- seconds
  planned_at TEXT NOT NULL,
  changed_at TEXT NOT NULL
);
CREATE INDEX push_of_parcel ON push (parcel);
CREATE INDEX push_open ON push (state) WHERE state <> 'done';
-- Of these, those that do not go by themselves.
CREATE INDEX push_stuck ON push (code) WHERE state <> 'done' AND code <> '';
CREATE INDEX push_of_order ON push (order_id);

-- What is told with it, of the order's lines.
CREATE TABLE push_line (
  push     INTEGER NOT NULL REFERENCES push,
  position INTEGER NOT NULL,
  units    INTEGER NOT NULL,
  PRIMARY KEY (push, position)
) WITHOUT ROWID;

-- Append-only: every step of every push.
CREATE TABLE push_step (
  id    INTEGER PRIMARY KEY,
  push  INTEGER NOT NULL REFERENCES push,
  old   TEXT NOT NULL,
  new   TEXT NOT NULL,
  at    TEXT NOT NULL,
  cause TEXT NOT NULL
);
CREATE INDEX push_step_of ON push_step (push);

-- A file for a store without an API: committed under its temporary name, then renamed.
CREATE TABLE upload (
  id        INTEGER PRIMARY KEY,
  store     TEXT NOT NULL,
  template  TEXT NOT NULL,
  path      TEXT NOT NULL UNIQUE,
  temporary TEXT NOT NULL,
  made_at   TEXT NOT NULL,
  named     INTEGER NOT NULL DEFAULT 0
);

-- When a source was last asked, when that last worked, and what went wrong since.
CREATE TABLE sync (
  what   TEXT PRIMARY KEY,
  tried  TEXT NOT NULL,
  worked TEXT,
  error  TEXT NOT NULL
) WITHOUT ROWID;

-- Units of the line that stores were told of: what a store counts as shipped is not all shipped by others.
ALTER TABLE line ADD COLUMN told INTEGER NOT NULL DEFAULT 0;

-- Purchase orders that are out and not delivered, so that no sync reads history.
CREATE INDEX purchase_order_out ON purchase_order (state)
  WHERE state IN ('handed_off', 'placed', 'paid', 'shipped', 'cancel_asked');

-- Orders that wait for parcels, so that no status reads history.
CREATE INDEX orders_awaited ON orders (state) WHERE state IN ('partly_ordered', 'ordered', 'partly_shipped');

-- How many parcels took how many days from shipped to delivered: what "late" is measured by, without reading history.
CREATE TABLE transit (
  supplier TEXT NOT NULL,
  country  TEXT NOT NULL,
  method   TEXT NOT NULL,
  days     INTEGER NOT NULL,
  parcels  INTEGER NOT NULL,
  PRIMARY KEY (supplier, country, method, days)
) WITHOUT ROWID;
