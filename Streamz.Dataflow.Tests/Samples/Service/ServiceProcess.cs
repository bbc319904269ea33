using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Streamz.Dataflow.Tests.AspNetCore;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Samples.Service;

/// <summary>The sample <c>service</c> as a process of its own, with a database that goes with it.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly ScratchDirectory _directory;
    private readonly SampleProcess _process;

    private ServiceProcess(ScratchDirectory directory, SampleProcess process, Uri address)
    {
        (_directory, _process, Address, Client) = (directory, process, address, TestClient.Create());
        Client.BaseAddress = address;
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public bool HasExited => _process.HasExited;

    private string Database => _directory.PathTo("orders.db");

    /// <summary>Starts it.</summary>
    /// <param name="prices">Where the price service is; null to have one in the process.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <param name="load">How many orders a second it posts to itself.</param>
    public static async Task<ServiceProcess> StartAsync(Uri? prices = null, int port = 0, int load = 0)
    {
        var directory = new ScratchDirectory();
        var process = SampleProcess.Start(
        [
            "service", "--port", $"{port}", "--database", directory.PathTo("orders.db"),
            .. prices is null ? Array.Empty<string>() : ["--prices", prices.ToString()],
            .. load == 0 ? Array.Empty<string>() : ["--load", $"{load}"],
        ]);
        try
        {
            return new ServiceProcess(directory, process, AddressIn(await process.ReadToAsync("Orders are taken at")));
        }
        catch
        {
            process.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>What a sample says about where it listens.</summary>
    public static Uri AddressIn(string line) => new(new Uri(line.Split(' ', ',').First(word => word.StartsWith("http://", StringComparison.Ordinal))), "/");

    /// <summary>Posts an order.</summary>
    /// <returns>The status of the answer; null if there was none.</returns>
    public async Task<HttpStatusCode?> PostAsync(string id, string product = "pen", int quantity = 1, CancellationToken leaving = default)
    {
        try
        {
            using var answer = await Client.PostAsJsonAsync("/orders", new { id, product, quantity }, leaving);
            return answer.StatusCode;
        }
        catch (Exception nobody) when (nobody is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>What the pipeline in the process has counted, by the names of its nodes.</summary>
    public async Task<IReadOnlyDictionary<string, NodeReading>> ReadCountersAsync() =>
        JsonSerializer.Deserialize<List<NodeReading>>(await Client.GetStringAsync("/pipeline").Soon(), JsonSerializerOptions.Web)!.ToDictionary(node => node.Name);

    /// <summary>How the nodes of the pipeline are, by their names, as the dashboard tells it.</summary>
    public async Task<IReadOnlyDictionary<string, NodeReading>> ReadNodesAsync()
    {
        using var status = JsonDocument.Parse(await Client.GetStringAsync("/status/api/pipelines/orders").Soon());
        return status.RootElement.GetProperty("nodes").Deserialize<List<NodeReading>>(JsonSerializerOptions.Web)!.ToDictionary(node => node.Name);
    }

    /// <summary>The ids of the orders that are saved, and of those that are rejected, and how many times an order took the place of one that was there.</summary>
    public async Task<(List<string> Saved, List<string> Rejected, long Replaced)> ReadDatabaseAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        await connection.OpenAsync();
        return (await IdsOfAsync("orders"), await IdsOfAsync("rejected"), await ReplacedInAsync("orders") + await ReplacedInAsync("rejected"));

        async Task<List<string>> IdsOfAsync(string table)
        {
            await using var select = connection.CreateCommand();
            select.CommandText = $"SELECT id FROM {table}";
            await using var reader = await select.ExecuteReaderAsync();
            var ids = new List<string>();
            while (await reader.ReadAsync())
            {
                ids.Add(reader.GetString(0));
            }

            return ids;
        }

        // A row that takes the place of another gets a number of its own, behind all others.
        async Task<long> ReplacedInAsync(string table)
        {
            await using var select = connection.CreateCommand();
            select.CommandText = $"SELECT coalesce(max(rowid), 0) - count(*) FROM {table}";
            return (long)(await select.ExecuteScalarAsync())!;
        }
    }

    public long PeakMemory() => _process.PeakMemory();

    public void AskToEnd() => _process.AskToEnd();

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.EndAsync();
    }

    public Task<SampleRun> EndAsync() => _process.EndAsync();

    public void Dispose()
    {
        Client.Dispose();
        _process.Dispose();
        _directory.Dispose();
    }
}

/// <summary>What a test asks of a node.</summary>
internal sealed record NodeReading(string Name, long Received, long Failed, long DeadLettered, long Retried, int Queued, int Capacity, int Waiting);
