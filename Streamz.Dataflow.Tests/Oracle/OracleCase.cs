namespace Streamz.Dataflow.Tests.Oracle;

/// <summary>What one run emitted and gave, all as JSON.</summary>
internal sealed record OracleRun(IReadOnlyList<(int Source, string Value)> Inputs, IReadOnlyList<string> Outputs);

/// <summary>An operator that is run here and there on the same inputs.</summary>
internal abstract class OracleCase(string name)
{
    /// <summary>The name in the script.</summary>
    public string Name { get; } = name;

    /// <summary>Why the outputs differ, by a documented decision; null if they are equal.</summary>
    public string? Difference { get; init; }

    /// <summary>What we give instead of what streamz gave.</summary>
    public Func<OracleRun, IReadOnlyList<string>, IEnumerable<string>> Expected { get; init; } = (_, theirs) => theirs;

    public abstract Task<OracleRun> RunAsync(int seed);

    public override string ToString() => Name;
}

/// <inheritdoc/>
/// <param name="name">The name in the script.</param>
/// <param name="sources">How many sources the case has.</param>
/// <param name="next">Makes an element.</param>
/// <param name="build">Makes the pipeline.</param>
internal sealed class OracleCase<TIn, TOut>(string name, int sources, Func<Random, TIn> next, Func<IReadOnlyList<StreamSource<TIn>>, Stream<TOut>> build)
    : OracleCase(name)
{
    private const int MaxInputs = 30;

    public override async Task<OracleRun> RunAsync(int seed)
    {
        var random = new Random(seed);
        var all = Enumerable.Range(0, sources).Select(_ => new StreamSource<TIn>()).ToList();
        var outputs = new List<string>();
        build(all).Sink(value => outputs.Add(OracleJson.Of(value)));
        var pipeline = all[0].Start();
        var inputs = new List<(int Source, string Value)>();
        for (var left = random.Next(MaxInputs); left > 0; left--)
        {
            var source = random.Next(sources);
            var value = next(random);
            inputs.Add((source, OracleJson.Of(value)));
            try
            {
                await all[source].EmitAsync(value);
            }
            catch (PipelineClosedException)
            {
                // An operator such as Slice has ended the stream; streamz goes on and drops the rest.
            }

            // The order of arrival at a join is the order of the emits.
            await pipeline.WhenIdleAsync();
        }

        all.ForEach(source => source.Complete());
        await pipeline.Completion;
        return new OracleRun(inputs, outputs);
    }
}
