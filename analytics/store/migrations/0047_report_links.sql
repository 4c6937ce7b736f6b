-- A line of a graded report names nodes too. Such a link goes with its report, and is read only by who may read the line.
-- All links are computed from rows: the next update of the network writes them anew.
-- A report that was typed in has source 0.
ALTER TABLE network_link ADD COLUMN report_id INTEGER;
ALTER TABLE network_link ADD COLUMN line INTEGER;
-- What touches a node is found by a number made of its name, by which the rows are stored in order; so that both ends
-- are found as fast, every link stands a second time in the order of its other end.
ALTER TABLE network_link ADD COLUMN node_key UBIGINT;
UPDATE network_link SET node_key = md5_number_lower(node);
CREATE TABLE network_link_back AS
    SELECT * EXCLUDE (node_key), md5_number_lower(other) AS other_key FROM network_link ORDER BY other_key;
