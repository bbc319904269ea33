using Microsoft.Data.Sqlite;

namespace Streamz.Dataflow;

/// <summary>The checkpoints of one pipeline in an SQLite file, claimed by a lock file.</summary>
internal sealed class SqliteCheckpointSession : ICheckpointSession
{
    private const int SchemaVersion = 1;

    private readonly string _pipeline;
    private readonly FileStream _claim;
    private readonly SqliteConnection _connection;

    public SqliteCheckpointSession(string path, string pipeline, FileStream claim)
    {
        _pipeline = pipeline;
        _claim = claim;

        // Not pooled: a pooled connection keeps the file open after its end.
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            MakeTables(path);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public ValueTask<Checkpoint> LoadAsync(CancellationToken cancellationToken) => new(Task.Run(Load, cancellationToken));

    public ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return new ValueTask(Task.Run(() => Save(checkpoint), cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _claim.DisposeAsync().ConfigureAwait(false);
    }

    private Checkpoint Load()
    {
        var positions = new Dictionary<CheckpointKey, long>();
        var states = new Dictionary<string, ReadOnlyMemory<byte>>();

        // One transaction, so that both are of one moment.
        using var transaction = _connection.BeginTransaction();
        using (var command = Command("SELECT source, partition, position FROM positions WHERE pipeline = $pipeline", transaction))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                positions.Add(new CheckpointKey(reader.GetString(0), reader.GetString(1)), reader.GetInt64(2));
            }
        }

        using (var command = Command("SELECT key, bytes FROM states WHERE pipeline = $pipeline", transaction))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                states.Add(reader.GetString(0), reader.GetFieldValue<byte[]>(1));
            }
        }

        return new Checkpoint { Positions = positions, States = states };
    }

    private void Save(Checkpoint checkpoint)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var (key, position) in checkpoint.Positions)
        {
            using var command = Command(
                "INSERT INTO positions VALUES ($pipeline, $source, $partition, $position) ON CONFLICT DO UPDATE SET position = excluded.position",
                transaction);
            command.Parameters.AddWithValue("$source", key.Source);
            command.Parameters.AddWithValue("$partition", key.Partition);
            command.Parameters.AddWithValue("$position", position);
            command.ExecuteNonQuery();
        }

        foreach (var (key, state) in checkpoint.States)
        {
            using var command = Command(
                "INSERT INTO states VALUES ($pipeline, $key, $bytes) ON CONFLICT DO UPDATE SET bytes = excluded.bytes", transaction);
            command.Parameters.AddWithValue("$key", key);
            command.Parameters.AddWithValue("$bytes", state.ToArray());
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private void MakeTables(string path)
    {
        using var transaction = _connection.BeginTransaction();
        var version = Read("PRAGMA user_version", transaction);
        if (version == 0 && Read("SELECT count(*) FROM sqlite_schema", transaction) > 0)
        {
            throw new InvalidDataException($"'{path}' is a database, but not one of checkpoints. Choose a file of their own for them.");
        }

        if (version > SchemaVersion)
        {
            throw new InvalidDataException(
                $"The checkpoints in '{path}' have the schema version {version}; this version of Streamz.Dataflow.Sqlite knows {SchemaVersion}. Use the newer package.");
        }

        if (version == 0)
        {
            using var command = Command(
                $"""
                CREATE TABLE positions (
                    pipeline TEXT NOT NULL, source TEXT NOT NULL, partition TEXT NOT NULL, position INTEGER NOT NULL,
                    PRIMARY KEY (pipeline, source, partition)) WITHOUT ROWID;
                CREATE TABLE states (
                    pipeline TEXT NOT NULL, key TEXT NOT NULL, bytes BLOB NOT NULL,
                    PRIMARY KEY (pipeline, key)) WITHOUT ROWID;
                PRAGMA user_version = {SchemaVersion};
                """,
                transaction);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private long Read(string sql, SqliteTransaction transaction)
    {
        using var command = Command(sql, transaction);
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql)
    {
        using var command = Command(sql, null);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, SqliteTransaction? transaction)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // All texts are constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        command.Parameters.AddWithValue("$pipeline", _pipeline);
        return command;
    }
}
