-- What a supplier offered for sending a parcel to a country: a cache, filled by `dsf listings refresh`.
CREATE TABLE freight (
  supplier   TEXT NOT NULL,
  country    TEXT NOT NULL,            -- alpha-2
  contents   TEXT NOT NULL,            -- warehouse, listing ids and packs
  method     TEXT NOT NULL,            -- empty: nothing is offered
  cost       INTEGER NOT NULL,         -- minor units
  currency   TEXT NOT NULL,
  days_min   INTEGER,
  days_max   INTEGER,
  checked_at TEXT NOT NULL,
  PRIMARY KEY (supplier, country, contents, method)
) WITHOUT ROWID;
