-- What crime is a rate of: residents, households, parked vehicles; by outline or by point.
CREATE SEQUENCE target_id_sequence;
CREATE TABLE target (
    target_id INTEGER PRIMARY KEY DEFAULT nextval('target_id_sequence'),
    area_id INTEGER NOT NULL, name VARCHAR NOT NULL, layer VARCHAR,   -- NULL layer: points
    file_name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
    loaded_by VARCHAR NOT NULL, loaded_at TIMESTAMP NOT NULL
);
CREATE TABLE target_value (
    target_id INTEGER NOT NULL,
    outline_id VARCHAR, x DOUBLE, y DOUBLE,                           -- an outline, or a point in metres
    value DOUBLE NOT NULL
);
