using Microsoft.Data.Sqlite;

namespace Streamz.Dataflow.Samples.Service;

/// <summary>Keeps orders in an SQLite file. An order that comes again, after a crash for example, takes the place of itself.</summary>
internal sealed class OrderDatabase
{
    private readonly string _connection;

    public OrderDatabase(string file)
    {
        // Not pooled: a file that is not in use any more can be deleted.
        _connection = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString();
        using var connection = Open();
        using var create = connection.CreateCommand();
        create.CommandText =
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, product TEXT NOT NULL, quantity INTEGER NOT NULL, total TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS rejected (id TEXT PRIMARY KEY, reason TEXT NOT NULL);
            """;
        create.ExecuteNonQuery();
    }

    /// <summary>Saves orders together: all or none.</summary>
    public Task SaveAsync(IReadOnlyList<PricedOrder> orders) => WriteAsync(
        "INSERT OR REPLACE INTO orders VALUES ($a, $b, $c, $d)",
        orders.Select(priced => new object[] { priced.Order.Id, priced.Order.Product, priced.Order.Quantity, priced.Total }));

    /// <summary>Saves orders that cannot be filled.</summary>
    public Task RejectAsync(IReadOnlyList<RejectedOrder> orders) => WriteAsync(
        "INSERT OR REPLACE INTO rejected VALUES ($a, $b)",
        orders.Select(order => new object[] { order.Id, order.Reason }));

    /// <summary>How many orders are saved, and how many are rejected.</summary>
    public async Task<(long Saved, long Rejected)> CountAsync()
    {
        await using var connection = Open();
        await using var count = connection.CreateCommand();
        count.CommandText = "SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM rejected)";
        await using var reader = await count.ExecuteReaderAsync().ConfigureAwait(false);
        await reader.ReadAsync().ConfigureAwait(false);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>The orders that are known, saved or rejected.</summary>
    public async Task<HashSet<string>> ReadIdsAsync()
    {
        await using var connection = Open();
        await using var select = connection.CreateCommand();
        select.CommandText = "SELECT id FROM orders UNION SELECT id FROM rejected";
        await using var reader = await select.ExecuteReaderAsync().ConfigureAwait(false);
        var ids = new HashSet<string>();
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }

    private async Task WriteAsync(string text, IEnumerable<object[]> rows)
    {
        await using var connection = Open();
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = text;
        foreach (var row in rows)
        {
            insert.Parameters.Clear();
            for (var column = 0; column < row.Length; column++)
            {
                insert.Parameters.AddWithValue($"${(char)('a' + column)}", row[column]);
            }

            await insert.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        await transaction.CommitAsync().ConfigureAwait(false);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        return connection;
    }
}
