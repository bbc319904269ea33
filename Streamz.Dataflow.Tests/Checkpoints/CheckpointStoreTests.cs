using System.Text;
using Microsoft.Data.Sqlite;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Checkpoints;

/// <summary>What every store keeps.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class CheckpointStoreTests(string kind) : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private ICheckpointStore _store = null!;

    [SetUp]
    public void MakeStore() => _store = kind == "memory"
        ? new InMemoryCheckpointStore()
        : new SqliteCheckpointStore(_directory.PathTo($"{Guid.NewGuid():N}.db"));

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task LoadAsync_NothingSaved_IsEmpty()
    {
        await using var session = await _store.OpenAsync("orders");

        var loaded = await session.LoadAsync();

        Assert.That((loaded.Positions.Count, loaded.States.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task SaveAsync_SomeOfIt_LeavesTheOthersAsTheyWere()
    {
        await using (var session = await _store.OpenAsync("orders"))
        {
            await session.SaveAsync(new Checkpoint
            {
                Positions = new Dictionary<CheckpointKey, long> { [new("log")] = 1, [new("log", "b")] = long.MaxValue },
                States = new Dictionary<string, ReadOnlyMemory<byte>> { ["sum"] = "one"u8.ToArray(), ["count"] = "two"u8.ToArray() },
            });
            await session.SaveAsync(new Checkpoint
            {
                Positions = new Dictionary<CheckpointKey, long> { [new("log")] = 2 },
                States = new Dictionary<string, ReadOnlyMemory<byte>> { ["sum"] = Array.Empty<byte>() },
            });
        }

        await using var again = await _store.OpenAsync("orders");
        var loaded = await again.LoadAsync();

        Assert.That(loaded.Positions, Is.EquivalentTo(new Dictionary<CheckpointKey, long> { [new("log")] = 2, [new("log", "b")] = long.MaxValue }));
        Assert.That(loaded.States.ToDictionary(state => state.Key, state => Encoding.UTF8.GetString(state.Value.Span)), Is.EquivalentTo(new Dictionary<string, string> { ["sum"] = "", ["count"] = "two" }));
    }

    [Test]
    public async Task SaveAsync_StateChangedLater_KeepsWhatItWas()
    {
        var bytes = "one"u8.ToArray();
        await using var session = await _store.OpenAsync("orders");
        await session.SaveAsync(new Checkpoint { States = new Dictionary<string, ReadOnlyMemory<byte>> { ["sum"] = bytes } });

        bytes[0] = 0;

        Assert.That((await session.LoadAsync()).States["sum"].ToArray(), Is.EqualTo("one"u8.ToArray()));
    }

    [Test]
    public async Task OpenAsync_PipelineInUse_IsRefusedUntilItIsFree()
    {
        var session = await _store.OpenAsync("orders");

        Assert.That(async () => await _store.OpenAsync("orders"), Throws.TypeOf<CheckpointInUseException>().With.Message.Contains("'orders'"));
        await using var other = await _store.OpenAsync("other");
        await session.DisposeAsync();

        await using var again = await _store.OpenAsync("orders");
        Assert.That((await again.LoadAsync()).Positions, Is.Empty);
    }

    [Test]
    public async Task SaveAsync_SeveralPipelines_DoNotMeet()
    {
        await using var orders = await _store.OpenAsync("orders");
        await using var other = await _store.OpenAsync("other");

        await Task.WhenAll(SaveAsync(orders, +1), SaveAsync(other, -1)).Soon();

        Assert.That((await orders.LoadAsync()).Positions.Keys, Is.EqualTo(new[] { new CheckpointKey("log") }));
        Assert.That((await orders.LoadAsync()).Positions[new("log")], Is.EqualTo(20));
        Assert.That((await other.LoadAsync()).Positions[new("log")], Is.EqualTo(-20));

        static async Task SaveAsync(ICheckpointSession session, int sign)
        {
            for (var i = 1; i <= 20; i++)
            {
                await session.SaveAsync(new Checkpoint { Positions = new Dictionary<CheckpointKey, long> { [new("log")] = sign * i } });
            }
        }
    }
}

/// <summary>What is special in the SQLite store.</summary>
[TestFixture]
internal sealed class SqliteCheckpointStoreTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task OpenAsync_SecondStoreOnTheSameFile_IsRefusedWhileTheFirstIsInUse()
    {
        var path = _directory.PathTo("shared.db");
        await using (await new SqliteCheckpointStore(path).OpenAsync("orders"))
        {
            Assert.That(async () => await new SqliteCheckpointStore(path).OpenAsync("orders"), Throws.TypeOf<CheckpointInUseException>().With.Message.Contains(path));
        }

        await using var again = await new SqliteCheckpointStore(path).OpenAsync("orders");
    }

    [Test]
    public void OpenAsync_OtherDatabase_IsRefused()
    {
        var path = _directory.PathTo("other.db");
        Execute(path, "CREATE TABLE customers (name TEXT)");

        Assert.That(async () => await new SqliteCheckpointStore(path).OpenAsync("orders"), Throws.TypeOf<InvalidDataException>().With.Message.Contains("not one of checkpoints"));
    }

    [Test]
    public void OpenAsync_LaterSchema_IsRefused()
    {
        var path = _directory.PathTo("later.db");
        Execute(path, "PRAGMA user_version = 99");

        Assert.That(async () => await new SqliteCheckpointStore(path).OpenAsync("orders"), Throws.TypeOf<InvalidDataException>().With.Message.Contains("99"));
    }

    [Test]
    public void OpenAsync_DirectoryMissing_IsNotTakenForAPipelineInUse() =>
        Assert.That(async () => await new SqliteCheckpointStore(_directory.PathTo("missing/x.db")).OpenAsync("orders"), Throws.TypeOf<DirectoryNotFoundException>());

    [Test]
    public async Task DisposeAsync_Session_LeavesNoFileOpen()
    {
        var path = _directory.PathTo("closed.db");
        await using (var session = await new SqliteCheckpointStore(path).OpenAsync("orders"))
        {
            await session.SaveAsync(new Checkpoint { Positions = new Dictionary<CheckpointKey, long> { [new("log")] = 1 } });
        }

        Assert.That(_directory.FindOpenFile(), Is.Null);
    }

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
