using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(3, null)]
[TestFixture(1, null)]
[TestFixture(3, 5)]
[TestFixture(1, 5)]
internal sealed class BatchLaws(int maxCount, int? maxAge) : IntLawsTests<IReadOnlyList<int>>
{
    protected override bool UsesTime => maxAge is not null;

    protected override int MaxHeld => maxCount - 1;

    protected override int MaxInputsPerOutput => maxCount;

    // The age is reached after the second element.
    protected override TimeSpan PauseAfter(int index) => TimeSpan.FromSeconds(index == 1 ? 5 : 0);

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) =>
        source.Batch(maxCount, maxAge is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) =>
        maxAge is null ? inputs.Chunk(maxCount) : inputs.Take(2).Chunk(maxCount).Concat(inputs.Skip(2).Chunk(maxCount));
}

internal sealed class BatchByWeightLaws : IntLawsTests<IReadOnlyList<int>>
{
    private const int MaxCount = 3;
    private const int MaxWeight = 6;

    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override int MaxHeld => MaxCount - 1;

    protected override int MaxInputsPerOutput => MaxCount;

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) =>
        source.Batch(
            MaxCount,
            MaxWeight,
            value =>
            {
                probe.Enter();
                return value;
            });

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs)
    {
        List<int> batch = [];
        foreach (var value in inputs)
        {
            if (batch.Count > 0 && batch.Sum() + value > MaxWeight)
            {
                yield return batch;
                batch = [];
            }

            batch.Add(value);
            if (batch.Count == MaxCount || batch.Sum() >= MaxWeight)
            {
                yield return batch;
                batch = [];
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
