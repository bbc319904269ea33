using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(3, KeptDuplicate.First, null)]
[TestFixture(3, KeptDuplicate.Last, null)]
[TestFixture(1, KeptDuplicate.Last, null)]
[TestFixture(3, KeptDuplicate.Last, 60)]
internal sealed class PartitionUniqueLaws(int n, KeptDuplicate keep, int? timeout) : IntLawsTests<IReadOnlyList<int>>
{
    protected override IReadOnlyList<int> Inputs => [1, 2, 1, 0, 2, 3, 0, 1];

    protected override int MaxHeld => n - 1;

    protected override int MaxInputsPerOutput => n;

    protected override bool UsesTime => timeout is not null;

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) =>
        source.PartitionUnique(n, keep, timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) => Partitions(inputs, n, value => value, keep);

    internal static IEnumerable<IReadOnlyList<int>> Partitions(IEnumerable<int> inputs, int n, Func<int, int> key, KeptDuplicate keep)
    {
        List<int> partition = [];
        foreach (var value in inputs)
        {
            var same = partition.FindIndex(other => key(other) == key(value));
            if (same >= 0 && keep == KeptDuplicate.First)
            {
                continue;
            }

            if (same >= 0)
            {
                partition.RemoveAt(same);
            }

            partition.Add(value);
            if (partition.Count == n)
            {
                yield return partition;
                partition = [];
            }
        }

        if (partition.Count > 0)
        {
            yield return partition;
        }
    }
}

[TestFixture(KeptDuplicate.First)]
[TestFixture(KeptDuplicate.Last)]
internal sealed class PartitionUniqueKeyLaws(KeptDuplicate keep) : IntLawsTests<IReadOnlyList<int>>
{
    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override int MaxHeld => 1;

    // Of the seven inputs, up to three in a row have one key.
    protected override int MaxInputsPerOutput => 4;

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) => source.PartitionUnique(
        2,
        value =>
        {
            probe.Enter();
            return value / 2;
        },
        keep);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) => PartitionUniqueLaws.Partitions(inputs, 2, value => value / 2, keep);
}
