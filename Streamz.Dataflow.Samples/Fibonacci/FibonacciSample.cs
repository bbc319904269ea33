using System.Globalization;
using System.Numerics;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Fibonacci;

/// <summary>A loop that makes a sequence: each pair of numbers is fed back as the next one, until a limit lets none pass.</summary>
internal sealed class FibonacciSample : ISample
{
    private const int DefaultLimit = 10_000;

    public string Name => "fibonacci";

    public string Usage => "[LIMIT]";

    public string Summary => "a loop by Feedback that makes the Fibonacci numbers up to a limit, and comes to rest";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        var limit = Parse(arguments);
        await using var pairs = new StreamSource<Pair>(new StreamOptions { TimeProvider = host.Clock });
        pairs.Sink(WriteAsync);

        // Two places: the pair at work, and the one that it makes.
        pairs.Map(Next).Filter(IsWithinLimit).Feedback(pairs, capacity: 2);

        await host.Output.WriteAsync(pairs.ToText() + "\n");
        await host.Output.WriteAsync("   n        F(n)   F(n) / F(n-1)\n");
        await pairs.EmitAsync(new Pair(0, 0, 1));

        // The loop is open no longer than something moves in it.
        await pairs.CompleteAsync();
        await host.Output.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"\nThe golden ratio is {(1 + Math.Sqrt(5)) / 2:F12}.\n"));
        return ExitCode.Success;

        Task WriteAsync(Pair pair) => host.Output.WriteAsync(pair.ToText());

        bool IsWithinLimit(Pair pair) => pair.Number <= limit && !host.Stopping.IsCancellationRequested;
    }

    private static BigInteger Parse(IReadOnlyList<string> arguments) => arguments switch
    {
        [] => DefaultLimit,
        [var text] when BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) => limit,
        [var text] => throw new UsageException($"'{text}' is no limit. Give a whole number."),
        _ => throw new UsageException("There is one limit."),
    };

    private static Pair Next(Pair pair) => new(pair.Index + 1, pair.Following, pair.Number + pair.Following);

    /// <summary>A number of the sequence, its index, and the number after it.</summary>
    private sealed record Pair(int Index, BigInteger Number, BigInteger Following)
    {
        public string ToText()
        {
            var before = Following - Number;
            var ratio = Index < 2 ? "" : string.Create(CultureInfo.InvariantCulture, $"{(double)Number / (double)before,16:F12}");
            return string.Create(CultureInfo.InvariantCulture, $"{Index,4}{Number,12:N0}{ratio}\n");
        }
    }
}
