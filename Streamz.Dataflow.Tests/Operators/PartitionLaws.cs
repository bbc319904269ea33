using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(3)]
[TestFixture(1)]
internal sealed class PartitionLaws(int n) : IntLawsTests<IReadOnlyList<int>>
{
    protected override int MaxHeld => n - 1;

    protected override int MaxInputsPerOutput => n;

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) => source.Partition(n);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) => inputs.Chunk(n);
}

[TestFixture(3)]
[TestFixture(1)]
internal sealed class PartitionTimeoutLaws(int n) : IntLawsTests<IReadOnlyList<int>>
{
    protected override bool UsesTime => true;

    protected override int MaxHeld => n - 1;

    protected override int MaxInputsPerOutput => n;

    // The timeout falls after the second element.
    protected override TimeSpan PauseAfter(int index) => TimeSpan.FromSeconds(index == 1 ? 5 : 0);

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) => source.Partition(n, TimeSpan.FromSeconds(5));

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) =>
        inputs.Take(2).Chunk(n).Concat(inputs.Skip(2).Chunk(n));
}

[TestFixture(null, 10)]
[TestFixture(60, 10)]
[TestFixture(null, 1)]
internal sealed class PartitionKeyLaws(int? timeout, int maxKeys) : IntLawsTests<IReadOnlyList<int>>
{
    private const int N = 2;
    private const int Keys = 3;

    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override int MaxHeld => Keys * (N - 1);

    protected override int MaxInputsPerOutput => N;

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) =>
        source.Partition(
            N,
            value =>
            {
                probe.Enter();
                return value % Keys;
            },
            timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            maxKeys);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs)
    {
        var partials = new List<List<int>>();
        foreach (var value in inputs)
        {
            var partial = partials.Find(each => each[0] % Keys == value % Keys);
            if (partial is null)
            {
                if (partials.Count == maxKeys)
                {
                    yield return partials[0];
                    partials.RemoveAt(0);
                }

                partials.Add(partial = []);
            }

            partial.Add(value);
            if (partial.Count == N)
            {
                partials.Remove(partial);
                yield return partial;
            }
        }

        foreach (var partial in partials)
        {
            yield return partial;
        }
    }
}
