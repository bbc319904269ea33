using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(KeptDuplicate.First, false)]
[TestFixture(KeptDuplicate.Last, false)]
[TestFixture(KeptDuplicate.First, true)]
internal sealed class TimedWindowUniqueLaws(KeptDuplicate keep, bool emitEmpty) : IntLawsTests<IReadOnlyList<int>>
{
    private const int MaxCount = 4;

    protected override IReadOnlyList<int> Inputs => [1, 1, 2, 0, 2, 3, 4, 5, 6];

    protected override bool UsesTime => true;

    protected override int MaxHeld => MaxCount;

    // What is left out is delivered, so that a window may be made of any number.
    protected override bool DropsWhenBusy => true;

    protected override int MaxInputsPerOutput => MaxCount;

    // The window ends after the second element, and an empty one follows it.
    protected override TimeSpan PauseAfter(int index) => TimeSpan.FromSeconds(index == 1 ? 11 : 0);

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) =>
        source.TimedWindowUnique(TimeSpan.FromSeconds(5), keep, emitEmpty, MaxCount);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs)
    {
        IEnumerable<IReadOnlyList<int>> empty = emitEmpty && inputs.Count >= 2 ? [[]] : [];
        return UniqueWindows.Of(inputs.Take(2), value => value, keep, MaxCount)
            .Concat(empty)
            .Concat(UniqueWindows.Of(inputs.Skip(2), value => value, keep, MaxCount));
    }
}

[TestFixture(KeptDuplicate.First)]
[TestFixture(KeptDuplicate.Last)]
internal sealed class TimedWindowUniqueByKeyLaws(KeptDuplicate keep) : IntLawsTests<IReadOnlyList<int>>
{
    private const int Keys = 3;

    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override bool UsesTime => true;

    protected override int MaxHeld => Keys;

    protected override bool DropsWhenBusy => true;

    protected override int MaxInputsPerOutput => Keys;

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) =>
        source.TimedWindowUnique(
            TimeSpan.FromSeconds(5),
            value =>
            {
                probe.Enter();
                return value % Keys;
            },
            keep);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) => UniqueWindows.Of(inputs, value => value % Keys, keep, int.MaxValue);
}

file static class UniqueWindows
{
    public static IEnumerable<IReadOnlyList<int>> Of(IEnumerable<int> values, Func<int, int> key, KeptDuplicate keep, int maxCount)
    {
        List<int> window = [];
        foreach (var value in values)
        {
            var seen = window.FindIndex(each => key(each) == key(value));
            if (seen >= 0 && keep == KeptDuplicate.Last)
            {
                window.RemoveAt(seen);
            }

            if (seen < 0 || keep == KeptDuplicate.Last)
            {
                window.Add(value);
            }

            if (window.Count == maxCount)
            {
                yield return window;
                window = [];
            }
        }

        if (window.Count > 0)
        {
            yield return window;
        }
    }
}
