using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.WordCount;

/// <summary>Counts the words of lines that come over TCP. Clients of its own send it a rhyme; with a port, anybody may send it anything.</summary>
internal sealed class WordCountSample : ISample
{
    private const int Clients = 3;
    private const int Listed = 12;
    private const int WidestBar = 40;

    private static readonly IReadOnlyDictionary<string, long> _nothing = new Dictionary<string, long>();

    public string Name => "word-count";

    public string Usage => "[--port N]     (listens there until Ctrl+C, instead of sending itself a rhyme)";

    public string Summary => "counts the words of lines sent over TCP by three clients";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        var port = Parse(arguments);
        var counts = _nothing;
        var listening = new TaskCompletionSource<IPEndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = StreamSource.FromTcp(port ?? 0, onListening: listening.SetResult, options: new StreamOptions { TimeProvider = host.Clock });
        var expected = port is null ? lines.Take(Rhyme.Verses.Sum(verse => verse.Count)) : lines;
        expected.Flatten(Words).Frequencies().Sink(Keep);
        await host.Output.WriteAsync(lines.ToText() + "\n");

        await using var pipeline = lines.Start();
        using var stop = host.Stopping.UnsafeRegister(_ => _ = pipeline.StopAsync(Timeout.InfiniteTimeSpan), null);
        await Task.WhenAny(listening.Task, pipeline.Completion);
        if (port is null && listening.Task.IsCompletedSuccessfully)
        {
            await SendRhymeAsync(host, await listening.Task);
        }

        try
        {
            await pipeline.Completion;
        }
        catch (NodeFailedException failure) when (failure.InnerException is SocketException refused)
        {
            await host.Error.WriteAsync($"{Name}: cannot listen on port {port}: {refused.Message}\n");
            return ExitCode.Failure;
        }

        await host.Output.WriteAsync(Table(counts));
        return ExitCode.Success;

        void Keep(IReadOnlyDictionary<string, long> latest) => counts = latest;
    }

    private static int? Parse(IReadOnlyList<string> arguments) => arguments switch
    {
        [] => null,
        ["--port", var text] when ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) => port,
        ["--port", var text] => throw new UsageException($"'{text}' is no port."),
        ["--port"] => throw new UsageException("--port needs a number."),
        [var other, ..] => throw new UsageException($"There is no '{other}'."),
    };

    private static IEnumerable<string> Words(string line) =>
        line.Split([' ', ',', '.', ';', ':', '!', '?', '"', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.ToLowerInvariant());

    /// <summary>Each client sends every third verse, at the same time as the others.</summary>
    private static async Task SendRhymeAsync(SampleHost host, IPEndPoint endPoint)
    {
        var verses = Rhyme.Verses;
        await host.Output.WriteAsync($"{Clients} clients send the {verses.Count} verses of \"This is the house that Jack built\" over loopback.\n");
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(SendAsync));

        async Task SendAsync(int client)
        {
            using var connection = new TcpClient();
            await connection.ConnectAsync(endPoint);
            foreach (var verse in verses.Where((_, number) => number % Clients == client))
            {
                await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(verse.Select(line => line + "\n"))));
            }
        }
    }

    private static string Table(IReadOnlyDictionary<string, long> counts)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{counts.Values.Sum():N0} words, {counts.Count:N0} different ones.");
        text.Append(counts.Count > Listed ? $" The {Listed} most frequent:\n\n" : "\n\n");
        var listed = counts.OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal).Take(Listed).ToList();
        var width = listed.Select(each => each.Key.Length).DefaultIfEmpty().Max();
        foreach (var (word, count) in listed)
        {
            var bar = new string('█', (int)Math.Ceiling(WidestBar * count / (double)listed[0].Value));
            text.Append(CultureInfo.InvariantCulture, $"  {word.PadRight(width)}{count,7:N0}  {bar}\n");
        }

        return text.ToString();
    }
}
