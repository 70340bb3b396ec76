-- Which header of a supplier's own sheet is what: mapped once by a person, used for every sheet of that supplier.
CREATE TABLE sheet_column (
  supplier TEXT NOT NULL,
  field    TEXT NOT NULL,
  header   TEXT NOT NULL,
  PRIMARY KEY (supplier, field)
) WITHOUT ROWID;
