-- How far each store's API has been read. Never edited after release.
-- Both times are RFC 3339 UTC text.
CREATE TABLE pull (
  store       INTEGER PRIMARY KEY REFERENCES store,
  account     TEXT NOT NULL,   -- hash of what the config calls the shop: another shop under the same name begins anew
  newest      TEXT,            -- when the newest order that was applied was changed, by the store's clock
  complete_at TEXT             -- when a pull last came to its end: what it did not bring has not changed until then
);
