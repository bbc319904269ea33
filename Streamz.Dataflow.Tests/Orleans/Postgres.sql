-- What the ADO.NET membership of Orleans asks for: queries by their names, over tables that are nobody else's business.
create table OrleansQuery (QueryKey varchar(64) primary key, QueryText varchar(8000) not null);

create table membership_version (deployment varchar(150) primary key, version integer not null);

create table member (
    deployment varchar(150) not null references membership_version,
    address varchar(45) not null,
    port integer not null,
    generation integer not null,
    silo_name varchar(150) not null,
    host_name varchar(150) not null,
    status integer not null,
    proxy_port integer,
    suspect_times varchar(8000),
    start_time timestamptz not null,
    alive_time timestamptz not null,
    primary key (deployment, address, port, generation)
);

create view membership as
    select version.deployment, version.version, address, port, generation, silo_name as SiloName, host_name as HostName, status, proxy_port as ProxyPort,
        suspect_times as SuspectTimes, start_time as StartTime, alive_time as IAmAliveTime
    from membership_version version left join member using (deployment);

insert into OrleansQuery values

('InsertMembershipVersionKey', $$
    with added as (insert into membership_version values (@DeploymentId, 0) on conflict do nothing returning 1)
    select exists (select from added)
$$),

-- A change takes effect with the next version of the table, or not at all: the row of the version is locked until then.
('InsertMembershipKey', $$
    with next as (update membership_version set version = version + 1 where deployment = @DeploymentId and version = @Version returning 1),
    added as (
        insert into member
        select @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, null, @StartTime, @IAmAliveTime from next
        returning 1)
    select exists (select from added)
$$),

('UpdateMembershipKey', $$
    with next as (update membership_version set version = version + 1 where deployment = @DeploymentId and version = @Version returning 1),
    changed as (
        update member set status = @Status, suspect_times = @SuspectTimes, alive_time = @IAmAliveTime from next
        where deployment = @DeploymentId and address = @Address and port = @Port and generation = @Generation
        returning 1)
    select exists (select from changed)
$$),

('UpdateIAmAlivetimeKey', $$
    update member set alive_time = @IAmAliveTime
    where deployment = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$$),

('MembershipReadAllKey', $$ select * from membership where deployment = @DeploymentId $$),

('MembershipReadRowKey', $$
    select version.version, address, port, generation, silo_name as SiloName, host_name as HostName, status, proxy_port as ProxyPort,
        suspect_times as SuspectTimes, start_time as StartTime, alive_time as IAmAliveTime
    from membership_version version left join member
        on member.deployment = version.deployment and address = @Address and port = @Port and generation = @Generation
    where version.deployment = @DeploymentId
$$),

('GatewaysQueryKey', $$
    select address, proxy_port as ProxyPort, generation from member where deployment = @DeploymentId and status = @Status and proxy_port > 0
$$),

('DeleteMembershipTableEntriesKey', $$
    with gone as (delete from member where deployment = @DeploymentId)
    delete from membership_version where deployment = @DeploymentId
$$),

-- 6 is the status of the dead.
('CleanupDefunctSiloEntriesKey', $$ delete from member where deployment = @DeploymentId and status = 6 and alive_time < @IAmAliveTime $$),

('CleanupDefunctSiloEntryKey', $$
    delete from member
    where deployment = @DeploymentId and address = @Address and port = @Port and generation = @Generation and status = 6
        and start_time = @StartTime and alive_time = @IAmAliveTime and suspect_times is not distinct from @SuspectTimes
$$);
