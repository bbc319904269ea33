-- The membership of a cluster of Orleans in PostgreSQL. Orleans reads the table OrleansQuery, and runs what it finds there under the names that it knows. Parameters and
-- columns have the names that it gives and takes; of a write it takes the only column of the only row for whether that has succeeded.
--
-- Writers say which version of the table they have read. One that is late changes nothing and learns so: the version is checked, and counted up, by the same statement that
-- writes the member, and whoever comes second waits for the row of the cluster and checks again.

CREATE TABLE cluster
(
    id      text    PRIMARY KEY,
    version integer NOT NULL
);

CREATE TABLE member
(
    cluster      text        NOT NULL REFERENCES cluster ON DELETE CASCADE,
    Address      text        NOT NULL,
    Port         integer     NOT NULL,
    Generation   integer     NOT NULL,
    SiloName     text        NOT NULL,
    HostName     text        NOT NULL,
    Status       integer     NOT NULL,
    ProxyPort    integer     NOT NULL,
    SuspectTimes text,
    StartTime    timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (cluster, Address, Port, Generation)
);

CREATE TABLE OrleansQuery
(
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);

INSERT INTO OrleansQuery VALUES
('InsertMembershipVersionKey', $$
    WITH written AS (INSERT INTO cluster VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING id)
    SELECT EXISTS (SELECT FROM written)
$$),
('InsertMembershipKey', $$
    WITH turn AS
    (
        UPDATE cluster SET version = version + 1
        WHERE id = @DeploymentId AND version = @Version AND NOT EXISTS
            (SELECT FROM member WHERE cluster = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation)
        RETURNING id
    ),
    written AS
    (
        INSERT INTO member (cluster, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
        SELECT id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM turn
        RETURNING cluster
    )
    SELECT EXISTS (SELECT FROM written)
$$),
('UpdateMembershipKey', $$
    WITH turn AS
    (
        UPDATE cluster SET version = version + 1
        WHERE id = @DeploymentId AND version = @Version AND EXISTS
            (SELECT FROM member WHERE cluster = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation)
        RETURNING id
    ),
    written AS
    (
        UPDATE member SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime FROM turn
        WHERE cluster = turn.id AND Address = @Address AND Port = @Port AND Generation = @Generation
        RETURNING cluster
    )
    SELECT EXISTS (SELECT FROM written)
$$),
('UpdateIAmAlivetimeKey', $$
    UPDATE member SET IAmAliveTime = @IAmAliveTime WHERE cluster = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
$$),
-- The version is wanted of a cluster without such a member, too.
('MembershipReadRowKey', $$
    SELECT member.*, version FROM cluster LEFT JOIN member ON cluster = id AND Address = @Address AND Port = @Port AND Generation = @Generation WHERE id = @DeploymentId
$$),
('MembershipReadAllKey', $$
    SELECT member.*, version FROM cluster LEFT JOIN member ON cluster = id WHERE id = @DeploymentId
$$),
('GatewaysQueryKey', $$
    SELECT Address, ProxyPort, Generation FROM member WHERE cluster = @DeploymentId AND Status = @Status AND ProxyPort > 0
$$),
('DeleteMembershipTableEntriesKey', $$
    DELETE FROM cluster WHERE id = @DeploymentId
$$),
-- 3 is a silo that is active: it stays, however long it has not been heard of.
('CleanupDefunctSiloEntriesKey', $$
    DELETE FROM member WHERE cluster = @DeploymentId AND Status <> 3 AND IAmAliveTime < @IAmAliveTime
$$);
