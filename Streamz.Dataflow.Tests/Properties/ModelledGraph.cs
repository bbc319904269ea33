using System.Collections.Immutable;
using Streamz.Dataflow.Tests.Runtime;

namespace Streamz.Dataflow.Tests.Properties;

/// <summary>The graph of a shape, built beside its model.</summary>
internal sealed class ModelledGraph
{
    private const int MaxElements = 400;
    private const int MaxBranches = 6;

    private readonly IReadOnlyList<int[]> _inputs;
    private readonly List<StreamSource<Mark>> _sources;
    private readonly List<Branch> _branches;
    private readonly List<(SinkList<Mark> Sink, GraphModel Model)> _sinks;

    public ModelledGraph(GraphShape shape, StreamOptions options)
    {
        _inputs = shape.Inputs;
        _sources = [.. shape.Inputs.Select(_ => new StreamSource<Mark>(options))];
        _branches = [.. _sources.Select((source, lane) => new Branch(source, new GraphModel(lane, shape.Inputs[lane])))];
        if (_sources.Count > 1)
        {
            // Whatever the steps are, the graph is connected, and so is one pipeline.
            _branches.Add(Union(_branches[0], _branches[1]));
        }

        foreach (var step in shape.Steps)
        {
            Grow(step);
        }

        _sinks = [.. _branches.Select(branch => (branch.Stream.SinkToList(), branch.Model))];
    }

    public string ToText() => _sources[0].ToText();

    /// <summary>Runs the graph to its end.</summary>
    /// <returns>Where the sinks differ from the model, or null.</returns>
    public async Task<string?> RunAsync()
    {
        var pipeline = _sources[0].Start();
        await Task.WhenAll(_sources.Select(async (source, lane) =>
        {
            await source.EmitAllAsync(_inputs[lane].Select(value => new Mark(lane, value)).ToArray());
            await source.CompleteAsync();
        })).Soon();
        await pipeline.Completion.Soon();
        var wrong = _sinks.Select((sink, number) => sink.Model.Difference([.. sink.Sink]) is { } difference ? $"sink {number}: {difference}" : null)
            .OfType<string>()
            .ToList();
        return wrong.Count == 0 ? null : string.Join('\n', wrong);
    }

    private void Grow(Step step)
    {
        var at = step.At % _branches.Count;
        var grown = Grown(step, _branches[at], _branches[step.Other % _branches.Count]);
        if (step.Forks && _branches.Count < MaxBranches)
        {
            _branches.Add(grown);
        }
        else
        {
            _branches[at] = grown;
        }
    }

    private static Branch Grown(Step step, Branch branch, Branch other) => step.Kind switch
    {
        StepKind.Map => Map(branch, step.N),
        StepKind.Filter => Filter(branch, step.N),
        StepKind.Accumulate => Accumulate(branch, step.N),
        StepKind.Flatten when branch.Model.Count * 3 <= MaxElements => Flatten(branch, step.N),
        StepKind.Partition => Partition(branch, step.N),
        StepKind.SlidingWindow => SlidingWindow(branch, step.N),
        StepKind.Buffer => branch with { Stream = branch.Stream.Buffer(step.N) },
        StepKind.Zip when branch.Model.IsExact && other.Model.IsExact => Zip(branch, other),
        StepKind.Union or StepKind.Zip when branch.Model.Count + other.Model.Count <= MaxElements => Union(branch, other),
        _ => Map(branch, step.N),
    };

    private static Branch Map(Branch branch, int n) => new(
        branch.Stream.Map(mark => mark with { Value = unchecked((mark.Value * 3) + n) }),
        branch.Model.Select(values => values.Select(value => unchecked((value * 3) + n))));

    private static Branch Filter(Branch branch, int n) => new(
        branch.Stream.Filter(mark => mark.Value % (n + 1) != 0),
        branch.Model.Select(values => values.Where(value => value % (n + 1) != 0)));

    private static Branch Accumulate(Branch branch, int n)
    {
        if (branch.Model.IsExact)
        {
            return new(
                branch.Stream.Accumulate((sum, mark) => mark with { Value = Fold(sum.Value, mark.Value) }),
                branch.Model.Select(values => values.Select((_, i) => values.Take(i + 1).Aggregate(Fold))));
        }

        return new(
            branch.Stream.Accumulate(ImmutableDictionary<long, int>.Empty, (sums, mark) =>
            {
                var sum = Fold(sums.GetValueOrDefault(mark.Lane, n), mark.Value);
                return (sums.SetItem(mark.Lane, sum), mark with { Value = sum });
            }),
            branch.Model.Select(values => values.Select((_, i) => values.Take(i + 1).Aggregate(n, Fold))));
    }

    private static Branch Flatten(Branch branch, int n)
    {
        int[] Items(int value) => [.. Enumerable.Range(0, Math.Abs(value % 4)).Select(i => unchecked(value + (i * n)))];
        return new(
            branch.Stream.Flatten(mark => Items(mark.Value).Select(value => mark with { Value = value })),
            branch.Model.Select(values => values.SelectMany(Items)));
    }

    private static Branch Partition(Branch branch, int n)
    {
        // By lane where lanes mix, or the groups would depend on the mixture.
        var groups = branch.Model.IsExact ? branch.Stream.Partition(n) : branch.Stream.Partition(n, mark => mark.Lane);
        return new(
            groups.Map(group => new Mark(group[0].Lane, Digest(group.Select(mark => mark.Value)))),
            branch.Model.Select(values => values.Chunk(n).Select(Digest)));
    }

    private static Branch SlidingWindow(Branch branch, int n)
    {
        if (!branch.Model.IsExact)
        {
            // Windows depend on the mixture, but the last of each does not.
            return branch with { Stream = branch.Stream.SlidingWindow(n).Map(window => window[^1]) };
        }

        var partial = n % 2 == 0;
        return new(
            branch.Stream.SlidingWindow(n, partial).Map(window => new Mark(window[^1].Lane, Digest(window.Select(mark => mark.Value)))),
            branch.Model.Select(values => values.Select((_, i) => values.Take(i + 1).TakeLast(n).ToArray()).Where(window => partial || window.Length == n).Select(Digest)));
    }

    private static Branch Union(Branch first, Branch second)
    {
        if (first.Model.SharesLanesWith(second.Model))
        {
            first = Relabelled(first, lane => lane * 2);
            second = Relabelled(second, lane => (lane * 2) + 1);
        }

        return new(first.Stream.Union(second.Stream), first.Model.Union(second.Model));
    }

    private static Branch Relabelled(Branch branch, Func<long, long> label) =>
        new(branch.Stream.Map(mark => mark with { Lane = label(mark.Lane) }), branch.Model.Relabel(label));

    private static Branch Zip(Branch first, Branch second)
    {
        var lane = first.Model.FirstLane;
        return new(
            first.Stream.Zip(second.Stream, maxSize: 10_000).Map(pair => new Mark(lane, Fold(pair.First.Value, pair.Second.Value))),
            first.Model.Zip(second.Model, Fold));
    }

    private static int Digest(IEnumerable<int> values) => values.Aggregate(17, Fold);

    private static int Fold(int left, int right) => unchecked((left * 31) + right);

    private sealed record Branch(Stream<Mark> Stream, GraphModel Model);
}
